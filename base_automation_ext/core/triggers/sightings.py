"""What records see along a path, before and after the changes of one chain of events.

A *look* says for some records on the way who sees them and which ends they lead to. Two looks, one
before and one after an event, give the difference it made; differences of several events add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]
Ends = Mapping[int, Values]
"""End of the path → values of its leaves, as far as they were looked at."""
Look = Mapping[int, tuple[tuple[int, ...], Ends]]
"""Record → (the records that see it, the ends it leads to)."""
Difference = dict[int, tuple[dict[int, Values], dict[int, Values]]]
"""Record → (ends seen before only or with other values, the same after)."""

#: The record did not see this end when the chain of events began, or does not any more.
_ABSENT: Any = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one record saw change along one path."""

    added: dict[int, Values] = field(default_factory=dict)
    """Ends it did not see before, with their values now."""
    removed: dict[int, Values] = field(default_factory=dict)
    """Ends it does not see any more, with their values then."""
    changed: dict[int, tuple[Values, Values]] = field(default_factory=dict)
    """Ends with other values than before: (then, now)."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def is_same(old: Any, new: Any) -> bool:
    """Tell whether two values are the same; all kinds of empty are."""
    return bool((old or False) == (new or False))


def difference(before: Look, after: Look) -> Difference:
    """Return who sees something else after an event than before it."""
    found: Difference = {}
    for record_id in before.keys() | after.keys():
        seen_by, ends = before.get(record_id, ((), {}))
        now_seen_by, now_ends = after.get(record_id, ((), {}))
        for viewer in seen_by:
            still = now_ends if viewer in now_seen_by else {}
            _note(found, viewer, ends, still)
        for viewer in now_seen_by:
            if viewer not in seen_by:
                _note(found, viewer, {}, now_ends)
    return found


def _note(found: Difference, viewer: int, before: Ends, after: Ends) -> None:
    for end in before.keys() | after.keys():
        old, new = before.get(end, _ABSENT), after.get(end, _ABSENT)
        if old is not _ABSENT and new is not _ABSENT and not _changed(old, new):
            continue
        gone, come = found.setdefault(viewer, ({}, {}))
        if old is not _ABSENT:
            gone[end] = old
        if new is not _ABSENT:
            come[end] = new


def lifted(found: Difference, viewers: Mapping[int, tuple[int, ...]]) -> Difference:
    """Return a difference as those see it who see the records it is about.

    :param viewers: record → the records that see it
    """
    result: Difference = {}
    for record_id, (before, after) in found.items():
        for viewer in viewers.get(record_id, ()):
            gone, come = result.setdefault(viewer, ({}, {}))
            gone.update(before)
            come.update(after)
    return result


class Sightings:
    """Adds up the differences along one path from the first event of a chain to the last."""

    def __init__(self) -> None:
        self._first: dict[int, dict[int, Values]] = {}
        self._last: dict[int, dict[int, Values]] = {}

    def add(self, found: Difference) -> None:
        """Add what the roots saw change in one event."""
        for root, (before, after) in found.items():
            first = self._first.setdefault(root, {})
            last = self._last.setdefault(root, {})
            for end in before.keys() | after.keys():
                self._add_end(first, last, end, before.get(end), after.get(end))

    def _add_end(
        self,
        first: dict[int, Values],
        last: dict[int, Values],
        end: int,
        old: Values | None,
        new: Values | None,
    ) -> None:
        if end not in first:
            first[end] = _ABSENT if old is None else dict(old)
        elif first[end] is not _ABSENT and old is not None:
            # A field this chain of events has not touched so far is as it was.
            first[end] = {**old, **first[end]}
        last[end] = _ABSENT if new is None else {**(last.get(end) or {}), **new}

    def result(self) -> dict[int, Sighting]:
        """Return for each root with a lasting change what it saw."""
        found = {root: self._sighting(root) for root in self._first}
        return {root: sighting for root, sighting in found.items() if sighting}

    def _sighting(self, root: int) -> Sighting:
        sighting = Sighting()
        for end, old in self._first[root].items():
            new = self._last[root][end]
            if old is _ABSENT and new is not _ABSENT:
                sighting.added[end] = new
            elif old is not _ABSENT and new is _ABSENT:
                sighting.removed[end] = old
            elif old is not _ABSENT and _changed(old, new):
                sighting.changed[end] = (old, new)
        return sighting


def _changed(old: Values, new: Values) -> bool:
    return any(name in new and not is_same(value, new[name]) for name, value in old.items())
