"""Triggers: pure classes that say what a rule waits for."""

import pure_addons
import pytest
from scaffold.triggers import added_labels, triggers_table

import sms_action.core.triggers  # noqa: F401 - registers its own
import smtp_mail_action.core.triggers  # noqa: F401 - registers its own
import workflow_engine.core.triggers  # noqa: F401 - registers its own
from base_automation_ext.core.triggers import all_triggers, keys_hearing, register, trigger_class
from base_automation_ext.core.triggers.base import Change, Trigger
from base_automation_ext.core.triggers.field_change import ADDED, ANY, REMOVED, FieldChange

IDS = frozenset


def change(old, new, name="x"):
    return Change(None if old is None else {name: old}, {name: new})


@pytest.mark.parametrize("trigger", all_triggers().values(), ids=lambda trigger: trigger.key)
def test_every_trigger_explains_itself(trigger):
    """The form shows group, icon and a whole sentence for each."""
    assert trigger.group.label
    assert trigger.icon.startswith("fa-")
    assert trigger.help.endswith(".")
    assert trigger_class(trigger.key) is trigger


def test_a_key_belongs_to_one_trigger():
    """A second class with a known key would silently change existing rules."""
    other = type("Other", (Trigger,), {"key": "on_create", "group": None})
    with pytest.raises(ValueError, match="on_create"):
        register(other)


def test_keys_hearing_an_event():
    assert "on_unlink" in keys_hearing("unlink")
    assert "on_update" in keys_hearing("write")
    assert "on_unlink" not in keys_hearing("create")


@pytest.mark.parametrize(
    ("config", "old", "new", "expected"),
    [
        ({}, "a", "b", True),
        ({}, "a", "a", False),
        ({}, False, "", False),
        ({}, 0, False, False),
        ({"from_values": IDS(["a"])}, "a", "b", True),
        ({"from_values": IDS(["a"])}, "c", "b", False),
        ({"to_values": IDS(["b"])}, "a", "b", True),
        ({"to_values": IDS(["b"])}, "a", "c", False),
        ({"from_values": IDS(["a"]), "to_values": IDS(["b", "c"])}, "a", "c", True),
        ({"from_values": IDS([False])}, "", "c", True),
        ({"to_values": IDS([0])}, 5, 0, True),
        ({"to_values": IDS([2])}, IDS([1]), IDS([2]), True),
        ({"from_values": IDS([2])}, IDS([1]), IDS([2]), False),
        ({"from_values": IDS([False])}, IDS(), IDS([2]), True),
        ({}, None, "b", False),
        ({"on_create": True}, None, "b", True),
        ({"on_create": True, "from_values": IDS(["a"])}, None, "b", False),
        ({"is_many": True}, IDS([1]), IDS([1, 2]), True),
        ({"is_many": True}, IDS([1]), IDS([1]), False),
        ({"is_many": True, "movement": ADDED}, IDS([1, 2]), IDS([1]), False),
        ({"is_many": True, "movement": ADDED}, IDS([1]), IDS([1, 2]), True),
        ({"is_many": True, "movement": ADDED, "to_values": IDS([3])}, IDS([1]), IDS([2]), False),
        ({"is_many": True, "movement": REMOVED, "to_values": IDS([1])}, IDS([1]), IDS([2]), True),
        ({"is_many": True, "movement": ANY, "to_values": IDS([1])}, IDS([1]), IDS([2]), True),
        ({"is_many": True, "on_create": True, "movement": ADDED}, None, IDS([2]), True),
    ],
)
def test_field_change(config, old, new, expected):
    """From → to, empty values, relations, added and removed, new records."""
    assert FieldChange(name="x", **config).matches(change(old, new)) is expected


def test_update_is_no_creation():
    """It hears of creations only to know what belongs to them."""
    update = trigger_class("on_update")()
    assert update.matches(change("a", "b"))
    assert not update.matches(change(None, "b"))


def test_field_that_was_not_written_is_no_change():
    assert not FieldChange(name="x").matches(Change({"y": 1}, {"x": 2}))


def test_every_added_trigger_has_a_value_in_the_form():
    """And the other way round: a value without a class would be refused when saved."""
    added = {key for key, trigger in all_triggers().items() if not trigger.is_stock}
    assert added == set(added_labels(pure_addons.ROOT))


def test_table_of_triggers_is_current():
    """``scripts/new-type --table`` writes it anew."""
    path = pure_addons.ROOT / "docs" / "triggers.md"
    assert path.read_text(encoding="utf-8") == triggers_table(pure_addons.ROOT)
