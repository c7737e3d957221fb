"""The life of a message on its way, with everything a row of it holds.

::

    queued ──begin──▶ sending ──▶ accepted ──reports──▶ enroute, delivered, …
      ▲                  │──────▶ failed        final, with a reason
      │                  │──────▶ in_doubt      no attempt by itself; a report or a person decides
      └──────────────────┘        tried again later, or at another gateway

``sending`` is committed before anything leaves. Who finds it later with nobody at work has found a
crash: :meth:`Life.recover` makes it ``in_doubt``, because the message may have been sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from odoo.addons.server_action_engine.core.retry import RetryPolicy

from . import reasons as why
from .delivery import State, advance, after_attempt, is_final
from .outcome import Fate, Outcome

#: 1 min, 2 min, 4 min … 30 min: a message that comes a day late is mostly worth nothing.
RETRIES = RetryPolicy(delay_seconds=60.0, factor=2.0, max_delay_seconds=1800.0)
MAX_AGE_MINUTES = 1440
"""Minutes after which a message is given up, where its gateway has no validity."""
#: States from which a person may have it sent again.
RESENDABLE = frozenset(
    {
        State.QUEUED,
        State.IN_DOUBT,
        State.FAILED,
        State.REJECTED,
        State.UNDELIVERED,
        State.EXPIRED,
        State.DELETED,
    }
)


@dataclass(frozen=True)
class Life:
    """One row; every change returns a new one."""

    queued_at: datetime
    state: State = State.QUEUED
    attempts: int = 0
    """Attempts in which the gateway had its say about this message."""
    due_at: datetime | None = None
    """Not before; None: at once."""
    tried_at: datetime | None = None
    """Begin of the last attempt."""
    accepted_at: datetime | None = None
    settled_at: datetime | None = None
    """When it was known what became of it."""
    reason: str = ""
    """Key of :data:`.reasons.REASONS`."""
    reply: str = ""
    """What the gateway said, without secrets."""
    code: str = ""

    def is_due(self, now: datetime) -> bool:
        """Tell whether it may be tried now."""
        return self.state is State.QUEUED and (self.due_at is None or self.due_at <= now)

    def expires_at(self, validity_minutes: int) -> datetime:
        """Return when it is given up.

        :param validity_minutes: 0 means :data:`MAX_AGE_MINUTES`
        """
        return self.queued_at + timedelta(minutes=validity_minutes or MAX_AGE_MINUTES)

    def begin(self, now: datetime) -> Life:
        """Return it with an attempt begun; to be committed before anything is sent."""
        if self.state is not State.QUEUED:
            raise ValueError(f"a message that is {self.state.value} cannot be begun")
        return replace(
            self, state=State.SENDING, attempts=self.attempts + 1, tried_at=now, due_at=None
        )

    def conclude(
        self,
        outcome: Outcome,
        now: datetime,
        random: float,
        validity_minutes: int = 0,
        held_until: datetime | None = None,
    ) -> Life:
        """Return it after the outcome of the attempt that was begun.

        Reports may have overtaken the answer: what they said stays.

        :param random: a number in [0, 1): spreads what failed together
        :param held_until: the gateway is to blame and not the message: not before then, and the
            attempt does not count
        """
        state = after_attempt(self.state, outcome.fate)
        told = replace(self, reason=outcome.reason, reply=outcome.message, code=outcome.code)
        if outcome.fate is Fate.ACCEPTED:
            told = replace(self, accepted_at=now, reason="", reply="", code=outcome.code)
        if state is not State.QUEUED:
            settled = is_final(state) or state is State.IN_DOUBT
            done = self.settled_at or (now if settled else None)
            if state is self.state:
                # A report has said more already.
                return replace(self, accepted_at=told.accepted_at, settled_at=done)
            return replace(told, state=state, settled_at=done)
        attempts = self.attempts - 1 if held_until else self.attempts
        due = held_until or now + timedelta(
            seconds=max(RETRIES.delay(max(self.attempts, 1), random), outcome.retry_after or 0.0)
        )
        told = replace(told, state=State.QUEUED, attempts=attempts, due_at=due)
        return told.expire(now) if now >= self.expires_at(validity_minutes) else told

    def expire(self, now: datetime) -> Life:
        """Return it given up because it is too old; why it waited stays in the reply."""
        return replace(self, state=State.EXPIRED, reason=why.EXPIRED, settled_at=now, due_at=None)

    def refuse(self, reason: str, reply: str, now: datetime) -> Life:
        """Return it refused before any gateway saw it."""
        return replace(self, state=State.FAILED, reason=reason, reply=reply, settled_at=now)

    def cancel(self, now: datetime) -> Life:
        """Return it taken back by a person while it was in the queue."""
        if self.state is not State.QUEUED:
            raise ValueError(f"a message that is {self.state.value} cannot be cancelled")
        return replace(self, state=State.DELETED, reason=why.CANCELLED, settled_at=now, due_at=None)

    def recover(self, now: datetime) -> Life:
        """Return it after its sender was found dead in the middle of the attempt."""
        if self.state is not State.SENDING:
            raise ValueError(f"a message that is {self.state.value} cannot be recovered")
        return replace(self, state=State.IN_DOUBT, reason=why.CRASHED, settled_at=now)

    def unsend(self) -> Life:
        """Return it as it was before the attempt, which never came to the gateway."""
        return replace(self, state=State.QUEUED, attempts=self.attempts - 1)

    def report(self, state: State, code: str, now: datetime) -> Life:
        """Return it after delivery reports, of which its parts make a state."""
        reached = advance(self.state, state)
        if reached is self.state:
            return self
        final = is_final(reached)
        if self.state is State.QUEUED and not self.attempts and reached is not State.DELIVERED:
            # About an attempt before a person had it sent again.
            return self
        reason = why.REPORTED.get(reached, "")
        return replace(
            self,
            state=reached,
            settled_at=now if final else None,
            accepted_at=self.accepted_at or now,
            reason=reason,
            reply="" if reached is State.DELIVERED else self.reply,
            code=code,
            due_at=None,
        )

    def resend(self, now: datetime) -> Life:
        """Return it queued anew because a person said so; its age begins again."""
        if self.state not in RESENDABLE:
            raise ValueError(f"a message that is {self.state.value} cannot be sent again")
        return Life(now)

    def mark_sent(self, now: datetime) -> Life:
        """Return it settled by a person who knows that it arrived."""
        if self.state is not State.IN_DOUBT:
            raise ValueError(f"a message that is {self.state.value} cannot be marked as sent")
        return replace(self, state=State.DELIVERED, settled_at=now, reason="", due_at=None)
