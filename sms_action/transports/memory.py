"""A gateway that keeps messages in memory, for users' tests. The real ones have the same face."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from ..core.message import Message
from ..core.outcome import Outcome, accepted
from ..core.segments import check, split
from .answer import Answer


class MemoryGateway:
    """Accepts everything, unless told otherwise."""

    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        self.sent: list[Message] = []
        """What was accepted, in order."""
        self._outcomes = deque(outcomes)

    def send(self, messages: Iterable[Message]) -> Iterator[Answer]:
        """Give each message the next prepared outcome; accept it when there is none.

        :raises TextError: for a text no gateway would take
        """
        for message in messages:
            check(split(message.text))
            name = message.reference or len(self.sent) + 1
            outcome = self._outcomes.popleft() if self._outcomes else accepted(f"memory-{name}")
            if not outcome.surely_unsent:
                self.sent.append(message)
            yield Answer(message.key, outcome)

    def close(self) -> None:
        """Forget nothing: tests look at what was sent."""
