"""A computed value changes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from .base import RELATED, _lt
from .field_change import plain
from .paths import PathTrigger
from .registry import register

#: Sums of the same numbers in another order differ beyond this many digits.
_SIGNIFICANT_DIGITS = 12


@register
@dataclass(frozen=True)
class ComputedChange(PathTrigger):
    """A value that is computed whenever it is read is another one than last time."""

    key = "on_computed_change"
    group = RELATED
    icon = "fa-calculator"
    help = _lt(
        "A value that is not stored but computed, such as a total or a status, becomes another one."
    )

    name: str = ""
    """The computed field."""

    @property
    def hears_creation(self) -> bool:
        # The first value of a new record is what its next one is compared with.
        return True


class ComputedDate(ComputedChange):
    """The date a timed rule counts from becomes another one; nobody chooses this trigger."""

    key = "computed_date"


def as_json(value: Any) -> Any:
    """Return a value as it is kept in a snapshot: equal texts, numbers and lists are no change.

    :param value: the value of a field; of a relational one the recordset
    """
    value = plain(value)
    if isinstance(value, float):
        return _rounded(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return str(value) or False
    if isinstance(value, dict):
        return {str(key): as_json(part) for key, part in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Iterable):
        return [as_json(part) for part in value]
    return False if value is None else value


def json_text(value: Any) -> str:
    """Return the text a snapshot stores for a value of :func:`as_json`."""
    return json.dumps(value, sort_keys=True)


def _rounded(value: float) -> float | str:
    if not math.isfinite(value):
        return str(value)
    # Adding zero turns a negative zero into a positive one.
    return float(f"{value:.{_SIGNIFICANT_DIGITS}g}") + 0.0
