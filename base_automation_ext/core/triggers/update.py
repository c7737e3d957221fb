"""On update only: an existing record is changed."""

from __future__ import annotations

from odoo.addons.server_action_engine.core.subscriptions import CREATE, WRITE

from .base import CUSTOM, Change, Trigger, _lt
from .registry import register


@register
class Update(Trigger):
    """Any of the watched fields of an existing record gets another value."""

    key = "on_update"
    group = CUSTOM
    icon = "fa-pencil-square-o"
    help = _lt("An existing record is changed. New records do not count.")
    # Who hears of a creation hears of none of the computations that belong to it.
    events = frozenset({CREATE, WRITE})
    watches_fields = True

    def matches(self, change: Change) -> bool:
        return change.old is not None
