"""Narrower ranges than ``core.due.ranges`` gives, where moments follow the values in their order.

The general ranges allow for any time zone and any end of a month. In one time zone the moments of a
plan grow with the values, but for the hour a clock shows twice and for the ends of months; the
first and the last value that count are then found by bisection, and the index has to be read for
these only.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from .due import DuePlan, Range, ranges

#: By so much a later value may lead to an earlier moment.
_CLOCK = timedelta(hours=3)
_MONTH_END = timedelta(days=4)
_STEP = timedelta(minutes=1)


def windows(plan: DuePlan, start: datetime, end: datetime, zone: tzinfo) -> list[Range]:
    """Return the ranges of values that can be due in [start, end) in one time zone."""
    found = ranges(plan, start, end)
    if plan.working or plan.last_day or len(plan.legs) != 1 or len(found) != 1:
        return found
    months = plan.unit in ("month", "year")
    slack = _MONTH_END if months and plan.at is None else _CLOCK
    low = _first(plan, found[0], start, zone) - slack
    high = _first(plan, found[0], end, zone) + slack
    return [Range(max(found[0].low, low), min(found[0].high, high))]


def _first(plan: DuePlan, span: Range, moment: datetime, zone: tzinfo) -> datetime:
    """Return the first value of a range whose moment is not before ``moment``."""
    low, count = span.low, (span.high - span.low) // _STEP
    below = 0
    while below < count:
        middle = (below + count) // 2
        due = plan.moment(low + middle * _STEP, zone)
        if due is not None and due < moment:
            below = middle + 1
        else:
            count = middle
    return low + below * _STEP
