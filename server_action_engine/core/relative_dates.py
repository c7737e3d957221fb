"""Dates relative to now, in the notation Odoo 19 accepts in domains.

::

    relative := ("today" | "now" | "yesterday" | "tomorrow")? offset*
    offset   := [+-=] number unit  |  [+-=] weekday
    unit     := d w m y (days, weeks, months, years)  H M S (hours, minutes, seconds)

``today +3d``, ``now -2H``, ``today =1d +1m`` (first of next month), ``+monday``. A sign and its
number may stand apart. Source of the notation: ``odoo.tools.date_utils.parse_date``.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo

_START = re.compile(r"(?:today|now|yesterday|tomorrow)\b|[+=-]\s*\d*\s*[A-Za-z]", re.IGNORECASE)
_OFFSET = re.compile(r"\s*([+=-])\s*(?:(\d+)\s*([dwmyHMS])(?![A-Za-z])|([A-Za-z_]+))")
_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_STARTS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_SECONDS = {"w": 604_800, "d": 86_400, "H": 3_600, "M": 60, "S": 1}


def is_relative(text: str) -> bool:
    """Tell whether a text starts like a relative date."""
    return bool(_START.match(text.strip()))


def local_midnight(day: date, tz: tzinfo) -> datetime:
    """Return the start of ``day`` in ``tz`` as an aware datetime."""
    return _localized(datetime.combine(day, time.min), tz)


def relative_moment(text: str, now: datetime, tz: tzinfo) -> datetime:
    """Return the moment a text names, aware, in ``tz``.

    :param now: naive UTC
    :raises ValueError: the text is not in the notation
    """
    text = text.strip()
    local = now.replace(tzinfo=timezone.utc).astimezone(tz).replace(tzinfo=None, microsecond=0)
    word = re.match(r"[A-Za-z]+", text)
    if word:
        local = _started(word.group().lower(), local)
        text = text[word.end() :]
    position = 0
    while text[position:].strip():
        match = _OFFSET.match(text, position)
        if match is None:
            raise ValueError(f"{text[position:].strip()!r} is no offset")
        local = _moved(local, *match.groups())
        position = match.end()
    return _localized(local, tz)


def _started(word: str, local: datetime) -> datetime:
    if word == "now":
        return local
    if word not in _STARTS:
        raise ValueError(f"{word!r} is neither 'today' nor 'now'")
    return datetime.combine(local.date(), time.min) + timedelta(days=_STARTS[word])


def _moved(local: datetime, sign: str, number: str, unit: str, weekday: str) -> datetime:
    if weekday:
        return _to_weekday(local, sign, weekday.lower())
    count = int(number)
    if sign == "=":
        return _with_part(local, unit, count)
    if sign == "-":
        count = -count
    if unit in _SECONDS:
        return local + timedelta(seconds=count * _SECONDS[unit])
    return _add_months(local, count * (12 if unit == "y" else 1))


def _to_weekday(local: datetime, sign: str, name: str) -> datetime:
    if name == "week_start":
        name = "monday"
    if name not in _WEEKDAYS:
        raise ValueError(f"{name!r} is no weekday")
    days = _WEEKDAYS[name] - local.weekday()
    if sign == "=":
        return datetime.combine(local.date(), time.min) + timedelta(days=days)
    if sign == "+" and days < 0:
        days += 7
    elif sign == "-" and days > 0:
        days -= 7
    return local + timedelta(days=days)


def _with_part(local: datetime, unit: str, value: int) -> datetime:
    midnight = datetime.combine(local.date(), time.min)
    if unit == "y":
        return midnight.replace(year=value)
    if unit == "m":
        return midnight.replace(month=value, day=min(local.day, _days_in(local.year, value)))
    if unit == "d":
        return midnight.replace(day=value)
    if unit == "H":
        return midnight.replace(hour=value)
    if unit == "M":
        return local.replace(minute=value, second=0)
    if unit == "S":
        return local.replace(second=value)
    raise ValueError(f"'={value}{unit}' is not possible: weeks have no number here")


def _add_months(local: datetime, months: int) -> datetime:
    index = local.year * 12 + local.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return local.replace(year=year, month=month, day=min(local.day, _days_in(year, month)))


def _days_in(year: int, month: int) -> int:
    if not 1 <= month <= 12:
        raise ValueError(f"{month} is no month")
    return calendar.monthrange(year, month)[1]


def _localized(naive: datetime, tz: tzinfo) -> datetime:
    # pytz zones (Odoo's) must be asked for the offset of a local time; zoneinfo ones need not.
    localize = getattr(tz, "localize", None)
    if localize is not None:
        return localize(naive)  # type: ignore[no-any-return]
    return naive.replace(tzinfo=tz)
