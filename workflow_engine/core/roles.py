"""Who holds a role: roles form a tree, and whoever holds an ancestor passes (2.10, R12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """A role as stored."""

    id: int
    parent_id: int | None = None
    group_ids: frozenset[int] = frozenset()
    user_ids: frozenset[int] = frozenset()


def held(roles: Iterable[Role], uid: int, groups: frozenset[int]) -> frozenset[int]:
    """Return the ids of the roles a user holds, directly or through an ancestor."""
    known = {role.id: role for role in roles}
    direct = {role.id for role in known.values() if uid in role.user_ids or groups & role.group_ids}
    return frozenset(one for one in known if _has_one_of(one, direct, known))


def _has_one_of(role_id: int, direct: set[int], known: Mapping[int, Role]) -> bool:
    seen: set[int] = set()
    current: int | None = role_id
    while current is not None and current in known and current not in seen:
        if current in direct:
            return True
        seen.add(current)
        current = known[current].parent_id
    return False
