"""Time zones by name."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytz


def zone_of(name):
    """Return a time zone by its name, UTC without one."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        # The machine has no database of time zones, or not this zone; Odoo's own library has.
        with pytz.open_resource(name or "UTC") as stream:
            return ZoneInfo.from_file(stream, key=name)
