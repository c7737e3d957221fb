"""Activities: planned, done, or overdue on a record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .base import ACTIVITIES, AFTER, Trigger, _lt
from .registry import register


@dataclass(frozen=True)
class _OnActivity(Trigger):
    """Something happens to an activity; the rule runs on the record it belongs to."""

    group = ACTIVITIES
    filters = frozenset({AFTER})

    model: str = ""
    """Technical name of the model of the records."""
    type_ids: frozenset[int] = frozenset()
    """Ids of the types of activities it is about; empty for all."""

    def is_about(self, model: str, type_id: int | bool) -> bool:
        """Tell whether an activity on a record of ``model`` concerns the rule."""
        return model == self.model and (not self.type_ids or type_id in self.type_ids)


@register
class OnActivityCreated(_OnActivity):
    """Somebody, or something, plans an activity."""

    key = "on_activity_created"
    icon = "fa-clock-o"
    help = _lt("An activity is planned on the record.")


@register
class OnActivityDone(_OnActivity):
    """An activity is marked as done; one that is cancelled is not."""

    key = "on_activity_done"
    icon = "fa-check-square-o"
    help = _lt("An activity of the record is marked as done. Cancelling it does not count.")


@register
class OnActivityOverdue(_OnActivity):
    """The day an activity was due is over, where its responsible user lives."""

    key = "on_activity_overdue"
    icon = "fa-hourglass-end"
    help = _lt(
        "The due date of an activity has passed in the time zone of its user. Once for each."
    )


def rounds(pairs: Iterable[tuple[int, int]]) -> list[dict[int, int]]:
    """Arrange activities so that each part has one of each record at most.

    :param pairs: (id of a record, id of its activity)
    :returns: list of ``{record: activity}``; nearly always one
    """
    found: list[dict[int, int]] = []
    for record, activity in pairs:
        for part in found:
            if part.setdefault(record, activity) == activity:
                break
        else:
            found.append({record: activity})
    return found
