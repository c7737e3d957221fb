"""What is due together: repetitions that were missed are made up for once."""

from datetime import date, datetime

from base_automation_ext.core.due_item import DueItem, as_datetime, latest_of_each

VALUE = datetime(2026, 3, 1, 8)


def item(res_id, day, step=0):
    return DueItem(res_id, datetime(2026, 3, day, 8), step, VALUE)


def test_only_the_latest_repetition_runs():
    first, second, other = item(1, 2), item(1, 3), item(2, 2)
    assert latest_of_each([first, other, second]) == ([other, second], [first])


def test_steps_do_not_make_up_for_each_other():
    own, step = item(1, 2), item(1, 5, step=1)
    assert latest_of_each([own, step]) == ([own, step], [])


def test_dates_are_the_start_of_their_day():
    assert as_datetime(date(2026, 3, 1)) == datetime(2026, 3, 1)
    assert DueItem(1, VALUE, 0, date(2026, 3, 1)).stamp == datetime(2026, 3, 1)
    assert item(1, 2).key == (1, datetime(2026, 3, 2, 8), 0)
