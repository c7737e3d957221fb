"""What can happen to an instance inside the engine, beside the events from outside."""

from __future__ import annotations

from dataclasses import dataclass

from ..case import Case
from ..events import Event


@dataclass(frozen=True, slots=True)
class Begin:
    """It has been created (2.4)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An instance that it waits for sends a signal by ``signal_send`` (R7)."""

    child: Case
    signal: str
    broadcast: bool


@dataclass(frozen=True, slots=True)
class ChildDone:
    """An instance that it waits for is complete (R6)."""

    child: Case


@dataclass(frozen=True, slots=True)
class ChildDeleted:
    """An instance that it waits for is deleted (R9)."""

    child: Case


Inner = Event | Begin | Sent | ChildDone | ChildDeleted
