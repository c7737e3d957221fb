"""What became of one attempt, recipient by recipient: transports make it, deliveries take it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .classification import END, HELD, IN_DOUBT, SENT, Classification, classify
from .reasons import DROPPED_AFTER_DATA, THROTTLED
from .replies import Reply


@dataclass(frozen=True)
class RecipientResult:
    """The outcome for one recipient."""

    address: str
    """As it was handed to the transport."""
    verdict: str
    """One of :data:`.classification.VERDICTS`."""
    stage: str
    """Where the conversation was decided."""
    reason: str = ""
    """Key of :data:`.reasons.REASONS`; empty when sent."""
    reply: str = ""
    """The server's reply on one line, or what the network said; holds no secret."""
    code: int = 0
    """Code of the reply; 0 where there was none."""
    alarm: bool = False
    """Whether an administrator must look."""
    retry_after: float | None = None
    """Seconds to wait before the next attempt, where somebody said so."""

    @property
    def account_trouble(self) -> bool:
        """Whether the account's health suffers; its own rate being used up is no trouble."""
        return self.verdict == HELD and self.reason != THROTTLED


@dataclass(frozen=True)
class SendResult:
    """The outcome of one message."""

    recipients: tuple[RecipientResult, ...]
    """One for each recipient of the envelope, in its order."""

    def of(self, address: str) -> RecipientResult:
        """Return the outcome for one address of the envelope."""
        return next(one for one in self.recipients if one.address == address)

    def addresses(self, verdict: str) -> list[str]:
        """Return the addresses that met this verdict."""
        return [one.address for one in self.recipients if one.verdict == verdict]


def accepted(address: str, reply: Reply) -> RecipientResult:
    """Return the outcome of a message the server took over."""
    return RecipientResult(address, SENT, END, reply=reply.shown, code=reply.code)


def refused(address: str, stage: str, reply: Reply) -> RecipientResult:
    """Return the outcome of a refusal."""
    return from_classification(address, stage, classify(stage, reply), reply)


def from_classification(
    address: str, stage: str, found: Classification, reply: Reply
) -> RecipientResult:
    """Return the outcome for a refusal that is already understood."""
    return RecipientResult(
        address,
        found.verdict,
        stage,
        found.reason,
        reply.shown,
        reply.code,
        found.alarm,
        found.retry_after,
    )


def in_doubt(address: str, detail: str) -> RecipientResult:
    """Return the outcome where the answer to the whole message is missing."""
    return RecipientResult(address, IN_DOUBT, END, DROPPED_AFTER_DATA, detail)


def held(
    addresses: Iterable[str],
    stage: str,
    reason: str,
    detail: str = "",
    alarm: bool = False,
    retry_after: float | None = None,
) -> SendResult:
    """Return the outcome of a message that could not be tried at all."""
    return SendResult(
        tuple(
            RecipientResult(
                address, HELD, stage, reason, detail, alarm=alarm, retry_after=retry_after
            )
            for address in addresses
        )
    )
