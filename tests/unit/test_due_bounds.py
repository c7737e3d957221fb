"""Properties of due moments: ranges never too narrow, order kept, recurrences whole."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from base_automation_ext.core.due import (
    DuePlan,
    Step,
    WorkingTime,
    bounds,
    inner_days,
    inner_ranges,
    ranges,
)
from base_automation_ext.core.due.units import UNITS, WORKABLE

from .due_calendars import office, spans

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Sydney",
        "Australia/Lord_Howe",
        "America/Santiago",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Asia/Kathmandu",
        "America/St_Johns",
        "Africa/Casablanca",
    )
]
MOMENTS = st.datetimes(datetime(2004, 1, 1), datetime(2034, 1, 1)) | st.datetimes(
    datetime(2011, 12, 27), datetime(2012, 1, 3)
)
DATES = st.dates(date(2004, 1, 1), date(2034, 1, 1))
TIMES = st.none() | st.builds(time, st.integers(0, 23), st.sampled_from([0, 30, 59]))


@st.composite
def plans(draw, working=False):
    """Any plan that is valid, without trying many that are not."""
    units = [unit for unit in UNITS if unit in WORKABLE or not working]
    unit = draw(st.sampled_from(units))
    last_day = unit in ("month", "year") and draw(st.booleans())
    at = None if unit in ("minutes", "hour") else draw(TIMES)
    if last_day:
        units = ["month", "year"]
    every_unit = draw(st.sampled_from(units))
    if at is not None:
        units = [unit for unit in units if unit not in ("minutes", "hour")]
    steps = st.builds(Step, st.integers(0, 9), st.sampled_from(units))
    plan = DuePlan(
        number=draw(st.integers(0, 40)),
        unit=unit,
        before=draw(st.booleans()),
        at=at,
        last_day=last_day,
        working=working,
        every=draw(st.integers(0, 5)),
        every_unit=every_unit,
        times=draw(st.integers(1, 8)),
        steps=tuple(draw(st.lists(steps, max_size=2))),
    )
    plan.validate()
    return plan


def check_ranges(plan, value, zone, working=None, width=timedelta(hours=1)):
    for one in plan.occurrences(value, zone, working):
        for start in (one.moment, one.moment - width + timedelta(microseconds=1)):
            calendars = [working] if working else []
            for zones in ([zone], ()):
                found = ranges(plan, start, start + width, zones, calendars)
                if isinstance(value, datetime):
                    assert any(part.low <= value < part.high for part in found)
                else:
                    days = [part.days(zones) for part in found]
                    assert any(low <= value < high for low, high in days)


@settings(max_examples=200)
@given(plans(), MOMENTS | DATES, st.sampled_from(ZONES))
def test_every_due_value_lies_within_the_ranges(plan, value, zone):
    check_ranges(plan, value, zone)


@settings(max_examples=80)
@given(plans(working=True), MOMENTS | DATES, st.sampled_from(ZONES))
def test_every_due_value_lies_within_the_ranges_of_working_time(plan, value, zone):
    check_ranges(plan, value, zone, office())


@settings(max_examples=200)
@given(
    plans(),
    MOMENTS | DATES,
    st.sampled_from(ZONES),
    MOMENTS,
    st.timedeltas(timedelta(), timedelta(days=900)),
)
def test_values_within_the_inner_ranges_are_due(plan, value, zone, start, width):
    """Counted without being read, they had better be."""
    for zones in ([zone], ()):
        for part in inner_ranges(plan, start, start + width, zones):
            low, high = part if isinstance(value, datetime) else inner_days(part, zones)
            if low <= value < high:
                assert plan.occurrences(value, zone, start=start, end=start + width)


def test_most_of_a_long_window_is_certain():
    start, end = datetime(2026, 1, 1), datetime(2026, 7, 1)
    [part] = inner_ranges(DuePlan(3), start, end, [ZONES[0]])
    assert part == (datetime(2025, 12, 29), datetime(2026, 6, 28))
    assert inner_days(part, [ZONES[0]]) == (date(2025, 12, 30), date(2026, 6, 28))


def test_ranges_are_narrow_on_ordinary_days():
    """A scan each minute must not read days of values."""
    start, end = datetime(2026, 6, 10, 12), datetime(2026, 6, 10, 12, 1)
    found = bounds(DuePlan(3), start, end, [ZONES[1]])
    assert found == (start - timedelta(days=3), end - timedelta(days=3))
    assert bounds(DuePlan(90, "minutes"), start, end) == (
        datetime(2026, 6, 10, 10, 30),
        datetime(2026, 6, 10, 10, 31),
    )
    low, high = bounds(DuePlan(1, "month"), start, end, [ZONES[1]])
    assert high - low < timedelta(days=9)


def test_a_recurrence_has_a_range_each_time():
    plan = DuePlan(1, every=1, every_unit="month", times=3)
    found = ranges(plan, datetime(2026, 6, 10), datetime(2026, 6, 10, 1), [ZONES[0]])
    assert [(part.low.month, part.low.day) for part in found] == [(4, 5), (5, 5), (6, 9)]


@given(
    st.builds(
        DuePlan,
        st.integers(0, 400),
        st.sampled_from(["minutes", "hour"]),
        st.booleans(),
    ),
    MOMENTS,
    MOMENTS,
    st.sampled_from(ZONES),
)
def test_fixed_units_keep_the_order(plan, one, other, zone):
    first, second = sorted([one, other])
    assert plan.moment(first, zone) <= plan.moment(second, zone)


@given(st.integers(0, 400), st.booleans(), TIMES, DATES, DATES, st.sampled_from(ZONES))
def test_days_keep_the_order_of_dates(number, before, at, one, other, zone):
    plan = DuePlan(number, before=before, at=at)
    first, second = sorted([one, other])
    assert plan.moment(first, zone) <= plan.moment(second, zone)


@given(plans(), MOMENTS | DATES, st.sampled_from(ZONES))
def test_recurrences_neither_skip_nor_double(plan, value, zone):
    """Windows that follow each other find each moment once, and all of them."""
    found = plan.occurrences(value, zone)
    assert len({(one.step, one.moment) for one in found}) == len(found)
    numbers = [one.number for one in found if not one.step]
    skipped_day = zone.key == "Pacific/Apia"
    if not skipped_day:
        assert sorted(numbers) == list(range(max(1, plan.times) if plan.every else 1))
    start, end = found[0].moment, found[-1].moment
    middle = start + (end - start) / 2
    parts = [
        plan.occurrences(value, zone, start=start, end=middle),
        plan.occurrences(value, zone, start=middle, end=end),
        plan.occurrences(value, zone, start=end),
    ]
    assert [one for part in parts for one in part] == found


@given(MOMENTS, st.integers(-2000, 2000))
def test_working_hours_there_and_back(moment, minutes):
    """Work done is not counted twice, and none is left out."""
    working = office()
    there = working.plan_hours(moment, minutes / 60)
    assert there is not None
    between = _worked(min(moment, there), max(moment, there))
    assert between == timedelta(minutes=abs(minutes))


def _worked(start, end):
    found = spans(start.date(), end.date() + timedelta(days=1))
    parts = (min(span.stop, end) - max(span.start, start) for span in found)
    return sum((part for part in parts if part > timedelta()), timedelta())


@given(DATES, st.integers(-60, 60))
def test_working_days_there_and_back(day, count):
    working = office()
    there = working.plan_days(day, count)
    assert there.weekday() < 5
    first, last = sorted([day, there])
    days = {span.day for span in spans(first, last + timedelta(days=1))} - {day}
    if count:
        assert len(days) == abs(count)


def test_work_that_ends_is_never_due():
    """As with Odoo's calendars, after 1400 days without work there is none any more."""
    nothing = WorkingTime(lambda start, end: [])
    assert nothing.plan_days(date(2026, 1, 1), 3) is None
    assert nothing.plan_days(date(2026, 1, 1), -3) is None
    assert nothing.plan_hours(datetime(2026, 1, 1), 3) is None
    assert nothing.plan_hours(datetime(2026, 1, 1), -3) is None
    plan = DuePlan(3, working=True)
    assert plan.moment(date(2026, 1, 1), ZONES[0], nothing) is None
    found = bounds(plan, datetime(2026, 1, 1), datetime(2026, 1, 2), [ZONES[0]], [nothing])
    assert found.low < found.high


def test_far_days_are_not_reached_through_all_between():
    """Each chunk is two statements and many objects: a century of them is a minute."""
    asked = []

    def load(start, end):
        asked.append(start)
        return spans(start, end)

    working = WorkingTime(load)
    working.plan_days(date(2026, 1, 1), 5)
    working.plan_days(date(2126, 1, 1), 5)
    working.plan_days(date(2126, 3, 1), 5)
    assert len(asked) <= 3
    plan = DuePlan(5, working=True)
    bounds(plan, datetime(2026, 1, 1), datetime(2226, 1, 1), [ZONES[0]], [working])
    assert len(asked) <= 5


def test_days_near_the_end_of_the_calendar_have_no_moment():
    assert office().plan_days(date(9999, 12, 30), 5) is None
    assert office().plan_days(date(1, 1, 5), -5) is None
    assert office().plan_hours(datetime(9999, 12, 30), 50) is None
