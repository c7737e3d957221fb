"""Schedules: cron expressions and simple plans, in time zones with daylight saving time."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from base_automation_ext.core import cron_expression
from base_automation_ext.core.cron_expression import CronExpressionError
from base_automation_ext.core.local_time import end_of_day, full_second, to_utc
from base_automation_ext.core.schedule import (
    CronSchedule,
    EveryFewDays,
    Monthly,
    Weekly,
)

BERLIN = ZoneInfo("Europe/Berlin")
UTC = ZoneInfo("UTC")


def moments(schedule, start, zone, count=3):
    return [f"{found:%m-%d %H:%M}" for found in schedule.preview(start, zone, count)]


@pytest.mark.parametrize(
    ("schedule", "start", "zone", "expected"),
    [
        (
            CronSchedule("0 8 * * 1"),
            datetime(2025, 11, 26),
            BERLIN,
            ["12-01 07:00", "12-08 07:00", "12-15 07:00"],
        ),
        (
            CronSchedule("*/20 9 * * *"),
            datetime(2025, 6, 1, 7, 5),
            BERLIN,
            ["06-01 07:20", "06-01 07:40", "06-02 07:00"],
        ),
        (
            Weekly(time(8), frozenset({0, 3})),
            datetime(2025, 11, 27, 7),
            BERLIN,
            ["12-01 07:00", "12-04 07:00", "12-08 07:00"],
        ),
        (
            EveryFewDays(time(6, 30), 3, date(2025, 12, 30)),
            datetime(2025, 11, 1),
            UTC,
            ["12-30 06:30", "01-02 06:30", "01-05 06:30"],
        ),
        (
            EveryFewDays(time(6, 30), 14, date(2020, 1, 6)),
            datetime(2025, 11, 26),
            UTC,
            ["12-01 06:30", "12-15 06:30", "12-29 06:30"],
        ),
        (
            EveryFewDays(time(0), 1, date(2025, 1, 1)),
            datetime(2025, 11, 26),
            UTC,
            ["11-27 00:00", "11-28 00:00", "11-29 00:00"],
        ),
        (
            Monthly(time(23, 59), 31),
            datetime(2024, 1, 31, 23, 59),
            UTC,
            ["02-29 23:59", "03-31 23:59", "04-30 23:59"],
        ),
        (
            Monthly(time(1), 1),
            datetime(2025, 12, 1, 0, 0),
            ZoneInfo("Pacific/Auckland"),
            ["12-31 12:00", "01-31 12:00", "02-28 12:00"],
        ),
    ],
    ids=["cron", "cron-steps", "weekly", "from-later", "fortnight", "daily", "month-end", "east"],
)
def test_next_moments(schedule, start, zone, expected):
    """Moments are strictly after the start, in UTC, at local times."""
    assert moments(schedule, start, zone) == expected


EVERY_DAY = frozenset(range(7))


@pytest.mark.parametrize(
    "schedule",
    [CronSchedule("30 2 * * *"), Weekly(time(2, 30), EVERY_DAY)],
    ids=["cron", "simple"],
)
class TestDaylightSaving:
    def test_skipped_hour_is_made_up_for_when_it_is_over(self, schedule):
        """In Berlin there was no 02:30 on 30 March 2025; 03:00 is 01:00 UTC."""
        start = datetime(2025, 3, 28, 12)
        assert moments(schedule, start, BERLIN) == ["03-29 01:30", "03-30 01:00", "03-31 00:30"]

    def test_repeated_hour_counts_once(self, schedule):
        """In Berlin 02:30 came twice on 26 October 2025."""
        start = datetime(2025, 10, 25, 12)
        assert moments(schedule, start, BERLIN) == ["10-26 00:30", "10-27 01:30", "10-28 01:30"]

    def test_asked_within_the_repeated_hour(self, schedule):
        """The moment of the first round is over when the second round begins."""
        start = datetime(2025, 10, 26, 1, 10)
        assert moments(schedule, start, BERLIN, 1) == ["10-27 01:30"]


def test_hourly_runs_every_hour_of_the_repeated_ones():
    start = datetime(2025, 10, 25, 23, 30)
    expected = ["10-26 00:00", "10-26 01:00", "10-26 02:00"]
    assert moments(CronSchedule("0 * * * *"), start, BERLIN) == expected


def test_day_that_a_zone_skipped():
    """Samoa had no 30 December 2011."""
    zone = ZoneInfo("Pacific/Apia")
    assert to_utc(datetime(2011, 12, 30, 8), zone) == datetime(2011, 12, 30, 10)
    assert to_utc(datetime(2011, 12, 31, 8), zone) == datetime(2011, 12, 30, 18)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", datetime(2026, 3, 3)),
        ("Asia/Tokyo", datetime(2026, 3, 2, 15)),
        ("America/New_York", datetime(2026, 3, 3, 5)),
    ],
)
def test_end_of_a_day(zone, expected):
    assert end_of_day(date(2026, 3, 2), ZoneInfo(zone)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 8 * * 1", "0 8 * * 1"),
        ("  0   8 * *  mon ", "0 8 * * mon"),
        ("@Daily", "0 0 * * *"),
        ("0 12 L * *", "0 12 L * *"),
        ("0 0 29 2 *", "0 0 29 2 *"),
    ],
)
def test_expressions_that_can_be_used(text, expected):
    assert cron_expression.normalize(text) == expected


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", ""),
        ("every monday", ""),
        ("0 0 8 * * 1", ""),
        ("@reboot", ""),
        ("60 8 * * 1", "minute"),
        ("0 24 * * 1", "hour"),
        ("0 8 0 * *", "day-of-month"),
        ("0 8 * 13 *", "month"),
        ("0 8 * * 9", "day-of-week"),
        ("*/0 8 * * *", "minute"),
        ("5-1 8 * * *", "minute"),
        ("0 8 30 2 *", "day-of-month"),
        ("0 8 */20 * 1L", "day-of-month"),
        ("0 8 * * #", "day-of-week"),
        ("² 8 * * *", "minute"),
    ],
)
def test_expressions_that_cannot_be_used(text, field):
    """The error names the field, so that the form can say which one."""
    with pytest.raises(CronExpressionError) as caught:
        cron_expression.normalize(text)
    assert caught.value.field == field


def test_explanation():
    assert cron_expression.explain("0 8 * * 1") == "At 08:00 on Monday"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 2, 8), datetime(2026, 3, 2, 8)),
        (datetime(2026, 3, 2, 8, microsecond=1), datetime(2026, 3, 2, 8, second=1)),
        (datetime(2026, 12, 31, 23, 59, 59, 999999), datetime(2027, 1, 1)),
    ],
)
def test_full_second(moment, expected):
    assert full_second(moment) == expected
