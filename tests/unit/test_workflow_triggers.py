"""Triggers of rules about workflows, without Odoo."""

import pytest

from base_automation_ext.core.triggers import all_triggers
from workflow_engine.core.triggers.workflow import OnActivityEntered, OnSignalRefused


@pytest.mark.parametrize(
    ("settings", "happened", "wanted"),
    [
        ({}, (3, "approve"), True),
        ({"workflow": 3}, (3, "approve"), True),
        ({"workflow": 4}, (3, "approve"), False),
        ({"name": "approve"}, (3, "approve"), True),
        ({"name": "refuse"}, (3, "approve"), False),
        ({"workflow": 3, "name": "refuse"}, (3, "approve"), False),
    ],
)  # fmt: skip
def test_empty_settings_mean_any(settings, happened, wanted):
    """Workflow and name have to fit where they are set."""
    assert OnActivityEntered(**settings).wants(*happened) is wanted
    assert OnSignalRefused(**settings).wants(*happened) is wanted


def test_they_are_triggers_like_any_other():
    """The form of rules reads them from the registry of all triggers."""
    keys = {key for key, one in all_triggers().items() if one.group.key == "workflow"}
    assert keys == {
        "on_workflow_entered",
        "on_workflow_left",
        "on_workflow_finished",
        "on_workflow_refused",
    }
