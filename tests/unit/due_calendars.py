"""A calendar for tests: five days of eight hours in UTC, two weeks off each August."""

from datetime import datetime, time, timedelta
from functools import cache

from base_automation_ext.core.due import WorkingTime
from base_automation_ext.core.due.working import Span


def spans(start, end):
    """Return the work between two days."""
    found = []
    day = start
    while day < end:
        if day.weekday() < 5 and not (day.month == 8 and day.day <= 14):
            for begin, stop in ((8, 12), (13, 17)):
                begin, stop = (datetime.combine(day, time(hour)) for hour in (begin, stop))
                found.append(Span(begin, stop, day))
        day += timedelta(days=1)
    return found


@cache
def office():
    """Return the calendar; what it has loaded stays for the next test."""
    return WorkingTime(spans)
