"""Several sessions of one account at work at once.

All of the caller's code – the iterable that makes the envelopes, and what it does with outcomes –
runs in the caller's thread; only the network is in others. So the iterable may read and commit
through the ORM: what it yields is sent at once and never waits in a queue, and at most as many
messages exist as there are sessions.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Generator, Iterable, Iterator

from ..core import reasons as why
from ..core.account import Account
from ..core.addresses import ascii_host
from ..core.classification import CONNECT
from ..core.results import held
from ..core.throttle import Rate, Throttle
from .envelope import Envelope, Outcome
from .errors import SmtpConnectionError
from .session import Session
from .workers import OpenSession, Workers


class SessionPool:
    """Sends through one account; ends its threads with :meth:`close` or a ``with`` block."""

    def __init__(
        self,
        account: Account,
        open_session: OpenSession | None = None,
        throttle: Throttle | None = None,
        longest_wait_seconds: float = 1.0,
    ) -> None:
        """Prepare; nothing is opened before the first message.

        :param open_session: opens a session, in any thread; default: with the account alone
        :param throttle: rates; its clock is ``time.monotonic``. Default: the account's
            ``per_minute``
        :param longest_wait_seconds: a message whose turn comes later is handed back as held
        """
        self._workers = Workers(open_session or (lambda: Session.open(account)), account.sessions)
        rate = Rate(account.per_minute) if account.per_minute else None
        self._throttle = throttle or Throttle(rate)
        self._longest_wait = longest_wait_seconds
        self._under_way = 0

    @property
    def trouble(self) -> SmtpConnectionError | None:
        """Why the account was left alone for the rest of a :meth:`deliver`; None: it works."""
        return self._workers.trouble

    def deliver(self, envelopes: Iterable[Envelope]) -> Iterator[Outcome]:
        """Send, and yield each outcome as soon as it is known; not in order.

        When the account has trouble – cannot be reached, does not let in – the first message finds
        out, and the others come back as ``held`` without another attempt.
        """
        self._workers.begin()
        waiting = iter(envelopes)
        while True:
            # Outcomes first: the caller stores them before it begins the next message.
            while self._under_way and (
                self._under_way >= self._workers.room or not self._workers.outcomes.empty()
            ):
                yield self._take()
            envelope = next(waiting, None)
            if envelope is None:
                break
            yield from self._begin(envelope)
        while self._under_way:
            yield self._take()

    def _begin(self, envelope: Envelope) -> Iterator[Outcome]:
        """Hand a message to a session when its turn has come, or yield why not."""
        if self.trouble:
            yield Outcome(envelope, self.trouble.result(envelope.recipients))
            return
        wait = yield from self._wait_for_turn(envelope)
        if wait:
            result = held(envelope.recipients, CONNECT, why.THROTTLED, retry_after=wait)
            yield Outcome(envelope, result)
            return
        self._under_way += 1
        self._workers.submit(envelope, self._under_way)

    def _wait_for_turn(self, envelope: Envelope) -> Generator[Outcome, None, float]:
        """Wait for the throttle, yielding outcomes meanwhile; returns seconds that are too long."""
        domains = {ascii_host(one.rpartition("@")[2]) for one in envelope.recipients}
        deadline = time.monotonic() + self._longest_wait
        while True:
            now = time.monotonic()
            wait = self._throttle.reserve(domains, now)
            if not wait or now + wait > deadline:
                return wait
            if not self._under_way:
                time.sleep(wait)
                continue
            try:
                outcome = self._take(timeout=wait)
            except queue.Empty:
                continue
            yield outcome

    def _take(self, timeout: float | None = None) -> Outcome:
        outcome = self._workers.outcomes.get(timeout=timeout)
        self._under_way -= 1
        return outcome

    def close(self) -> list[Outcome]:
        """Wait for messages under way, close all sessions; returns outcomes nobody took.

        There are such when the caller stopped in the middle of :meth:`deliver`.
        """
        left = []
        while self._under_way:
            left.append(self._take())
        self._workers.close()
        return left

    def __enter__(self) -> SessionPool:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
