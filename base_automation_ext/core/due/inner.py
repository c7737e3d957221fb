"""Which values are certainly due in a window, so that they can be counted without reading them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, tzinfo

from .bounds import Range, range_of_leg
from .plan import DuePlan
from .working import Working


def inner_ranges(
    plan: DuePlan,
    start: datetime,
    end: datetime,
    zones: Collection[tzinfo] = (),
    working: Iterable[Working] = (),
) -> list[Range]:
    """Return ranges of values of which each has a moment in [start, end); they may overlap.

    What lies within ``bounds.ranges`` and not in these has to be asked one by one.
    """
    calendars = list(working)
    found = []
    for leg in plan.legs:
        low = range_of_leg(plan, leg, Range(start, start), zones, calendars).high
        high = range_of_leg(plan, leg, Range(end, end), zones, calendars).low
        if low < high:
            found.append(Range(low, high))
    return found


def inner_days(part: Range, zones: Collection[tzinfo] = ()) -> tuple[date, date]:
    """Return the days that start within a range in each of the zones, the last excluded."""
    low = Range(part.low, part.low).days(zones)[1]
    high = Range(part.high, part.high).days(zones)[0]
    return low, max(low, high)
