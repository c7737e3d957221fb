"""What an SMPP session reports, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.outcome import Outcome
from ..core.smpp.bodies import Incoming
from .answer import Answer


@dataclass(frozen=True)
class Answered(Answer):
    """A submission has its outcome: its answer came, or will not come in time (*in doubt*)."""

    slow_down: bool = False
    """The gateway asks for a pause."""


@dataclass(frozen=True)
class Arrived:
    """The gateway delivers a report or a message, and waits to hear that it is kept.

    Answer with ``session.acknowledge(event)`` once it is stored: the gateway forgets it then.
    """

    incoming: Incoming
    command: int
    sequence: int


Event = Answered | Arrived


class SessionError(ConnectionError):
    """The session is over. Submissions without an answer are *in doubt*.

    :param reason: ``unreachable``, ``refused``, ``lost``, ``silent``, ``malformed``, ``unbound``
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class BindError(SessionError):
    """The gateway does not let the account in.

    :param outcome: what that means for every message
    """

    def __init__(self, message: str, outcome: Outcome) -> None:
        super().__init__(message, "refused")
        self.outcome = outcome
