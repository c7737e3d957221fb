"""Which values of a field can be due in a window: ranges that an index can be scanned for.

The ranges are never too narrow; whoever reads them asks the plan for the exact moments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from ..local_time import to_local
from .plan import DuePlan, Leg
from .units import DAYS, WORKABLE, Offset, Shift, add_months
from .working import Working

_Choice = Callable[[Iterable[timedelta]], timedelta]
_DAY = timedelta(days=1)
#: Clocks of the world are 12 hours behind to 14 ahead, and have skipped a day when they moved.
_CLOCKS = timedelta(days=2)
#: A moment may be up to three days sooner in its month than the value, which had a longer one.
_MONTH_ENDS = timedelta(days=4)
_MONTH = timedelta(days=31)
_EARLIEST, _LATEST = datetime(1, 2, 1), datetime(9999, 12, 1)
#: More ranges than this are given as one.
_MOST_RANGES = 40


class Range(NamedTuple):
    """Values from ``low`` on, below ``high``, both naive UTC."""

    low: datetime
    high: datetime

    def days(self, zones: Collection[tzinfo] = ()) -> tuple[date, date]:
        """Return the same for a field of dates, which start in one of the zones (or in any)."""
        if zones:
            low = min(to_local(_inside(self.low), zone).date() for zone in zones)
            high = max(to_local(_inside(self.high), zone).date() for zone in zones)
        else:
            low = _moved(self.low, -_DAY).date()
            high = _moved(self.high, _DAY).date()
        return low, min(high, date.max - _DAY) + _DAY


def bounds(
    plan: DuePlan,
    start: datetime,
    end: datetime,
    zones: Collection[tzinfo] = (),
    working: Iterable[Working] = (),
) -> Range:
    """Return one range that covers all values that are due in [start, end)."""
    return hull(ranges(plan, start, end, zones, working))


def ranges(
    plan: DuePlan,
    start: datetime,
    end: datetime,
    zones: Collection[tzinfo] = (),
    working: Iterable[Working] = (),
) -> list[Range]:
    """Return the ranges of values that can be due in [start, end), in order and apart.

    A plan that recurs has one for each repetition.

    :param zones: the time zones of all records; none for any, which makes the ranges wider
    :param working: the calendars of all records, where working time is counted
    """
    calendars = list(working)
    found = sorted(
        range_of_leg(plan, leg, Range(start, end), zones, calendars) for leg in plan.legs
    )
    merged: list[Range] = []
    for one in found:
        if merged and one.low <= merged[-1].high:
            merged[-1] = hull([merged[-1], one])
        else:
            merged.append(one)
    return merged if len(merged) <= _MOST_RANGES else [hull(merged)]


def hull(parts: Iterable[Range]) -> Range:
    """Return the range from the lowest to the highest."""
    parts = list(parts)
    return Range(min(part.low for part in parts), max(part.high for part in parts))


def range_of_leg(
    plan: DuePlan,
    leg: Leg,
    window: Range,
    zones: Collection[tzinfo],
    calendars: list[Working],
) -> Range:
    """Return a range of the values that one leg of a plan can lead into a window."""
    if not plan.working:
        return _by_the_clock(plan, leg.shift, window, zones)
    for offset in reversed(leg.offsets):
        if offset.unit in WORKABLE:
            window = hull(_by_work(offset, window, working) for working in calendars)
        else:
            window = _by_the_clock(plan, Shift.of([offset]), window, zones)
    return window


def _by_the_clock(plan: DuePlan, shift: Shift, window: Range, zones: Collection[tzinfo]) -> Range:
    back = Shift(minutes=-shift.minutes)
    low, high = _shifted(window.low, back), _shifted(window.high, back)
    if not (shift.months or shift.days or plan.at or plan.last_day):
        return Range(low, high)
    back = Shift(-shift.months, -shift.days)
    sooner = later = _MONTH_ENDS if shift.months else timedelta()
    if plan.at:
        sooner, later = sooner + _DAY, later + _DAY
    if plan.last_day:
        sooner += _MONTH
    if not zones:
        sooner, later = sooner + _CLOCKS, later + _CLOCKS
        return Range(_moved(_shifted(low, back), -sooner), _moved(_shifted(high, back), later))
    # A value and its moment may fall on days with different offsets of the clock.
    return hull(
        Range(
            _moved(_by_offsets(low, back, zone, min, max), -sooner),
            _moved(_by_offsets(high, back, zone, max, min), later),
        )
        for zone in zones
    )


def _by_offsets(
    moment: datetime, back: Shift, zone: tzinfo, there: _Choice, here: _Choice
) -> datetime:
    """Return a moment shifted back on the clock of a zone.

    :param there: which of the offsets around the moment to read the clock with
    :param here: which of those around the result to turn it back into UTC with
    """
    local = _moved(moment, there(_offsets(moment, zone)))
    shifted = _shifted(local, back)
    return _moved(shifted, -here(_offsets(shifted, zone)))


def _offsets(moment: datetime, zone: tzinfo) -> list[timedelta]:
    """Return the offsets from UTC that a zone has around a moment of which only the day is sure."""
    moment = _inside(moment)
    around = (moment - _CLOCKS, moment, moment + _CLOCKS)
    return [to_local(near, zone) - near for near in around]


def _shifted(moment: datetime, shift: Shift) -> datetime:
    try:
        moved = add_months(moment, shift.months)
        return moved + timedelta(days=shift.days, minutes=shift.minutes)
    except (OverflowError, ValueError):
        into_past = min(shift.months, shift.days, shift.minutes) < 0
        return datetime.min if into_past else datetime.max


def _by_work(offset: Offset, window: Range, working: Working) -> Range:
    """Step away from the window until what would be due then lies outside of it.

    Planning never overtakes: of two values, the later is not due sooner. And it goes one way: on
    the side it comes from, no calendar need be asked, however far away the window ends.
    """
    low, high = _moved(window.low, -_CLOCKS), _moved(window.high, _CLOCKS)
    if offset.number >= 0:
        low = _outside(offset, low, working, -1)
    if offset.number <= 0:
        high = _outside(offset, high, working, 1)
    return Range(_moved(low, -_CLOCKS), _moved(high, _CLOCKS))


def _outside(offset: Offset, edge: datetime, working: Working, direction: int) -> datetime:
    days = 3
    while True:
        probe = _moved(edge, timedelta(days=direction * days))
        if not _EARLIEST < probe < _LATEST:
            return probe
        due = _planned(offset, probe, working)
        if due is None or (due - edge.date()).days * direction > 0:
            return probe
        days *= 2


def _planned(offset: Offset, value: datetime, working: Working) -> date | None:
    shift = Shift.of([offset])
    if offset.unit == DAYS:
        return working.plan_days(value.date(), shift.days)
    planned = working.plan_hours(value, shift.minutes / 60)
    return planned.date() if planned else None


def _moved(moment: datetime, span: timedelta) -> datetime:
    try:
        return moment + span
    except OverflowError:
        return datetime.min if span < timedelta() else datetime.max


def _inside(moment: datetime) -> datetime:
    """Return a moment that is far enough from the ends of the calendar to be reckoned with."""
    return min(max(moment, _EARLIEST), _LATEST)
