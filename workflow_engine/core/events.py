"""What can happen to an instance, by whom, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .constants import NO_INSTANCE


@dataclass(frozen=True, slots=True)
class Actor:
    """The real user behind an event, also under ``sudo()`` (R12)."""

    uid: int
    is_superuser: bool = False
    """Passes every group and role."""
    groups: frozenset[int] = frozenset()
    """Ids of the groups the user is in, implied ones included."""
    roles: frozenset[int] = frozenset()
    """Ids of the roles the user holds; :func:`~.roles.held` finds them."""


@dataclass(frozen=True, slots=True)
class Event:
    """Base class. ``instance`` is the id of the instance it is about."""

    instance: int


@dataclass(frozen=True, slots=True)
class Start:
    """Create an instance of a version for a record (2.4)."""

    graph: int
    res_type: str
    res_id: int


@dataclass(frozen=True, slots=True)
class Step(Event):
    """Something about the record may have changed: look at every token once more."""


@dataclass(frozen=True, slots=True)
class Signal(Event):
    """A signal, to all tokens of the instance."""

    name: str


@dataclass(frozen=True, slots=True)
class Trigger(Event):
    """A watched record calls; one event per trigger row (2.9, R15)."""


@dataclass(frozen=True, slots=True)
class Due(Event):
    """A timer is due. Of an earlier visit, or of a token that has left, it does nothing."""

    token: int
    number: int
    transition: int


@dataclass(frozen=True, slots=True)
class Retry(Event):
    """Try again what failed on a token."""

    token: int


@dataclass(frozen=True, slots=True)
class Jump(Event):
    """An administrator moves the instance: all tokens go, one starts at the activity."""

    activity: int
    reason: str
    cancel_children: bool = False


@dataclass(frozen=True, slots=True)
class Delete(Event):
    """The record is deleted (R9)."""


@dataclass(frozen=True, slots=True)
class Redirect(Event):
    """Whoever waits for the instance waits for another one from now on (2.8)."""

    new: int


AnyEvent = Start | Event


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a signal, a timer or a retry did nothing (R11)."""

    reason: str
    """One of :data:`~.constants.REFUSALS`."""
    misses: tuple[tuple[int, str], ...] = ()
    """(transition, reason) for each transition that would have taken it."""


@dataclass(slots=True)
class Outcome:
    """What came of one event."""

    event: AnyEvent
    instance: int | None = None
    """Of a start: the new one."""
    accepted: bool = False
    """For a signal: a transition that names it was crossed. Otherwise: the event was handled."""
    deferred: bool = False
    """R3: the instance was busy; the event is handled by whoever works on it."""
    refusal: Refusal | None = None
    results: list[Any] = field(default_factory=list)
    """Client actions of everything that ran, in order (R10, B3)."""

    @property
    def result(self) -> Any:
        """The first client action, as the old engine returned it; False without one."""
        return self.results[0] if self.results else False

    @classmethod
    def missing(cls, event: AnyEvent) -> Outcome:
        """Return the outcome of an event on an instance that does not exist."""
        return cls(event, refusal=Refusal(NO_INSTANCE))
