"""Submit many parts over SMPP: one session kept alive, a full window, pauses where they are asked
for, reconnection with back-off."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from odoo.addons.server_action_engine.core.retry import RetryPolicy

from ..core.errors import PduError
from ..core.outcome import Fate, Outcome
from ..core.smpp.account import SmppAccount
from ..core.smpp.bodies import Incoming
from ..core.smpp.submissions import Submission
from ..core.throttle import Throttle
from .smpp_events import Answered, Arrived, BindError, Event, SessionError
from .smpp_link import SmppLink
from .smpp_session import SmppSession

CONNECTING = RetryPolicy(max_attempts=3, delay_seconds=1.0, max_delay_seconds=60.0)
"""Attempts to connect before the rest of a batch goes back to the queue, and the time between."""
PAUSES = RetryPolicy(max_attempts=6, delay_seconds=0.5, max_delay_seconds=15.0)
"""Submissions of a part the gateway refuses for being too many, and the pauses between."""
TURN_SECONDS = 0.5
"""Longest look at the connection before other things get their turn."""


@dataclass
class _Try:
    submission: Submission
    number: int = 1


class _Source:
    """What is still to be submitted, taken one by one."""

    def __init__(self, submissions: Iterable[Submission]) -> None:
        self._submissions = iter(submissions)
        self.empty = False

    def take(self) -> _Try | None:
        submission = next(self._submissions, None)
        self.empty = submission is None
        return None if submission is None else _Try(submission)


class SmppClient:
    """A gateway over SMPP. One thread uses it.

    :param on_arrivals: stores reports and messages, those that came together at once; returns for
        each True once it is safe, False to get it again
    :param connecting: how patiently to connect
    :param pauses: how patiently to bear refusals for being too fast
    """

    def __init__(
        self,
        account: SmppAccount,
        on_arrivals: Callable[[Sequence[Incoming]], Sequence[bool]],
        connecting: RetryPolicy = CONNECTING,
        pauses: RetryPolicy = PAUSES,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.account = account
        self._on_arrivals = on_arrivals
        self._pauses = pauses
        self._clock = clock
        self._sleep = sleep
        # A tenth of a second's worth at once: fine steps cost more than they smooth.
        self._throttle = Throttle(account.per_second, burst=account.per_second / 10)
        self._link = SmppLink(account, connecting, clock, sleep)
        self._answers: deque[Answered] = deque()
        # With the session each came on: only that one can acknowledge it.
        self._arrivals: list[tuple[SmppSession, Arrived]] = []
        self._flying: dict[Hashable, _Try] = {}
        self._again: deque[_Try] = deque()

    @property
    def bound(self) -> bool:
        """Whether there is a session, as far as anybody knows."""
        return self._link.session is not None

    @property
    def problem(self) -> SessionError | None:
        """Why there is no session, None while there is one or none was wanted."""
        return None if self.bound else self._link.problem

    def send(self, submissions: Iterable[Submission]) -> Iterator[Answered]:
        """Submit parts and yield each outcome as soon as it is known, in any order.

        Parts are taken from ``submissions`` only when they can go out at once, so a caller may
        record the attempts of a chunk there, before it yields the chunk. Every part gets an
        outcome. An outcome may also belong to an earlier call: an answer after its time.
        """
        source = _Source(submissions)
        try:
            seen: SmppSession | None = None
            while True:
                try:
                    session = self._link.connected()
                except SessionError as error:
                    yield from self._give_up(error, source)
                    return
                if session is not seen:
                    # It may have ended already: found out now, nothing is in doubt.
                    seen = session
                    yield from self._look(session, 0.0)
                    continue
                yield from self._fill(session, source)
                if source.empty and not (self._flying or self._again):
                    return
                yield from self._look(session, self._turn(session))
        finally:
            # Where the caller stopped, it decides about the rest.
            self._flying.clear()
            self._again.clear()

    def listen(self, seconds: float) -> list[Answered]:
        """Hold the session and take what the gateway delivers, for so long.

        :returns: late answers to submissions of earlier calls
        """
        end = self._clock() + seconds
        late: list[Answered] = []
        while (left := end - self._clock()) > 0:
            if (wait := self._link.wait()) > 0:
                self._sleep(min(wait, left))
                continue
            try:
                session = self._link.connected(patient=False)
            except SessionError:
                continue  # The link says how long to wait.
            late += self._look(session, min(left, TURN_SECONDS))
        return late

    def test(self) -> None:
        """Bind and say goodbye.

        :raises SessionError: saying what is wrong
        """
        SmppSession(self.account, self._clock).close()

    def close(self) -> None:
        """End the session."""
        self._link.close()

    def _look(self, session: SmppSession, seconds: float) -> Iterator[Answered]:
        ended: SessionError | None = None
        try:
            self._sort(session, session.poll(seconds))
            if session.unbinding and not session.waiting:
                session.close()
                ended = SessionError(f"{self.account!r} ended the session", "unbound")
        except SessionError as error:
            self._sort(session, session.lose(error))
            ended = error
        if ended:
            self._link.session = None
        # Each is taken out before it is handled: what a caller's error interrupts goes on later.
        while self._answers:
            yield from self._answered(self._answers.popleft())
        # After the answers: most reports are about one of them.
        self._store_arrivals()
        if ended:
            self._link.ended(ended)

    def _sort(self, session: SmppSession, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Arrived):
                self._arrivals.append((session, event))
            else:
                self._answers.append(event)

    def _fill(self, session: SmppSession, source: _Source) -> Iterator[Answered]:
        while session.room and not self._throttle.wait(self._clock()):
            attempt = self._again.popleft() if self._again else source.take()
            if attempt is None:
                return
            key = attempt.submission.key
            try:
                session.submit(key, attempt.submission.part)
            except PduError as error:
                yield Answered(key, Outcome(Fate.FAILED, "invalid", f"Not sent: {error}."))
                continue
            self._flying[key] = attempt
            self._throttle.take(self._clock())

    def _turn(self, session: SmppSession) -> float:
        if not session.room:
            return TURN_SECONDS
        wait = self._throttle.wait(self._clock())
        return min(wait, TURN_SECONDS) if wait else TURN_SECONDS

    def _answered(self, event: Answered) -> Iterator[Answered]:
        if event.outcome.fate is Fate.ACCEPTED or event.outcome.code:
            self._link.works()
        attempt = self._flying.pop(event.key, None)
        if event.slow_down:
            number = attempt.number if attempt else 1
            pause = self._pauses.delay(number, random.random())
            self._throttle.block(self._clock() + pause)
            if attempt and number < self._pauses.max_attempts:
                attempt.number += 1
                self._again.append(attempt)
                return
        yield event

    def _store_arrivals(self) -> None:
        arrivals, self._arrivals = self._arrivals, []
        if not arrivals:
            return
        kept: Sequence[bool] = [False] * len(arrivals)
        try:
            kept = self._on_arrivals([event.incoming for _session, event in arrivals])
        finally:
            # Whatever went wrong while storing it: the gateway keeps it and delivers it again.
            for (session, event), one in zip(arrivals, kept, strict=True):
                session.acknowledge(event, one)

    def _give_up(self, error: SessionError, source: _Source) -> Iterator[Answered]:
        outcome = Outcome(Fate.RETRY, error.reason, str(error))
        if isinstance(error, BindError):
            outcome = error.outcome
        # Reports that wait here as well were never acknowledged: they come again.
        self._arrivals.clear()
        while self._answers:
            yield self._answers.popleft()
        while attempt := self._again.popleft() if self._again else source.take():
            yield Answered(attempt.submission.key, outcome)
