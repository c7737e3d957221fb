"""On update only: an existing record is changed."""

from __future__ import annotations

from odoo.addons.server_action_engine.core.subscriptions import WRITE

from .base import CUSTOM, Trigger, _lt
from .registry import register


@register
class Update(Trigger):
    """Any of the watched fields of an existing record gets another value."""

    key = "on_update"
    group = CUSTOM
    icon = "fa-pencil-square-o"
    help = _lt("An existing record is changed. New records do not count.")
    events = frozenset({WRITE})
    watches_fields = True
