"""All triggers by key. Other addons register theirs the same way."""

from __future__ import annotations

from .base import Trigger

_TRIGGERS: dict[str, type[Trigger]] = {}


def register(trigger: type[Trigger]) -> type[Trigger]:
    """Class decorator: make a trigger known under its key.

    :raises ValueError: another class has the key already
    """
    known = _TRIGGERS.setdefault(trigger.key, trigger)
    if known is not trigger and known.__qualname__ != trigger.__qualname__:
        raise ValueError(f"The trigger {trigger.key!r} exists already: {known.__qualname__}.")
    return trigger


def trigger_class(key: str) -> type[Trigger] | None:
    """Return the class of a trigger, or None for one nobody registered."""
    return _TRIGGERS.get(key)


def all_triggers() -> dict[str, type[Trigger]]:
    """Return all triggers by key."""
    return dict(_TRIGGERS)


def keys_hearing(event: str) -> list[str]:
    """Return the keys of the triggers that hear an event of their rule's own model."""
    return [key for key, trigger in _TRIGGERS.items() if event in trigger.events]
