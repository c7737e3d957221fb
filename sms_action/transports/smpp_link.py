"""Keep one SMPP session: connect, notice its end, come back with back-off."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable

from odoo.addons.server_action_engine.core.retry import RetryPolicy

from ..core.outcome import Fate
from ..core.smpp.account import SmppAccount
from .smpp_events import BindError, SessionError
from .smpp_session import SmppSession

_logger = logging.getLogger(__name__)


class SmppLink:
    """The way to a gateway, with or without a session on it.

    :param policy: attempts in a row, and the time between them
    """

    def __init__(
        self,
        account: SmppAccount,
        policy: RetryPolicy,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self.account = account
        self.session: SmppSession | None = None
        self._policy = policy
        self._clock = clock
        self._sleep = sleep
        self._since = 0.0
        self._failures = 0
        self._not_before = float("-inf")
        self.problem: SessionError | None = None
        """How the last session ended, or why there was none."""

    def connected(self, patient: bool = True) -> SmppSession:
        """Return a bound session, the present one or a new one.

        :param patient: try as often as the policy says, not once
        :raises SessionError: when there is none to be had; the next call begins anew
        """
        while self.session is None:
            if patient and self._failures >= self._policy.max_attempts:
                self._failures = 0
                if isinstance(self.problem, BindError):
                    raise self.problem
                text = f"{self.account!r} fails each time. {self.problem}"
                raise SessionError(text, "unreachable") from self.problem
            try:
                self.session = SmppSession(self.account, self._clock)
                self._since = self._clock()
            except SessionError as error:
                self._failed(error)
                final = isinstance(error, BindError) and error.outcome.fate is Fate.GATEWAY
                if patient and (final or self._failures >= self._policy.max_attempts):
                    self._failures = 0
                    raise
                if not patient:
                    raise
                self._sleep(self.wait())
        return self.session

    def works(self) -> None:
        """Note an answer of the gateway: failures before it do not count."""
        self._failures = 0

    def ended(self, error: SessionError) -> None:
        """Note that the session is over; pause when that happens again and again."""
        self.session = None
        if self._clock() - self._since > self._policy.max_delay_seconds:
            self._failures = 0
        self._failed(error)
        if self._failures > 1:
            self._sleep(self.wait())
        else:
            self._not_before = self._clock()

    def wait(self) -> float:
        """Return the seconds until the next attempt to connect; 0 when there is a session."""
        return 0.0 if self.session else max(0.0, self._not_before - self._clock())

    def close(self) -> None:
        """End the session with a farewell."""
        if self.session is not None:
            self.session.close()
            self.session = None

    def _failed(self, error: SessionError) -> None:
        self._failures += 1
        self.problem = error
        self._not_before = self._clock() + self._policy.delay(self._failures, random.random())
        _logger.warning("%s", error)
