"""Relative dates of filters, such as ``today -3d``, taken apart for people to read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .triggers.base import _lt

_RELATIVE = re.compile(r"(?:(today|now)\b)?\s*(?:([+-])\s*(\d+)\s*([dwmyHMS]))?\s*\Z")
UNITS = {
    "M": _lt("minutes"),
    "H": _lt("hours"),
    "d": _lt("days"),
    "w": _lt("weeks"),
    "m": _lt("months"),
    "y": _lt("years"),
    "S": _lt("seconds"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """So many units before or after now."""

    start: str
    """``today`` or ``now``."""
    count: int = 0
    """Negative for the past."""
    unit: str = "d"


def relative(text: str) -> Moment | None:
    """Return the moment a text names; None when it is a fixed date or more complicated."""
    match = _RELATIVE.match(text.strip())
    if not match or not text.strip():
        return None
    start, sign, number, unit = match.groups()
    if not number:
        return Moment(start)
    count = -int(number) if sign == "-" else int(number)
    return Moment(start or ("today" if unit in "dwmy" else "now"), count, unit)
