"""Units of time, and how many of each lie between a value and a moment."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# The keys are those of Odoo's field "Delay unit"; weeks and years are ours.
MINUTES, HOURS, DAYS, WEEKS, MONTHS, YEARS = "minutes", "hour", "day", "week", "month", "year"
UNITS = (MINUTES, HOURS, DAYS, WEEKS, MONTHS, YEARS)
#: Lengths that are the same on any day; they are counted in elapsed time, not on the clock.
FIXED_MINUTES = {MINUTES: 1, HOURS: 60}
FIXED_DAYS = {DAYS: 1, WEEKS: 7}
CALENDAR_MONTHS = {MONTHS: 1, YEARS: 12}
#: Units a working calendar can count.
WORKABLE = frozenset({MINUTES, HOURS, DAYS})


@dataclass(frozen=True, slots=True)
class Offset:
    """So many units, negative for before."""

    number: int
    unit: str


@dataclass(frozen=True, slots=True)
class Shift:
    """Offsets taken together: first the calendar's months, then days, then elapsed minutes.

    Adding up before applying keeps the 31st: twice one month after 31 January is 31 March.
    """

    months: int = 0
    days: int = 0
    minutes: int = 0

    @classmethod
    def of(cls, offsets: Iterable[Offset]) -> Shift:
        """Return what some offsets come to."""
        months = days = minutes = 0
        for offset in offsets:
            months += offset.number * CALENDAR_MONTHS.get(offset.unit, 0)
            days += offset.number * FIXED_DAYS.get(offset.unit, 0)
            minutes += offset.number * FIXED_MINUTES.get(offset.unit, 0)
        return cls(months, days, minutes)


def add_months(local: datetime, months: int) -> datetime:
    """Return the same day of another month, or its last day where it has fewer.

    :raises ValueError: there is no such year
    """
    if not months:
        return local
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(year)
    length = calendar.monthrange(year, month + 1)[1]
    return local.replace(year=year, month=month + 1, day=min(local.day, length))


def last_day_of_month(local: datetime) -> datetime:
    """Return the same time on the last day of the month."""
    return local.replace(day=calendar.monthrange(local.year, local.month)[1])


def add_days(local: datetime, days: int) -> datetime:
    """Return the same time on the clock some days later.

    :raises OverflowError: there is no such day
    """
    return local + timedelta(days=days)
