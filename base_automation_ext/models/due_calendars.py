"""Working time of Odoo's calendars for many records: each calendar is read once."""

from datetime import datetime, time, timedelta, timezone

from ..core.due import WorkingTime
from ..core.due.working import Span

#: Where a record may say whose working time is its own, the nearest first.
_OWN_CALENDARS = (
    ("resource_calendar_id",),
    ("resource_id", "calendar_id"),
    ("employee_id", "resource_calendar_id"),
    ("user_id", "resource_calendar_id"),
)


class Calendars:
    """The calendars of one look at a rule, with what has been read of them."""

    def __init__(self):
        self._known = {}

    def of(self, calendar):
        """Return the working time (``core.due.Working``) of a calendar; of none, all time."""
        if calendar.id not in self._known:
            load = _loader(calendar.sudo()) if calendar else _all_day
            self._known[calendar.id] = WorkingTime(load)
        return self._known[calendar.id]


def own_calendar(record):
    """Return the calendar of a record, its resource, employee or user; empty without one."""
    for path in _OWN_CALENDARS:
        found = record
        for name in path:
            if name not in found._fields or not found._fields[name].relational:
                break
            found = found[name]
        else:
            if found and found._name == "resource.calendar":
                return found[:1]
    return record.env["resource.calendar"]


def _loader(calendar):
    """Return what reads the working time of a calendar, closing days and holidays left out."""
    domain = [("time_type", "=", "leave")]
    if calendar.company_id:
        # Without this, days that another company closes on would count as well.
        domain.append(("company_id", "in", [False, calendar.company_id.id]))

    def load(start, end):
        found = calendar._work_intervals_batch(_midnight(start), _midnight(end), domain=domain)
        spans = []
        for begin, stop, _reason in found[False]:
            span = Span(_naive(begin), _naive(stop), begin.date())
            if spans and span.start < spans[-1].stop:
                span = span._replace(start=spans[-1].stop)
            if span.start < span.stop:
                spans.append(span)
        return spans

    return load


def _all_day(start, end):
    days = (start + timedelta(days=number) for number in range((end - start).days))
    return [
        Span(datetime.combine(day, time()), datetime.combine(day + timedelta(days=1), time()), day)
        for day in days
    ]


def _midnight(day):
    return datetime.combine(day, time(), tzinfo=timezone.utc)


def _naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
