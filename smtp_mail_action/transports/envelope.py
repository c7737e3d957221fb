"""What is handed to the transport: who gets which bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from ..core.results import SendResult


@dataclass(frozen=True)
class Envelope:
    """One message on its way."""

    sender: str
    """Address for bounces; empty for none, as bounces themselves have it."""
    recipients: tuple[str, ...]
    """Addresses, each once; Bcc are among them and in no header."""
    content: bytes = field(repr=False)
    """The message, headers and body; any line ends."""
    key: object = None
    """Whatever the caller knows it by."""
    smtputf8: bool = False
    """Whether its headers hold unencoded letters beyond ASCII (RFC 6532)."""
    message_id: str = ""
    """Its Message-ID, for reports that name it; empty: they need not."""

    def wire(self) -> bytes:
        """Return the content as it goes over the wire, without the final dot.

        Every line end becomes CRLF: a lone CR or LF, kept, would let a message end early for one
        server and not for another (SMTP smuggling).
        """
        lines = self.content
        # Counting is ten times faster than rewriting megabytes that are right already.
        if not lines.count(b"\r\n") == lines.count(b"\n") == lines.count(b"\r"):
            lines = lines.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            lines = lines.replace(b"\n", b"\r\n")
        lines = lines.replace(b"\n.", b"\n..")
        start = b"." if lines.startswith(b".") else b""
        end = b"" if lines.endswith(b"\r\n") else b"\r\n"
        return b"".join((start, lines, end))


@dataclass(frozen=True)
class Outcome:
    """What became of an envelope."""

    envelope: Envelope
    result: SendResult


class Transport(Protocol):
    """Whatever can send: :class:`.pool.SessionPool`, or its twin in memory."""

    def deliver(self, envelopes: Iterable[Envelope]) -> Iterator[Outcome]:
        """Send, and yield each outcome as soon as it is known; not in order."""

    def close(self) -> list[Outcome]:
        """End; returns the outcomes nobody took."""
