"""The alphabet of GSM 03.38 (3GPP TS 23.038, section 6.2.1) with its extension table.

A character costs one septet, one of the extension table two: an escape and its code. Encoded text
has one septet per byte, as SMPP and most gateways want it.
"""

from __future__ import annotations

ESCAPE = 0x1B

#: Position = code. The escape stands for itself here; text never holds it.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
_CODES: dict[str, bytes] = {
    **{char: bytes((code,)) for code, char in enumerate(BASIC) if code != ESCAPE},
    **{char: bytes((ESCAPE, code)) for char, code in EXTENSION.items()},
}
_EXTENDED = {code: char for char, code in EXTENSION.items()}
_ALPHABET = frozenset(_CODES)


def fits(text: str) -> bool:
    """Tell whether the alphabet has every character."""
    return _ALPHABET.issuperset(text)


def septets(text: str) -> int:
    """Return how many septets a text costs that :func:`fits`."""
    return len(text) + sum(text.count(char) for char in EXTENSION)


def encode(text: str) -> bytes:
    """Return the septets, one per byte.

    :raises UnicodeEncodeError: at the first character the alphabet lacks
    """
    try:
        return b"".join(map(_CODES.__getitem__, text))
    except KeyError:
        at = next(index for index, char in enumerate(text) if char not in _ALPHABET)
        raise UnicodeEncodeError(
            "gsm-03.38", text, at, at + 1, "no character of the alphabet"
        ) from None


def decode(septet_bytes: bytes) -> str:
    """Return the text of septets, one per byte, as a phone shows it.

    An escape before a code the table lacks is a space (TS 23.038, note 1 to the tables), a byte
    beyond 7 bits the replacement character, an escape at the end nothing.
    """
    chars: list[str] = []
    escaped = False
    for code in septet_bytes:
        if escaped:
            chars.append(_EXTENDED.get(code, " " if code == ESCAPE else _basic(code)))
            escaped = False
        elif code == ESCAPE:
            escaped = True
        else:
            chars.append(_basic(code))
    return "".join(chars)


def _basic(code: int) -> str:
    return BASIC[code] if code < len(BASIC) else "\N{REPLACEMENT CHARACTER}"
