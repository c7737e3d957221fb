"""Local times of a time zone as naive UTC, which is what Odoo stores."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone, tzinfo

_SECOND = timedelta(seconds=1)


def to_utc(local: datetime, zone: tzinfo) -> datetime:
    """Return a naive local time as naive UTC.

    A time that the clock skips becomes the first moment after the gap; of one that it shows
    twice the first counts (PEP 495).
    """
    moment = local.replace(tzinfo=zone).astimezone(timezone.utc)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment.replace(tzinfo=None)
    # With the clock of before the gap it is a moment after the change, and the other way round.
    before = local.replace(tzinfo=zone, fold=1).astimezone(timezone.utc)
    return _change_between(before, moment, zone).replace(tzinfo=None)


def _change_between(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the moment between two at which the clock of a zone changed, to the second."""
    before, after = before.replace(microsecond=0), after.replace(microsecond=0) + _SECOND
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def to_local(moment: datetime, zone: tzinfo) -> datetime:
    """Return a moment (naive UTC) as the naive time that clocks of a zone show."""
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).replace(tzinfo=None)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the moment (naive UTC) at which a day is over in a time zone."""
    return to_utc(datetime.combine(day + timedelta(days=1), time()), zone)


def utc_now() -> datetime:
    """Return this moment (naive UTC). Odoo's own clock stands still for a second each."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


def full_second(moment: datetime) -> datetime:
    """Return the first full second from a moment on.

    What Odoo keeps of its own clock has no smaller parts.
    """
    return moment.replace(microsecond=0) + _SECOND * bool(moment.microsecond)
