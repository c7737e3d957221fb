"""The life of a part and of a message. A state only moves forward; delivered is the last word."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from .outcome import Fate


class State(str, Enum):
    """Where a part is. The values are stored: do not change them."""

    QUEUED = "queued"
    """Nobody has tried to send it since it was last put in the queue."""
    SENDING = "sending"
    """An attempt is recorded; the process that made it may have died since."""
    IN_DOUBT = "in_doubt"
    """Sent, and the answer is lost."""
    ACCEPTED = "accepted"
    """The gateway has it."""
    ENROUTE = "enroute"
    """The network has it, the phone does not."""
    FAILED = "failed"
    """The gateway refused it."""
    REJECTED = "rejected"
    """The network refused it."""
    UNDELIVERED = "undelivered"
    """The network gave up."""
    EXPIRED = "expired"
    """The phone was not reached in time."""
    DELETED = "deleted"
    """Somebody took it back."""
    DELIVERED = "delivered"
    """The phone has it."""


_FAILURE_RANK = 5
_RANK = {
    State.QUEUED: 0,
    State.SENDING: 1,
    State.IN_DOUBT: 2,
    State.ACCEPTED: 3,
    State.ENROUTE: 4,
    State.FAILED: _FAILURE_RANK,
    State.REJECTED: _FAILURE_RANK,
    State.UNDELIVERED: _FAILURE_RANK,
    State.EXPIRED: _FAILURE_RANK,
    State.DELETED: _FAILURE_RANK,
    State.DELIVERED: 6,
}
#: Where the outcome of an attempt leads. ``retry`` and ``gateway`` lead back to the queue: nobody
#: has the message, so that is the start of its life, not a step back in it.
AFTER_ATTEMPT = {
    Fate.ACCEPTED: State.ACCEPTED,
    Fate.FAILED: State.FAILED,
    Fate.IN_DOUBT: State.IN_DOUBT,
    Fate.RETRY: State.QUEUED,
    Fate.GATEWAY: State.QUEUED,
}


def is_final(state: State) -> bool:
    """Tell whether nothing more is waited for. A late *delivered* still overrides a failure."""
    return _RANK[state] >= _FAILURE_RANK


def advance(current: State, reported: State) -> State:
    """Return the state after a report, whenever it comes.

    Of two failures the first stays. Duplicates, late and out-of-order reports change nothing.
    """
    return reported if _RANK[reported] > _RANK[current] else current


def after_attempt(current: State, fate: Fate) -> State:
    """Return the state after the outcome of an attempt.

    Reports may overtake the answer: what they said stays.
    """
    target = AFTER_ATTEMPT[fate]
    if target is State.QUEUED:
        return State.QUEUED if _RANK[current] <= _RANK[State.SENDING] else current
    return advance(current, target)


def of_message(parts: Sequence[State]) -> State:
    """Return the state of a message from its parts.

    Delivered only when every part is; a part that failed makes the message fail, because no phone
    shows the rest; otherwise the message is where its slowest part is.

    :raises ValueError: without parts
    """
    if not parts:
        raise ValueError("a message has at least one part")
    failures = [state for state in parts if _RANK[state] == _FAILURE_RANK]
    return failures[0] if failures else min(parts, key=_RANK.__getitem__)
