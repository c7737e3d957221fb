"""Working calendars as ``core.due`` asks for them."""

from datetime import datetime, time, timezone

import pytz

from ..core.due import WorkingTime
from ..core.due.working import Span


def working_time(calendar):
    """Return the working time of a ``resource.calendar``, its leaves left out."""
    zone = pytz.timezone(calendar.tz or "UTC")

    def load(first, last):
        start, end = (zone.localize(datetime.combine(day, time())) for day in (first, last))
        intervals = calendar._work_intervals_batch(start, end)[False]
        return [
            Span(_utc(begin), _utc(stop), begin.astimezone(zone).date())
            for begin, stop, _what in intervals
        ]

    return WorkingTime(load)


def _utc(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
