"""Published versions do not change; drafts say what they would change.

Running instances stay on the version they were started with, whatever is published later. Elements
are compared by ``key``: ids differ from version to version.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from .definition import Activity, Transition
from .errors import PublishedError
from .graph import Graph

_IDS = frozenset({"id", "key"})


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version has that another one has not; names like ``activity approve``."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()
    """(element, field)."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def content(graph: Graph) -> dict[str, dict[str, Any]]:
    """Return all that decides how instances behave, by element, without ids of rows."""
    keys = {activity.id: activity.key for activity in graph.activities}
    found = {"workflow": {"model": graph.model, "profile": graph.profile}}
    for activity in graph.activities:
        found[f"activity {activity.key}"] = _fields(activity)
    for edge in graph.transitions:
        values = _fields(edge)
        values["source"], values["target"] = keys[edge.source], keys[edge.target]
        found[f"transition {edge.key}"] = values
    return found


def fingerprint(graph: Graph) -> str:
    """Return a digest of the content: equal for a copy, different after any change that matters."""
    text = json.dumps(content(graph), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def difference(old: Graph, new: Graph) -> Difference:
    """Return what a version changes."""
    before, after = content(old), content(new)
    return Difference(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(
            (name, field)
            for name, values in after.items()
            for field, value in values.items()
            if name in before and before[name].get(field) != value
        ),
    )


def check_unchanged(graph: Graph, published: str) -> None:
    """Make sure that a version is what was published.

    :param published: the fingerprint taken when it was
    :raises PublishedError: it is not
    """
    if fingerprint(graph) != published:
        raise PublishedError(
            "this version is published and has running instances that rely on it; "
            "make a new version instead of changing it",
            graph.place(),
        )


def _fields(element: Activity | Transition) -> dict[str, Any]:
    found = {one.name: getattr(element, one.name) for one in fields(element)}
    return {name: _plain(value) for name, value in found.items() if name not in _IDS}


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value
