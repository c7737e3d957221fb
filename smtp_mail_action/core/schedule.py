"""When a deferred message is tried again, and when it is given up: by age, not by attempts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo.addons.server_action_engine.core.retry import RetryPolicy

#: 5 min, 15 min, 45 min, 2 h 15, then every 4 hours. RFC 5321, section 4.5.4.1 asks for at least
#: 30 minutes in the long run and allows the first ones to come sooner, as greylisting wants.
_POLICY = RetryPolicy(delay_seconds=300.0, factor=3.0, max_delay_seconds=4 * 3600.0)
#: RFC 5321, section 4.5.4.1: giving up takes at least 4 to 5 days.
_MAX_AGE_SECONDS = 5 * 86400.0


@dataclass(frozen=True)
class RetrySchedule:
    """Delays between attempts and the age at which a delivery is given up."""

    policy: RetryPolicy = field(default=_POLICY)
    """Delays; its ``max_attempts`` is not used."""
    max_age_seconds: float = _MAX_AGE_SECONDS
    """Seconds from queueing after which no attempt is made. Default: 5 days."""

    def next_attempt(
        self,
        attempts: int,
        queued_at: datetime,
        now: datetime,
        random: float,
        retry_after: float | None = None,
    ) -> datetime | None:
        """Return when to try again, None when it is time to give up.

        The last attempt is made when the age is reached: a delay that would jump over it is cut.

        :param attempts: attempts made so far, at least 1
        :param random: a number in [0, 1); spreads what failed together
        :param retry_after: seconds the server asked for; never shortened
        """
        limit = queued_at + timedelta(seconds=self.max_age_seconds)
        if now >= limit:
            return None
        delay = self.policy.delay(attempts, random)
        due = min(now + timedelta(seconds=delay), limit)
        if retry_after is not None:
            due = max(due, now + timedelta(seconds=retry_after))
        return due
