"""The life of a message on its way to one recipient.

::

    queued ──begin──▶ sending ──▶ sent
      ▲                  │──────▶ refused      final, with a reason
      │                  │──────▶ deferred ──begin──▶ sending …   refused at the maximum age
      └──── held ◀───────│                     nothing counted: the account has trouble
                         └──────▶ in_doubt     no attempt by itself; a person decides

    sending, sent, in_doubt ──bounce──▶ bounced     a server took it over, and it came back

A report may be faster than the note of the answer; what was *sending* then stays bounced.

``sending`` is committed before the first byte leaves. Who finds it later with nobody at work has
found a crash: :func:`recover` makes it ``in_doubt``, because the message may have arrived.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from . import reasons as why
from .classification import DEFERRED, HELD, IN_DOUBT, REFUSED, SENT
from .results import RecipientResult
from .schedule import RetrySchedule

QUEUED = "queued"
SENDING = "sending"
BOUNCED = "bounced"
STATES = (QUEUED, SENDING, SENT, REFUSED, DEFERRED, IN_DOUBT, BOUNCED)
#: States in which a delivery may be tried without anybody asking for it.
WAITING = frozenset({QUEUED, DEFERRED})
#: States that change only when a person decides, or when the message comes back.
SETTLED = frozenset({SENT, REFUSED, IN_DOUBT, BOUNCED})
#: States from which a person may have it sent again.
RESENDABLE = frozenset({REFUSED, BOUNCED, IN_DOUBT, DEFERRED})
#: States in which a server may have the message, so that it may come back.
RETURNABLE = frozenset({SENDING, SENT, IN_DOUBT})


@dataclass(frozen=True)
class Delivery:
    """One row; every change returns a new one."""

    address: str
    queued_at: datetime
    state: str = QUEUED
    attempts: int = 0
    """Attempts in which the server had its say about this message."""
    due_at: datetime | None = None
    """Not before; None: at once."""
    tried_at: datetime | None = None
    """Begin of the last attempt."""
    settled_at: datetime | None = None
    reason: str = ""
    """Key of :data:`.reasons.REASONS`."""
    reply: str = ""
    """The server's last reply."""
    code: int = 0

    def is_due(self, now: datetime) -> bool:
        """Whether it may be tried now."""
        return self.state in WAITING and (self.due_at is None or self.due_at <= now)

    def begin(self, now: datetime) -> Delivery:
        """Return it with an attempt begun; to be committed before anything is sent."""
        self._expect(WAITING, "begun")
        return replace(self, state=SENDING, attempts=self.attempts + 1, tried_at=now, due_at=None)

    def conclude(
        self,
        result: RecipientResult,
        now: datetime,
        schedule: RetrySchedule,
        random: float,
        resting_until: datetime | None = None,
    ) -> Delivery:
        """Return it with the outcome of the attempt that was begun.

        :param resting_until: for ``held``: until when the account rests
        """
        self._expect({SENDING}, "concluded")
        told = replace(self, reason=result.reason, reply=result.reply, code=result.code)
        if result.verdict == SENT:
            return replace(told, state=SENT, settled_at=now)
        if result.verdict in (REFUSED, IN_DOUBT):
            return replace(told, state=result.verdict, settled_at=now)
        if result.verdict == HELD:
            return told._held(result, now, schedule, resting_until)
        due = schedule.next_attempt(self.attempts, self.queued_at, now, random, result.retry_after)
        if due is None:
            return replace(told, state=REFUSED, reason=why.EXPIRED, settled_at=now)
        return replace(told, state=DEFERRED, due_at=due)

    def _held(
        self,
        result: RecipientResult,
        now: datetime,
        schedule: RetrySchedule,
        resting_until: datetime | None,
    ) -> Delivery:
        attempts = self.attempts - 1
        if now >= self.queued_at + timedelta(seconds=schedule.max_age_seconds):
            return replace(
                self, state=REFUSED, attempts=attempts, reason=why.EXPIRED, settled_at=now
            )
        due = resting_until
        if result.retry_after is not None:
            asked = now + timedelta(seconds=result.retry_after)
            due = max(due, asked) if due else asked
        state = DEFERRED if attempts else QUEUED
        return replace(self, state=state, attempts=attempts, due_at=due)

    def recover(self, now: datetime) -> Delivery:
        """Return it after its sender was found dead in the middle of the attempt."""
        self._expect({SENDING}, "recovered")
        return replace(self, state=IN_DOUBT, reason=why.CRASHED, settled_at=now)

    def resend(self, now: datetime) -> Delivery:
        """Return it queued anew because a person said so; its age begins again."""
        self._expect(RESENDABLE, "sent again")
        return Delivery(self.address, queued_at=now, attempts=0)

    def bounce(self, now: datetime, reason: str, reply: str, code: int) -> Delivery:
        """Return it after a server on the way has given it up."""
        self._expect(RETURNABLE, "bounced")
        return replace(self, state=BOUNCED, settled_at=now, reason=reason, reply=reply, code=code)

    def mark_sent(self, now: datetime) -> Delivery:
        """Return it settled by a person who knows that it arrived."""
        self._expect({IN_DOUBT}, "marked as sent")
        return replace(self, state=SENT, settled_at=now)

    def _expect(self, states: Collection[str], doing: str) -> None:
        if self.state not in states:
            raise ValueError(f"a delivery that is {self.state} cannot be {doing}")


def summary(deliveries: Collection[Delivery]) -> str:
    """Return the one state that says what a person must know about a message.

    In doubt before refused before bounced before waiting before sent; ``refused`` for no delivery
    at all, since a message without a recipient can only fail.
    """
    states = {one.state for one in deliveries}
    for state in (SENDING, IN_DOUBT, REFUSED, BOUNCED, DEFERRED, QUEUED, SENT):
        if state in states:
            return state
    return REFUSED
