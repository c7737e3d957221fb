"""Triggers about activities: which activities, and in which parts."""

import pytest

from base_automation_ext.core.triggers import trigger_class
from base_automation_ext.core.triggers.activity import rounds


@pytest.mark.parametrize(
    ("types", "model", "type_id", "expected"),
    [
        ([], "res.partner", 3, True),
        ([], "res.partner", False, True),
        ([], "res.country", 3, False),
        ([3, 4], "res.partner", 4, True),
        ([3, 4], "res.partner", 5, False),
        ([3, 4], "res.partner", False, False),
        ([], False, 3, False),
    ],
)
def test_which_activities(types, model, type_id, expected):
    trigger = trigger_class("on_activity_done")(model="res.partner", type_ids=frozenset(types))
    assert trigger.is_about(model, type_id) is expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], []),
        ([(1, 10), (2, 20)], [{1: 10, 2: 20}]),
        ([(1, 10), (1, 11), (2, 20), (1, 12)], [{1: 10, 2: 20}, {1: 11}, {1: 12}]),
    ],
)
def test_one_activity_of_each_record_at_a_time(pairs, expected):
    assert rounds(pairs) == expected
