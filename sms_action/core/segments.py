"""How a text is cut into the parts a network carries, and what they cost.

Sizes: 140 octets a part, minus the user data header that joins several parts (3GPP TS 23.040,
section 9.2.3.24.1: 6 octets with an 8-bit reference, 7 with a 16-bit one).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import gsm
from .errors import TextError

MAX_PARTS = 255
"""The header has one octet for the number of parts."""
REFERENCE_8, REFERENCE_16 = 8, 16
"""Bits of the reference that joins parts."""


@dataclass(frozen=True)
class Encoding:
    """One way to write text on the air. ``single`` and ``joined`` count in units."""

    name: str
    """Stable key."""
    single: int
    """Units of a message that is one part."""
    joined: int
    """Units of each part of a longer message, with an 8-bit reference."""
    joined_16: int
    """The same with a 16-bit reference."""
    cost: Callable[[str], int]
    """Units of a text."""
    encode: Callable[[str], bytes]
    """Octets for the gateway."""
    fits: Callable[[str], bool]
    """Whether a text can be written in it."""

    def room(self, reference_bits: int) -> int:
        """Return the units of a joined part."""
        return self.joined if reference_bits == REFERENCE_8 else self.joined_16


def _units(text: str) -> int:
    return len(text.encode("utf-16-be", "surrogatepass")) // 2


def _whole(text: str) -> bool:
    """Tell whether no surrogate stands alone, which no text of a person has."""
    try:
        text.encode("utf-16-be")
    except UnicodeEncodeError:
        return False
    return True


def _latin_1(text: str) -> bool:
    return not text or max(text) <= "\xff"


GSM7 = Encoding("gsm7", 160, 153, 152, gsm.septets, gsm.encode, gsm.fits)
"""The alphabet of GSM 03.38; a unit is a septet."""
UCS2 = Encoding("ucs2", 70, 67, 66, _units, lambda text: text.encode("utf-16-be"), _whole)
"""UTF-16, in which phones read what the standard calls UCS-2; a unit is 16 bits."""
LATIN1 = Encoding("latin1", 140, 134, 133, len, lambda text: text.encode("latin-1"), _latin_1)
"""ISO 8859-1, for gateways that want it; a unit is an octet."""


@dataclass(frozen=True)
class Segments:
    """A text cut into parts."""

    encoding: Encoding
    """How the parts are written."""
    parts: tuple[str, ...]
    """The text of each part, in order; together they are the text."""
    units: int
    """Units of all parts."""
    left: int
    """Units left in the last part."""
    reference_bits: int = REFERENCE_8
    """Bits of the reference that will join the parts."""

    @property
    def count(self) -> int:
        """The number of parts: what most providers bill."""
        return len(self.parts)


def choose(text: str, allowed: tuple[Encoding, ...] = (GSM7, UCS2)) -> Encoding:
    """Return the first encoding the text can be written in.

    :raises TextError: when there is none
    """
    for encoding in allowed:
        if encoding.fits(text):
            return encoding
    names = ", ".join(encoding.name for encoding in allowed)
    raise TextError(f"The text has characters that cannot be sent ({names}).", "encoding")


def split(
    text: str, encoding: Encoding | None = None, reference_bits: int = REFERENCE_8
) -> Segments:
    """Cut a text into parts. No part ends inside an escape sequence or a surrogate pair.

    An empty text is one empty part, as a counter shows it; whether it may be sent is another
    question (:func:`check`).

    :param encoding: None chooses the cheapest
    :raises TextError: when the text cannot be written in the encoding
    """
    encoding = choose(text, (encoding,) if encoding else (GSM7, UCS2))
    units = encoding.cost(text)
    if units <= encoding.single:
        return Segments(encoding, (text,), units, encoding.single - units, reference_bits)
    room = encoding.room(reference_bits)
    parts = tuple(_cut(text, encoding, room))
    left = room - encoding.cost(parts[-1])
    return Segments(encoding, parts, units, left, reference_bits)


def check(segments: Segments) -> Segments:
    """Return what can be sent.

    :raises TextError: for an empty text, and for one of more than 255 parts
    """
    if not segments.units:
        raise TextError("The text is empty.", "empty")
    if segments.count > MAX_PARTS:
        raise TextError(
            f"The text has {segments.count} parts; {MAX_PARTS} is the most a phone joins.",
            "too_long",
        )
    return segments


def _cut(text: str, encoding: Encoding, room: int) -> Iterator[str]:
    wide = {char for char in set(text) if encoding.cost(char) == 2}
    start = used = 0
    for index, char in enumerate(text):
        cost = 2 if char in wide else 1
        if used + cost > room:
            yield text[start:index]
            start, used = index, 0
        used += cost
    yield text[start:]
