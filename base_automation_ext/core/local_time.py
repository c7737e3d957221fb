"""Local times of a time zone as naive UTC, which is what Odoo stores."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone, tzinfo


def to_utc(local: datetime, zone: tzinfo) -> datetime:
    """Return a naive local time as naive UTC.

    A time that the clock skips becomes the first moment after the gap; of one that it shows
    twice the first counts (PEP 495).
    """
    while True:
        moment = local.replace(tzinfo=zone).astimezone(timezone.utc)
        if moment.astimezone(zone).replace(tzinfo=None) == local:
            return moment.replace(tzinfo=None)
        local += timedelta(minutes=1)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the moment (naive UTC) at which a day is over in a time zone."""
    return to_utc(datetime.combine(day + timedelta(days=1), time()), zone)
