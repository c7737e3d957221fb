"""What became of one attempt to hand a message to a gateway."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Fate(str, Enum):
    """What to do next with the message. The values are stored: do not change them."""

    ACCEPTED = "accepted"
    """The gateway has it; delivery reports may follow."""
    RETRY = "retry"
    """The gateway surely does not have it, and may take it later."""
    FAILED = "failed"
    """The gateway surely does not have it, and never will."""
    GATEWAY = "gateway"
    """The gateway surely does not have it, because of its set-up: credentials, credit, address.
    Every other message would meet the same, so none of them has used up an attempt."""
    IN_DOUBT = "in_doubt"
    """It was sent and the answer is lost. Sending it again may deliver it twice."""


@dataclass(frozen=True)
class Outcome:
    """The end of one attempt."""

    fate: Fate
    """What to do next."""
    reason: str = ""
    """Stable key such as ``throttled``, ``number`` or ``credentials``; empty when accepted."""
    message: str = ""
    """A sentence for the person who looks after the gateway. Holds no secret."""
    provider_ids: tuple[str, ...] = ()
    """The gateway's ids of what it accepted, one for each part it sends reports about."""
    code: str = ""
    """The gateway's own code, as it wrote it."""
    retry_after: float | None = None
    """Seconds the gateway asks to wait, None when it says nothing."""

    @property
    def surely_unsent(self) -> bool:
        """Tell whether sending again cannot double the message."""
        return self.fate in (Fate.RETRY, Fate.FAILED, Fate.GATEWAY)


def accepted(*provider_ids: str, code: str = "") -> Outcome:
    """Return the outcome of a message the gateway took."""
    return Outcome(Fate.ACCEPTED, provider_ids=provider_ids, code=code)


def in_doubt(reason: str, message: str, code: str = "") -> Outcome:
    """Return the outcome of a message whose answer is lost."""
    return Outcome(Fate.IN_DOUBT, reason, message, code=code)
