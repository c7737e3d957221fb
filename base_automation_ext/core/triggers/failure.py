"""Failures: an action failed, a background task gave up."""

from __future__ import annotations

from .base import AFTER, FAILURES, Trigger, _lt
from .registry import register


class _OnFailure(Trigger):
    """The records of the rule are the runs, or the tasks, that failed."""

    group = FAILURES
    filters = frozenset({AFTER})


@register
class OnActionFailed(_OnFailure):
    """A run with a failure is in the run log, whatever became of the user's transaction."""

    key = "on_action_failed"
    icon = "fa-exclamation-triangle"
    help = _lt("An action failed, completely or on some records. The rule gets its run.")


@register
class OnTaskDead(_OnFailure):
    """A task has used up its attempts, or killed its worker too often."""

    key = "on_task_dead"
    icon = "fa-ban"
    help = _lt("A background task failed and is not tried again. The rule gets the task.")
