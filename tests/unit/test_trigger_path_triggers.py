"""Triggers that look beyond the record: which sightings they are about."""

import datetime
import math

import pytest

from base_automation_ext.core.triggers import all_triggers
from base_automation_ext.core.triggers.computed_change import ComputedChange, as_json, json_text
from base_automation_ext.core.triggers.line_change import ADDED, ANY, CHANGED, REMOVED, LineChange
from base_automation_ext.core.triggers.paths import PathTrigger, WatchedPath
from base_automation_ext.core.triggers.related_change import RelatedChange
from base_automation_ext.core.triggers.sightings import Sighting

LEAF = WatchedPath((), "line", frozenset({"x"}), compares_leaves=True)
LINK = WatchedPath((), "line")


class Ids:
    """A recordset, as far as it matters here."""

    def __init__(self, *ids):
        self._ids = ids

    def __bool__(self):
        return bool(self._ids)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (Sighting(changed={1: ({"x": 1}, {"x": 2})}), True),
        (Sighting(removed={1: {"x": "a"}}, added={2: {"x": "b"}}), True),
        (Sighting(removed={1: {"x": "a"}}, added={2: {"x": "a"}}), False),
        (Sighting(added={2: {"x": False}}), False),
        (Sighting(added={2: {"x": 0}}), False),
        (Sighting(added={2: {"x": "a"}}), True),
        (Sighting(removed={1: {"x": Ids(3)}}, added={2: {"x": Ids(3)}}), False),
        (Sighting(removed={1: {"x": Ids(3)}}, added={2: {"x": Ids(4)}}), True),
        (Sighting(removed={1: {"x": ["a"]}}, added={2: {"x": ["a"]}}), False),
        (Sighting(removed={1: {"x": "a"}, 3: {"x": "a"}}, added={2: {"x": "a"}}), True),
    ],
)
def test_related_change(seen, expected):
    """A link to another record counts only if the value there is another one."""
    assert RelatedChange(paths=(LEAF,)).concerns(seen) is expected


def test_related_change_of_links():
    """A path that ends with several records is about these."""
    assert RelatedChange(paths=(LINK,)).concerns(Sighting(added={1: {}}))
    assert not RelatedChange(paths=(LINK,)).concerns(Sighting())


@pytest.mark.parametrize("movement", [ANY, ADDED, CHANGED, REMOVED])
def test_line_change(movement):
    sightings = {
        ADDED: Sighting(added={1: {}}),
        CHANGED: Sighting(changed={1: ({"x": 1}, {"x": 2})}),
        REMOVED: Sighting(removed={1: {}}),
    }
    trigger = LineChange(paths=(LINK,), movement=movement)
    wanted = set(sightings) if movement == ANY else {movement}
    assert {kind for kind, seen in sightings.items() if trigger.concerns(seen)} == wanted


def test_new_records_are_looked_at_only_if_wanted():
    assert not LineChange().hears_creation
    assert LineChange(on_create=True).hears_creation
    assert ComputedChange().hears_creation


def test_triggers_beyond_the_record_hear_nothing_of_their_own():
    """Otherwise the changes of the record itself would fire them too."""
    for trigger in all_triggers().values():
        if issubclass(trigger, PathTrigger):
            assert not trigger.events


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1 + 0.2, as_json(0.3)),
        (1e15 / 3, as_json(1e15 / 3 + 0.25)),
        (-0.0, 0.0),
        (math.nan, "nan"),
        ("", False),
        (None, False),
        (0, 0),
        (datetime.date(2026, 1, 31), "2026-01-31"),
        (datetime.datetime(2026, 1, 31, 8), "2026-01-31T08:00:00"),
        (Ids(3, 1), [1, 3]),
        ([1.0, "a"], [1.0, "a"]),
        ({"b": 1, "a": None}, {"b": 1, "a": False}),
    ],
)
def test_values_in_a_snapshot(value, expected):
    """Rounding errors, kinds of empty and the order of records are no changes."""
    assert as_json(value) == expected
    assert json_text(as_json(value)) == json_text(expected)
