"""A gateway that keeps messages in memory, for users' tests. The real ones have the same face."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from ..core.message import Message
from ..core.outcome import Outcome, accepted
from ..core.segments import check, split
from .answer import Answer

MOST_KEPT = 1_000
"""Messages that are kept."""


class MemoryGateway:
    """Accepts everything, unless told otherwise."""

    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        self.sent: deque[Message] = deque(maxlen=MOST_KEPT)
        """What was accepted, in order; the last ones of many."""
        self.outcomes = deque(outcomes)
        """What the next messages get; each is accepted when there is none."""
        self._count = 0

    def send(self, messages: Iterable[Message]) -> Iterator[Answer]:
        """Give each message the next prepared outcome; accept it when there is none.

        :raises TextError: for a text no gateway would take
        """
        for message in messages:
            check(split(message.text))
            self._count += 1
            name = message.reference or self._count
            outcome = self.outcomes.popleft() if self.outcomes else accepted(f"memory-{name}")
            if not outcome.surely_unsent:
                self.sent.append(message)
            yield Answer(message.key, outcome)

    def close(self) -> None:
        """Forget nothing: tests look at what was sent."""
