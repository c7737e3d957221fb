"""Relative dates, without Odoo."""

from datetime import datetime, timedelta, timezone

import pytest

from server_action_engine.core.relative_dates import is_relative, relative_moment

#: A Sunday.
NOW = datetime(2026, 11, 22, 10, 20, 30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW),
        ("today", datetime(2026, 11, 22)),
        ("Tomorrow", datetime(2026, 11, 23)),
        ("yesterday", datetime(2026, 11, 21)),
        ("+3d", datetime(2026, 11, 25, 10, 20, 30)),
        ("today + 2w", datetime(2026, 12, 6)),
        ("today +3m", datetime(2027, 2, 22)),
        ("today =31d -1m", None),
        ("today =1d +1m", datetime(2026, 12, 1)),
        ("today =1d +1m -1d", datetime(2026, 11, 30)),
        ("today +1y", datetime(2027, 11, 22)),
        ("now -90M", datetime(2026, 11, 22, 8, 50, 30)),
        ("now +1H", datetime(2026, 11, 22, 11, 20, 30)),
        ("today =9H", datetime(2026, 11, 22, 9)),
        ("now =15M", datetime(2026, 11, 22, 10, 15)),
        ("today =6m", datetime(2026, 6, 22)),
        ("today +monday", datetime(2026, 11, 23)),
        ("today -friday", datetime(2026, 11, 20)),
        ("now =monday", datetime(2026, 11, 16)),
        ("today -week_start", datetime(2026, 11, 16)),
        ("today +0d", datetime(2026, 11, 22)),
    ],
)
def test_a_relative_date_is_a_moment(text, expected):
    """Every part of the notation moves the date as it says."""
    if expected is None:
        with pytest.raises(ValueError, match="day"):
            relative_moment(text, NOW, timezone.utc)
        return
    assert relative_moment(text, NOW, timezone.utc).replace(tzinfo=None) == expected


def test_a_month_ends_earlier():
    """Adding a month to the 31st ends on the last day of a shorter month."""
    moment = relative_moment("today +1m", datetime(2027, 1, 31, 12), timezone.utc)
    assert moment.date().isoformat() == "2027-02-28"


def test_today_is_the_day_of_the_reader():
    """Shortly before midnight UTC it is tomorrow already further east."""
    tz = timezone(timedelta(hours=5))
    moment = relative_moment("today", datetime(2026, 11, 22, 22), tz)
    assert moment.isoformat() == "2026-11-23T00:00:00+05:00"


@pytest.mark.parametrize("text", ["today 3d", "today +3", "today +3q", "someday", "=4w", "+noday"])
def test_anything_else_is_refused(text):
    """What is not in the notation is an error, never a guess."""
    with pytest.raises(ValueError):
        relative_moment(text, NOW, timezone.utc)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("today", True), ("+3d", True), ("-monday", True), ("2026-01-01", False), ("todays", False)],
)
def test_relative_dates_are_recognised(text, expected):
    """ISO dates are no relative dates."""
    assert is_relative(text) is expected
