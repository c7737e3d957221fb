"""What a trigger is: the moment a rule waits for, said without Odoo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

#: The filters a rule can have: on the record before the change, after it, and on the change itself.
BEFORE = "before"
AFTER = "after"
CHANGE = "change"


def _lt(text: str) -> str:
    """Mark ``text`` for translation; the model translates it when it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Group:
    """A heading in the list of triggers."""

    key: str
    sequence: int
    label: str


# Keys, order and labels of Odoo's own groups are Odoo's; its browser tests compare them.
VALUES = Group("values", 10, _lt("Values Updated"))
MAIL = Group("mail", 20, _lt("Email Events"))
TIMING = Group("timing", 30, _lt("Timing Conditions"))
CUSTOM = Group("custom", 40, _lt("Custom"))
EXTERNAL = Group("external", 50, _lt("External"))
DEPRECATED = Group("deprecated", 60, _lt("Deprecated (do not use)"))
RELATED = Group("related", 15, _lt("Related Records"))
ACTIVITIES = Group("activities", 25, _lt("Activities"))
PEOPLE = Group("people", 35, _lt("Started by a Person"))
FAILURES = Group("failures", 55, _lt("Failures"))


@dataclass(frozen=True, slots=True)
class Change:
    """What an event did to one record."""

    old: Mapping[str, Any] | None
    """Values before the change of the fields that were written; None for a new record."""
    new: Mapping[str, Any]
    """The record, or anything that answers for its fields, after the change."""


@dataclass(frozen=True)
class Trigger:
    """One value of ``base.automation.trigger``. Subclasses add their configuration as fields."""

    key: ClassVar[str]
    group: ClassVar[Group]
    icon: ClassVar[str] = "fa-bolt"
    """A Font Awesome class."""
    help: ClassVar[str] = ""
    """One sentence on when it fires, for people who do not program."""
    events: ClassVar[frozenset[str]] = frozenset()
    """Events of the rule's own model (``server_action_engine.core.subscriptions``) it hears."""
    filters: ClassVar[frozenset[str]] = frozenset({BEFORE, AFTER, CHANGE})
    """The filters that can be used with it."""
    watches_fields: ClassVar[bool] = False
    """Whether the author chooses the fields of which one must have changed."""
    compares_itself: ClassVar[bool] = False
    """Whether it fires only for what has changed, which no field of the record need show."""
    is_stock: ClassVar[bool] = False
    """Whether Odoo itself brings it; the others stand behind *More triggers*."""
    started_by: ClassVar[str] = "automation"
    """What the run log says started the actions: a value of ``server.action.run.trigger_kind``."""

    def matches(self, change: Change) -> bool:
        """Tell whether the trigger wants what happened to one record.

        Asked after the fields the rule watches have been compared.
        """
        return True

    @property
    def is_selective(self) -> bool:
        """Whether :meth:`matches` has to be asked at all."""
        return type(self).matches is not Trigger.matches
