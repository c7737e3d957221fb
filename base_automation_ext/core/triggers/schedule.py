"""On a schedule: a moment comes, whatever happened to the records."""

from __future__ import annotations

from .base import AFTER, TIMING, Trigger, _lt
from .registry import register


@register
class OnSchedule(Trigger):
    """The moments are those of ``core.schedule``; a scheduled action of the suite looks at them."""

    key = "on_schedule"
    group = TIMING
    icon = "fa-calendar-check-o"
    help = _lt("At certain times, for example every Monday at 08:00.")
    filters = frozenset({AFTER})
    started_by = "cron"
