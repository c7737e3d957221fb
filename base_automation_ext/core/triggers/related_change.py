"""A field of a related record changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .base import RELATED, _lt
from .field_change import plain
from .paths import PathTrigger
from .registry import register
from .sightings import Sighting


@register
@dataclass(frozen=True)
class RelatedChange(PathTrigger):
    """The value seen along a path becomes another one, at its end or because a link moves."""

    key = "on_related_change"
    group = RELATED
    compares_itself = True
    icon = "fa-link"
    help = _lt(
        "A field of a related record changes, for example the country of the customer: there, "
        "or because the record is linked with another customer."
    )

    text: str = ""
    """The path as its author wrote it."""

    def concerns(self, seen: Sighting) -> bool:
        if seen.changed:
            return True
        leaves = self.paths[0].leaves
        if not leaves:
            return bool(seen)
        (leaf,) = leaves
        return _counted(seen.removed, leaf) != _counted(seen.added, leaf)


def _counted(ends: Mapping[int, Mapping[str, Any]], leaf: str) -> Counter[Any]:
    """Return how often each value is seen; a link to nowhere and an empty value look the same."""
    return Counter(_hashable(values[leaf]) for values in ends.values() if values.get(leaf))


def _hashable(value: Any) -> Any:
    value = plain(value)
    return repr(value) if isinstance(value, list | dict) else value
