"""Lines of a record change."""

from __future__ import annotations

from dataclasses import dataclass

from .base import RELATED, _lt
from .paths import PathTrigger
from .registry import register
from .sightings import Sighting

ANY, ADDED, CHANGED, REMOVED = "any", "added", "changed", "removed"


@register
@dataclass(frozen=True)
class LineChange(PathTrigger):
    """Something happens to the lines of a record; it fires for the record, once."""

    key = "on_line_change"
    group = RELATED
    compares_itself = True
    icon = "fa-list-ul"
    help = _lt(
        "Lines of the record are added, changed or removed. The rule runs on the record, once for "
        "all its lines."
    )

    movement: str = ANY

    def concerns(self, seen: Sighting) -> bool:
        if self.movement == ADDED:
            return bool(seen.added)
        if self.movement == CHANGED:
            return bool(seen.changed)
        if self.movement == REMOVED:
            return bool(seen.removed)
        return bool(seen)
