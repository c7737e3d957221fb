"""A field changes, from some value to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from odoo.addons.server_action_engine.core.subscriptions import CREATE, WRITE

from .base import VALUES, Change, Trigger, _lt
from .registry import register

ANY = "any"
ADDED = "added"
REMOVED = "removed"


@register
@dataclass(frozen=True)
class FieldChange(Trigger):
    """One field of the record gets another value.

    Values are plain: text, numbers, booleans, dates; a frozenset of ids for relational fields.
    """

    key = "on_field_change"
    group = VALUES
    icon = "fa-exchange"
    help = _lt("A field of the record changes, for example from one stage to another.")
    events = frozenset({CREATE, WRITE})

    name: str = ""
    from_values: frozenset[Any] | None = None
    """The old value must be one of these; None for any."""
    to_values: frozenset[Any] | None = None
    """The new value must be one of these; None for any."""
    is_many: bool = False
    movement: str = ANY
    """For fields that hold several records: whether one must have been added or removed."""
    on_create: bool = False
    """Whether a new record counts as a change from empty."""

    def matches(self, change: Change) -> bool:
        if change.old is None and not self.on_create:
            return False
        if change.old is not None and self.name not in change.old:
            return False
        old = None if change.old is None else plain(change.old[self.name])
        new = plain(change.new[self.name])
        if self.is_many:
            return self._matches_many(frozenset(old or ()), frozenset(new or ()))
        if (old or False) == (new or False):
            return False
        return _among(old, self.from_values) and _among(new, self.to_values)

    def _matches_many(self, old: frozenset[int], new: frozenset[int]) -> bool:
        wanted = self.to_values
        added, removed = new - old, old - new
        if wanted is not None:
            added, removed = added & wanted, removed & wanted
        if self.movement == ADDED:
            return bool(added)
        if self.movement == REMOVED:
            return bool(removed)
        return bool(added or removed)


def plain(value: Any) -> Any:
    """Return a value as :class:`FieldChange` compares it; recordsets become ids."""
    ids = getattr(value, "_ids", None)
    if ids is None:
        return value
    return frozenset(ids)


def _among(value: Any, wanted: Iterable[Any] | None) -> bool:
    if wanted is None:
        return True
    if isinstance(value, frozenset):
        # A many2one: at most one id.
        value = next(iter(value), False)
    return (value or False) in frozenset(option or False for option in wanted)
