"""The SMTP transport's twin in memory, for tests of what stands on top of it.

It has the same face and gives the same results; servers are stood for by replies::

    transport = MemoryTransport({"gone@example.com": "550 5.1.1 No such user"})
    for outcome in transport.deliver(envelopes): …
    transport.delivered[0].content
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ..core.classification import RCPT
from ..core.replies import Reply
from ..core.results import RecipientResult, SendResult, accepted, in_doubt, refused
from .envelope import Envelope, Outcome
from .errors import SmtpConnectionError

LOST = "lost"
"""In place of a reply: the connection is lost after the message."""


class MemoryTransport:
    """Takes everything, except what it is told to refuse."""

    def __init__(
        self, replies: Mapping[str, str] | None = None, trouble: SmtpConnectionError | None = None
    ) -> None:
        """Prepare.

        :param replies: recipient → reply such as ``450 4.2.1 Later``, or :data:`LOST`
        :param trouble: the account cannot be used at all
        """
        self.replies = dict(replies or {})
        self.trouble = trouble
        self.delivered: list[Envelope] = []
        """Envelopes with at least one recipient to whom it got, or may have got."""
        self.before_answer: Callable[[], None] | None = None
        """Called between each message and its answer."""

    def deliver(self, envelopes: Iterable[Envelope]) -> Iterator[Outcome]:
        """Yield the outcome of each envelope."""
        for envelope in envelopes:
            if self.before_answer:
                self.before_answer()
            result = SendResult(tuple(self._one(address) for address in envelope.recipients))
            if any(one.stage != RCPT and not self.trouble for one in result.recipients):
                self.delivered.append(envelope)
            yield Outcome(envelope, result)

    def _one(self, address: str) -> RecipientResult:
        if self.trouble:
            return self.trouble.result([address]).recipients[0]
        reply = self.replies.get(address, "250 2.0.0 OK")
        if reply == LOST:
            return in_doubt(address, "connection lost")
        parsed = Reply.of(int(reply[:3]), reply[4:])
        return accepted(address, parsed) if parsed.accepted else refused(address, RCPT, parsed)

    def close(self) -> list[Outcome]:
        """There is nothing to close, and no outcome is left."""
        return []
