"""Due moments: delays on the clock, in the calendar and over its corners."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from base_automation_ext.core.due import DuePlan, DuePlanError, Step
from base_automation_ext.core.local_time import to_utc

UTC, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
SYDNEY, NEW_YORK = ZoneInfo("Australia/Sydney"), ZoneInfo("America/New_York")
APIA, LORD_HOWE = ZoneInfo("Pacific/Apia"), ZoneInfo("Australia/Lord_Howe")
AT_8 = time(8)


def said(moment):
    return f"{moment:%Y-%m-%d %H:%M}" if moment else None


@pytest.mark.parametrize(
    ("plan", "value", "zone", "expected"),
    [
        # Elapsed time does not look at the clock.
        (DuePlan(30, "minutes"), datetime(2026, 3, 29, 0, 45), BERLIN, "2026-03-29 01:15"),
        (DuePlan(24, "hour"), datetime(2026, 3, 28, 12), BERLIN, "2026-03-29 12:00"),
        (DuePlan(2, "hour", before=True), datetime(2026, 10, 25, 2), BERLIN, "2026-10-25 00:00"),
        # Days keep the time on the clock, over both changes and in both hemispheres.
        (DuePlan(1), datetime(2026, 3, 28, 11), BERLIN, "2026-03-29 10:00"),
        (DuePlan(1), datetime(2026, 10, 24, 10), BERLIN, "2026-10-25 11:00"),
        (DuePlan(1), datetime(2026, 4, 4, 1), SYDNEY, "2026-04-05 02:00"),
        (DuePlan(1), datetime(2026, 10, 3, 2), SYDNEY, "2026-10-04 01:00"),
        (DuePlan(2, "week", before=True), datetime(2026, 11, 15, 15), NEW_YORK, "2026-11-01 15:00"),
        # The clock skips 02:30, so the first moment after; it shows 02:30 twice: the first.
        (DuePlan(1), datetime(2026, 3, 28, 1, 30), BERLIN, "2026-03-29 01:00"),
        (DuePlan(1, before=True), datetime(2026, 10, 26, 1, 30), BERLIN, "2026-10-25 00:30"),
        (DuePlan(1), datetime(2026, 10, 2, 16, 30), SYDNEY, "2026-10-03 16:00"),
        # Half an hour is skipped here, and there a whole day was.
        (DuePlan(1), datetime(2026, 10, 2, 15, 40), LORD_HOWE, "2026-10-03 15:30"),
        (DuePlan(1), datetime(2011, 12, 29, 22), APIA, "2011-12-30 10:00"),
        # A value in the doubled hour is not moved when nothing is added.
        (DuePlan(0), datetime(2026, 10, 25, 1, 30), BERLIN, "2026-10-25 01:30"),
        # Months keep the day, or end; leap days.
        (DuePlan(1, "month"), datetime(2026, 1, 31, 12), UTC, "2026-02-28 12:00"),
        (DuePlan(1, "month"), datetime(2028, 1, 31, 12), UTC, "2028-02-29 12:00"),
        (DuePlan(1, "month", before=True), datetime(2026, 3, 31, 12), UTC, "2026-02-28 12:00"),
        (DuePlan(13, "month"), datetime(2026, 11, 30), UTC, "2027-12-30 00:00"),
        (DuePlan(1, "year"), datetime(2028, 2, 29), UTC, "2029-02-28 00:00"),
        (DuePlan(4, "year"), datetime(2028, 2, 29), UTC, "2032-02-29 00:00"),
        (DuePlan(1, "year", before=True), datetime(2028, 2, 29), UTC, "2027-02-28 00:00"),
        # The month is that of the zone: in Berlin it is March already.
        (DuePlan(1, "month"), datetime(2026, 2, 28, 23, 30), BERLIN, "2026-03-31 22:30"),
        # A date starts in the zone.
        (DuePlan(3, before=True), date(2026, 11, 30), BERLIN, "2026-11-26 23:00"),
        (DuePlan(3, before=True), date(2026, 11, 30), NEW_YORK, "2026-11-27 05:00"),
        (DuePlan(6, "hour"), date(2026, 11, 30), SYDNEY, "2026-11-29 19:00"),
        # At a time of day, also where that is skipped; last day of the month.
        (DuePlan(3, before=True, at=AT_8), date(2026, 11, 30), BERLIN, "2026-11-27 07:00"),
        (DuePlan(1, at=AT_8), datetime(2026, 7, 1, 21, 59), BERLIN, "2026-07-02 06:00"),
        (DuePlan(1, at=AT_8), datetime(2026, 7, 1, 22), BERLIN, "2026-07-03 06:00"),
        (DuePlan(1, at=time(2, 30)), date(2026, 3, 28), BERLIN, "2026-03-29 01:00"),
        (DuePlan(0, "month", last_day=True, at=AT_8), date(2028, 2, 3), UTC, "2028-02-29 08:00"),
        (DuePlan(1, "month", last_day=True), datetime(2026, 1, 5, 9), UTC, "2026-02-28 09:00"),
        # Outside of the calendar there is no moment.
        (DuePlan(9, "year"), date(9995, 1, 1), UTC, None),
        (DuePlan(400, "week", before=True), datetime(2, 1, 1), BERLIN, None),
    ],
)
def test_moments(plan, value, zone, expected):
    plan.validate()
    assert said(plan.moment(value, zone)) == expected


def test_a_recurrence_counts_from_the_value():
    """Not from the time before: the 31st comes back after February."""
    plan = DuePlan(0, "month", every=1, every_unit="month", times=4)
    found = plan.occurrences(date(2026, 1, 31), UTC)
    assert [f"{one.moment:%m-%d}" for one in found] == ["01-31", "02-28", "03-31", "04-30"]
    assert [one.number for one in found] == [0, 1, 2, 3]


def test_a_recurrence_keeps_its_time_of_day():
    plan = DuePlan(1, at=AT_8, every=1, times=3)
    found = plan.occurrences(date(2026, 3, 27), BERLIN)
    assert [said(one.moment)[5:] for one in found] == ["03-28 07:00", "03-29 06:00", "03-30 06:00"]


def test_only_a_window_of_a_recurrence():
    plan = DuePlan(0, every=2, times=100)
    found = plan.occurrences(
        date(2026, 1, 1), UTC, start=datetime(2026, 1, 5), end=datetime(2026, 1, 9)
    )
    assert [(one.number, one.moment.day) for one in found] == [(2, 5), (3, 7)]


def test_a_skipped_day_is_not_due_twice():
    """30 December 2011 did not exist in Samoa: its midnight is that of the 31st."""
    plan = DuePlan(0, every=1, times=4)
    found = plan.occurrences(date(2011, 12, 29), APIA)
    assert [said(one.moment) for one in found] == [
        "2011-12-29 10:00",
        "2011-12-30 10:00",
        "2011-12-31 10:00",
    ]


def test_steps_of_an_escalation_count_from_the_value():
    plan = DuePlan(1, steps=(Step(3), Step(36, "hour")))
    found = plan.occurrences(datetime(2026, 5, 1, 12), UTC)
    assert [(one.step, said(one.moment)[5:]) for one in found] == [
        (0, "05-02 12:00"),
        (2, "05-03 00:00"),
        (1, "05-04 12:00"),
    ]


@pytest.mark.parametrize(
    ("plan", "part"),
    [
        (DuePlan(1, "fortnight"), "unit of time"),
        (DuePlan(-1), "0 or more"),
        (DuePlan(2, "hour", at=AT_8), "remove the time of day"),
        (DuePlan(2, last_day=True), "months or years"),
        (DuePlan(1, "month", last_day=True, every=2), "repetitions and steps"),
        (DuePlan(2, "week", working=True), "Working time"),
        (DuePlan(1, every=-1), "1 or more"),
        (DuePlan(1, every=1, times=0), "between 1 and 1000"),
        (DuePlan(1, steps=(Step(-1),)), "delay of a step"),
        (DuePlan(1, working=True, steps=(Step(1, "month"),)), "steps too"),
        (DuePlan(1, at=AT_8, steps=(Step(1, "hour"),)), "steps too"),
    ],
)
def test_what_does_not_go_together_is_said(plan, part):
    with pytest.raises(DuePlanError, match=part):
        plan.validate()


@pytest.mark.parametrize(
    ("local", "zone", "expected"),
    [
        # The first moment after the gap, to the second, also in the middle of a minute.
        (datetime(2026, 3, 29, 2, 30, 45), BERLIN, datetime(2026, 3, 29, 1)),
        (datetime(2026, 3, 29, 2), BERLIN, datetime(2026, 3, 29, 1)),
        (datetime(2026, 3, 29, 3), BERLIN, datetime(2026, 3, 29, 1)),
        (datetime(1972, 1, 7, 0, 10), ZoneInfo("Africa/Monrovia"), datetime(1972, 1, 7, 0, 44, 30)),
        (datetime(2011, 12, 30, 15), APIA, datetime(2011, 12, 30, 10)),
    ],
)
def test_the_end_of_a_gap_is_exact(local, zone, expected):
    assert to_utc(local, zone) == expected
