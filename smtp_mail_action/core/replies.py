"""Replies of SMTP servers: three digits, often an enhanced status code, and free text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .headers import printable

# RFC 3463, section 2: class.subject.detail, at the beginning of the text.
_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")
_REPEATED = re.compile(r"[\r\n]+\s*(?:[245]\.\d{1,3}\.\d{1,3}\s+)?")
_MINUTES = re.compile(
    r"(?:in|after|for|within)\s+(\d{1,5})\s*(s|sec|seconds?|m|min|minutes?|h|hours?)\b", re.I
)
_CLOCK = re.compile(r"(?:in|after|for)\s+(\d{1,2}):(\d{2}):(\d{2})\b", re.I)
_SECONDS = {"s": 1, "m": 60, "h": 3600}
MAX_TEXT = 500
#: A server that asks for more than a day is not believed.
_LONGEST_WAIT = 86400.0


@dataclass(frozen=True)
class Reply:
    """One reply."""

    code: int
    """Three digits (RFC 5321, section 4.2); 0 where the server sent something else."""
    text: str = ""
    """The text of all lines."""

    @classmethod
    def of(cls, code: int, text: bytes | str) -> Reply:
        """Return the reply for what a client library hands over."""
        decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return cls(code if 200 <= code <= 599 else 0, decoded)

    @property
    def accepted(self) -> bool:
        """Whether the server did what it was asked to; 3xx, which asks for more, is no answer."""
        return 200 <= self.code < 300

    @property
    def refuses(self) -> bool:
        """Whether the server said no, for now or for good."""
        return self.code >= 400

    @property
    def transient(self) -> bool:
        """Whether the server asks to try again."""
        return 400 <= self.code < 500

    @property
    def enhanced(self) -> tuple[int, int] | None:
        """Subject and detail of the enhanced status code; its class is in :attr:`code`."""
        found = _ENHANCED.match(self.text)
        return (int(found.group(2)), int(found.group(3))) if found else None

    @property
    def shown(self) -> str:
        """The reply on one line, for people and for storing."""
        text = printable(_REPEATED.sub(" ", self.text.strip()), MAX_TEXT)
        return f"{self.code} {text}".strip() if self.code else text

    @property
    def retry_after(self) -> float | None:
        """Seconds the server asks to wait, where its text says so."""
        clock = _CLOCK.search(self.text)
        if clock:
            hours, minutes, seconds = map(int, clock.groups())
            return min(float(hours * 3600 + minutes * 60 + seconds), _LONGEST_WAIT)
        found = _MINUTES.search(self.text)
        if not found:
            return None
        return min(float(int(found[1]) * _SECONDS[found[2][0].lower()]), _LONGEST_WAIT)
