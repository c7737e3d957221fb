"""Something happens in the workflow of a record."""

from __future__ import annotations

from dataclasses import dataclass

from odoo.addons.base_automation_ext.core.triggers.base import AFTER, Group, Trigger, _lt
from odoo.addons.base_automation_ext.core.triggers.registry import register

WORKFLOW = Group("workflow", 45, _lt("Workflows"))


# The base classes belong to another addon: mypy sees Odoo's namespace as untyped.
@dataclass(frozen=True)
class _OfWorkflow(Trigger):  # type: ignore[misc]
    """Empty settings mean any."""

    group = WORKFLOW
    icon = "fa-sitemap"
    filters = frozenset({AFTER})

    workflow: int | None = None
    """Id of the definition."""
    name: str = ""
    """Name of the activity; of a refused signal its name."""

    def wants(self, workflow: int, name: str) -> bool:
        """Tell whether something that happened in a workflow concerns the rule."""
        return self.workflow in (None, workflow) and self.name in ("", name)


@register
class OnActivityEntered(_OfWorkflow):
    """A token has arrived; its activity is about to run."""

    key = "on_workflow_entered"
    help = _lt("A record enters an activity of its workflow.")


@register
class OnActivityLeft(_OfWorkflow):
    """A token has gone, by a transition or because something ended it."""

    key = "on_workflow_left"
    help = _lt("A record leaves an activity of its workflow.")


@register
class OnInstanceFinished(_OfWorkflow):
    """The instance is complete."""

    key = "on_workflow_finished"
    help = _lt("The workflow of a record ends.")


@register
class OnSignalRefused(_OfWorkflow):
    """A signal did nothing."""

    key = "on_workflow_refused"
    icon = "fa-hand-paper-o"
    help = _lt("A signal to the workflow of a record is refused.")
