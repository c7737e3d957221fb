"""Button: somebody presses a button in a form or above a list."""

from __future__ import annotations

from dataclasses import dataclass

from .base import AFTER, PEOPLE, Trigger, _lt
from .registry import register


@register
@dataclass(frozen=True)
class OnButton(Trigger):
    """A button that is put into the views of the rule's model."""

    key = "on_button"
    group = PEOPLE
    icon = "fa-hand-pointer-o"
    help = _lt("Somebody presses a button that you put into the form or above the list.")
    filters = frozenset({AFTER})
    started_by = "button"

    view_types: frozenset[str] = frozenset()
    """``form``, ``list`` or both."""
    look: str = ""
    """Changes whenever the button has to be drawn anew."""
