"""Whether an account may be used: resting after trouble, and down when it goes on.

A circuit breaker: after trouble the account rests, longer each time; then one attempt tells
whether it works again. Refused messages are no trouble of the account.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .retry import RetryPolicy

WORKING = "working"
RESTING = "resting"
DOWN = "down"

#: 1 min, 2 min, 4 min … 30 min: a server that is restarted is back soon.
_NETWORK = RetryPolicy(delay_seconds=60.0, factor=2.0, max_delay_seconds=1800.0)
#: Wrong passwords lock accounts at many providers, and only a person can mend them.
_ALARM = RetryPolicy(delay_seconds=900.0, factor=2.0, max_delay_seconds=4 * 3600.0)
#: Failures in a row after which an account counts as down.
DOWN_AFTER = 3


@dataclass(frozen=True)
class Health:
    """What is known of an account; every change returns a new one."""

    failures: int = 0
    """Failures in a row."""
    failing_since: datetime | None = None
    resting_until: datetime | None = None
    reason: str = ""
    """Stable key of what is wrong."""
    detail: str = ""
    """What the server or the network said last."""
    alarm: bool = False
    """Whether it will not mend by itself."""

    def state(self, now: datetime) -> str:
        """Return ``working``, ``resting`` or ``down``; ``down`` until a success."""
        if self.failures >= DOWN_AFTER or self.alarm:
            return DOWN
        return WORKING if self.may_try(now) else RESTING

    def may_try(self, now: datetime) -> bool:
        """Whether an attempt is allowed now."""
        return self.resting_until is None or now >= self.resting_until

    def after_success(self) -> Health:
        """Return it after a session that was opened and answered."""
        return Health()

    def after_failure(
        self,
        now: datetime,
        random: float,
        reason: str,
        detail: str = "",
        alarm: bool = False,
        retry_after: float | None = None,
    ) -> Health:
        """Return it after a failure to open a session, or to keep one.

        :param random: a number in [0, 1)
        :param alarm: whether only a person can mend it: rests longer, shown as down at once
        :param retry_after: seconds the server asked for
        """
        failures = self.failures + 1
        delay = (_ALARM if alarm else _NETWORK).delay(failures, random)
        delay = max(delay, retry_after or 0.0)
        return replace(
            self,
            failures=failures,
            failing_since=self.failing_since or now,
            resting_until=now + timedelta(seconds=delay),
            reason=reason,
            detail=detail,
            alarm=alarm,
        )
