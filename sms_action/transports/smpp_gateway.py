"""A gateway over SMPP with the face of the other gateways: it takes messages, not parts."""

from __future__ import annotations

import random
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ..core.errors import TextError
from ..core.message import Message
from ..core.outcome import Fate, Outcome
from ..core.smpp.account import SmppAccount
from ..core.smpp.bodies import Incoming
from ..core.smpp.joint import joint_outcome
from ..core.smpp.submissions import Submission, submissions
from .answer import Answer
from .smpp_client import SmppClient
from .smpp_events import SessionError

KEPT_IN_DOUBT = 10_000
"""Messages in doubt whose late answers are still understood."""
SECOND_TRIES = 2
"""How often a part that was surely not sent is submitted anew, where others of its message were."""


@dataclass
class _Parts:
    """A message on its way."""

    submissions: Sequence[Submission]
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    again: int = 0

    @property
    def complete(self) -> bool:
        return len(self.outcomes) == len(self.submissions)

    def joint(self) -> Outcome:
        return joint_outcome([self.outcomes[number] for number in sorted(self.outcomes)])

    def unsent(self) -> list[int]:
        """Return the numbers of parts to try once more, since others of the message were taken."""
        fates = {one.fate for one in self.outcomes.values()}
        if fates != {Fate.ACCEPTED, Fate.RETRY} or self.again >= SECOND_TRIES:
            return []
        return [number for number, one in self.outcomes.items() if one.fate is Fate.RETRY]


class SmppGateway:
    """Sends messages over one session. One thread uses it.

    :param on_arrivals: see :class:`SmppClient`, as all further arguments
    """

    def __init__(
        self,
        account: SmppAccount,
        on_arrivals: Callable[[Sequence[Incoming]], Sequence[bool]],
        **options: Any,
    ) -> None:
        self.account = account
        self._client = SmppClient(account, on_arrivals, **options)
        self._reference = random.randrange(0x10000)
        self._ready: deque[Answer] = deque()
        self._again: deque[Submission] = deque()
        self._open: dict[Hashable, _Parts] = {}
        self._doubtful: OrderedDict[Hashable, _Parts] = OrderedDict()

    @property
    def bound(self) -> bool:
        """Whether there is a session, as far as anybody knows."""
        return self._client.bound

    @property
    def problem(self) -> SessionError | None:
        """Why there is no session, None while there is one or none was wanted."""
        return self._client.problem

    def send(self, messages: Iterable[Message]) -> Iterator[Answer]:
        """Send messages and yield each outcome as soon as it is known, in any order.

        Messages are taken from the iterable only when their first part can go out at once. A
        message in doubt may get a second outcome, also in a later call: an answer after its time.
        """
        try:
            source = self._submissions(iter(messages))
            yield from self._answers(source)
            while self._again:
                yield from self._answers(self._submissions(iter(())))
        finally:
            # Where the caller stopped, it decides about the rest; what is on its way may be
            # answered yet.
            self._again.clear()
            for key, parts in self._open.items():
                self._keep(key, parts)
            self._open.clear()

    def listen(self, seconds: float) -> list[Answer]:
        """Hold the session and take what the gateway delivers, for so long.

        :returns: late answers to messages of earlier calls
        """
        for event in self._client.listen(seconds):
            self._take(event)
        return self._drain()

    def test(self) -> None:
        """Bind and say goodbye.

        :raises SessionError: saying what is wrong
        """
        self._client.test()

    def close(self) -> None:
        """End the session."""
        self._client.close()

    def _submissions(self, messages: Iterator[Message]) -> Iterator[Submission]:
        while True:
            while self._again:
                yield self._again.popleft()
            message = next(messages, None)
            if message is None:
                return
            self._reference = (self._reference + 1) % 0x10000
            try:
                parts = submissions(message, self.account, self._reference)
            except TextError as error:
                refused = Outcome(Fate.FAILED, error.reason, str(error))
                self._ready.append(Answer(message.key, refused))
                continue
            self._doubtful.pop(message.key, None)
            self._open[message.key] = _Parts(parts)
            yield from parts

    def _answers(self, source: Iterator[Submission]) -> Iterator[Answer]:
        for event in self._client.send(source):
            self._take(event)
            while self._ready:
                yield self._ready.popleft()
        yield from self._drain()

    def _drain(self) -> list[Answer]:
        found, self._ready = list(self._ready), deque()
        return found

    def _take(self, event: Answer) -> None:
        # As `submissions` makes them.
        key, number = cast("tuple[Hashable, int]", event.key)
        late = key not in self._open
        parts = self._doubtful.get(key) if late else self._open[key]
        if parts is None:
            return
        parts.outcomes[number] = event.outcome
        if not parts.complete:
            return
        if not late and (unsent := parts.unsent()):
            parts.again += 1
            for number in unsent:
                del parts.outcomes[number]
            self._again.extend(parts.submissions[number - 1] for number in unsent)
            return
        self._conclude(key, parts, late)

    def _conclude(self, key: Hashable, parts: _Parts, late: bool) -> None:
        outcome = parts.joint()
        self._open.pop(key, None)
        if outcome.fate is not Fate.IN_DOUBT:
            self._doubtful.pop(key, None)
        elif late:
            return
        else:
            self._keep(key, parts)
        self._ready.append(Answer(key, outcome))

    def _keep(self, key: Hashable, parts: _Parts) -> None:
        """Remember a message whose answers may come after their time."""
        self._doubtful[key] = parts
        while len(self._doubtful) > KEPT_IN_DOUBT:
            self._doubtful.popitem(last=False)
