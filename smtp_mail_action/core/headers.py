"""What may stand in a header. A line break there would let a value write headers of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .errors import HeaderError

# Control characters but the tab, and what Python, browsers or mail programs take for a line end
# (NEL, LINE SEPARATOR, PARAGRAPH SEPARATOR): some gateway on the way may turn them into one.
FORBIDDEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
# RFC 5322, section 2.2: printable ASCII without the colon.
_NAME = re.compile(r"[\x21-\x39\x3b-\x7e]+")


def check_header(name: str, value: str) -> None:
    """Refuse a header that would not stay on its line.

    :raises HeaderError: names the header and the place, not the value, which may be private
    """
    if not _NAME.fullmatch(name):
        raise HeaderError(
            name, f"“{printable(name)}” is no name of a header; use letters, digits and hyphens"
        )
    found = FORBIDDEN.search(value)
    if found:
        raise HeaderError(
            name,
            f"The header {name} holds {spoken(found.group())} at character {found.start() + 1}; "
            "a header is one line, so take it out",
        )


def check_headers(headers: Mapping[str, str]) -> None:
    """Apply :func:`check_header` to each header."""
    for name, value in headers.items():
        check_header(name, value)


def spoken(character: str) -> str:
    """Return the name of a forbidden character for people."""
    if character in "\r\n\x0b\x0c\x85\u2028\u2029":
        return "a line break"
    return f"the control character U+{ord(character):04X}"


def printable(text: str, limit: int = 80) -> str:
    """Return a text that may stand in a message: one line, no control characters, not endless."""
    shown = FORBIDDEN.sub("�", text)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"
