"""The submissions of a session that wait for their answers, which come in any order."""

from __future__ import annotations

import logging
from collections.abc import Collection, Hashable

from ..core.errors import PduError
from ..core.outcome import Fate, Outcome, in_doubt
from ..core.smpp import bodies, constants, status
from ..core.smpp.pdu import Pdu
from .smpp_events import Answered, Event

_logger = logging.getLogger(__name__)
KEPT_LATE = 10_000
"""Submissions given up whose late answers are still understood."""


class Window:
    """Keys by sequence number: the only thing an answer has in common with its request."""

    def __init__(self, size: int, answer_seconds: float) -> None:
        self._size = size
        self._answer_seconds = answer_seconds
        self._open: dict[int, tuple[Hashable, float]] = {}
        self._late: dict[int, Hashable] = {}

    @property
    def room(self) -> int:
        """How many more may wait."""
        return self._size - len(self._open)

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """What waits, oldest first."""
        return tuple(key for key, _at in self._open.values())

    @property
    def oldest(self) -> float:
        """When the oldest was sent; endless when nothing waits."""
        return next((at for _key, at in self._open.values()), float("inf"))

    def add(self, sequence: int, key: Hashable, now: float) -> None:
        """Count a submission."""
        self._open[sequence] = (key, now)

    def answer(self, pdu: Pdu) -> Event | None:
        """Return the outcome an answer brings; None when it answers nothing that waits.

        An answer after its time resolves the doubt. A second one changes nothing.
        """
        if pdu.command not in (constants.SUBMIT_SM | constants.RESPONSE, constants.GENERIC_NACK):
            return None
        if pdu.sequence in self._open:
            key, _at = self._open.pop(pdu.sequence)
        elif pdu.sequence in self._late:
            key = self._late.pop(pdu.sequence)
        else:
            return None
        return self._outcome(key, pdu)

    def overdue(self, now: float) -> list[Event]:
        """Give up the submissions that have waited too long."""
        found: list[Event] = []
        for sequence, (key, at) in list(self._open.items()):
            if now - at <= self._answer_seconds:
                break
            del self._open[sequence]
            self._late[sequence] = key
            text = f"The gateway did not answer within {self._answer_seconds:g} seconds."
            found.append(Answered(key, in_doubt("no_answer", text)))
        while len(self._late) > KEPT_LATE:
            del self._late[next(iter(self._late))]
        return found

    def lost(self, reason: str, message: str, unwritten: Collection[int]) -> list[Event]:
        """Give up everything: the connection is gone.

        :param unwritten: sequence numbers of what was never sent
        """
        doubt = in_doubt(reason, f"The connection ended before the answer came. {message}")
        unsent = Outcome(Fate.RETRY, reason, message)
        found: list[Event] = [
            Answered(key, unsent if sequence in unwritten else doubt)
            for sequence, (key, _at) in self._open.items()
        ]
        self._open.clear()
        return found

    def _outcome(self, key: Hashable, pdu: Pdu) -> Event:
        if pdu.command == constants.GENERIC_NACK and pdu.status == status.OK:
            return Answered(key, in_doubt("malformed", "The gateway refused without a reason."))
        try:
            message_id = bodies.read_message_id(pdu) if pdu.status == status.OK else ""
        except PduError as error:
            # It was taken, but under an id nobody can read: reports about it will not be found.
            _logger.warning("an answer to a submission is unreadable: %s", error)
            return Answered(key, in_doubt("malformed", "The gateway's answer cannot be read."))
        outcome = status.outcome_of(pdu.status, message_id)
        return Answered(key, outcome, pdu.status in status.SLOW_DOWN)
