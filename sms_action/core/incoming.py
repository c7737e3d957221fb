"""Messages that people send: parts that belong together, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .concat import SAR_MSG_REF_NUM, SAR_SEGMENT_SEQNUM, SAR_TOTAL_SEGMENTS, UDHI

MISSING = "[…]"
"""Stands for a part that never came."""
MAX_ADDRESS = 64
"""Characters that are kept of a number or a name."""
_CONCAT_8, _CONCAT_16 = 0x00, 0x08
"""Elements of a user data header (3GPP TS 23.040, section 9.2.3.24)."""


@dataclass(frozen=True)
class Part:
    """Which piece of a longer message something is."""

    reference: int
    """The same in all pieces."""
    total: int
    """Number of pieces."""
    number: int
    """Counted from 1."""


@dataclass(frozen=True)
class Received:
    """A message of somebody, or a piece of one."""

    sender: str
    recipient: str
    text: str
    part: Part | None = None
    provider_id: str = ""
    """The gateway's id, by which the same message is known when it is handed over again."""

    def __repr__(self) -> str:
        return f"<message of {len(self.text)} characters>"


def read_part(octets: bytes, esm_class: int, tlvs: Mapping[int, bytes]) -> Part | None:
    """Return which piece a ``deliver_sm`` holds; None for a whole message, or a senseless header.

    :param octets: its user data, with the header if ``esm_class`` says that there is one
    """
    if esm_class & UDHI and octets:
        found = _in_header(octets[1 : octets[0] + 1])
        if found:
            return found
    values = (tlvs.get(tag) for tag in (SAR_MSG_REF_NUM, SAR_TOTAL_SEGMENTS, SAR_SEGMENT_SEQNUM))
    reference, total, number = (int.from_bytes(value or b"", "big") for value in values)
    return part_of(reference, total, number)


def part_of(reference: int, total: int, number: int) -> Part | None:
    """Return a piece; None where the numbers make none."""
    return Part(reference, total, number) if total > 1 and 1 <= number <= total <= 255 else None


def joined(texts: Mapping[int, str], total: int) -> str:
    """Return the text of pieces, by their numbers; a mark stands where one is missing."""
    return "".join(texts.get(number, MISSING) for number in range(1, total + 1))


def address(text: str, international: bool = False) -> str:
    """Return a sender or recipient; with a plus where it is surely an international number.

    :param international: whether the gateway says so; else that many digits, which begin with a
        country code, do
    """
    kept = text.strip()[:MAX_ADDRESS]
    digits = kept.isascii() and kept.isdigit() and not kept.startswith("0")
    return f"+{kept}" if digits and (international or 10 <= len(kept) <= 15) else kept


def first(values: Iterable[str]) -> str:
    """Return the first value that says something."""
    return next((value for value in values if value), "")


def _in_header(header: bytes) -> Part | None:
    while len(header) >= 2:
        element, length = header[0], header[1]
        value, header = header[2 : 2 + length], header[2 + length :]
        if element == _CONCAT_8 and len(value) == 3:
            return part_of(value[0], value[1], value[2])
        if element == _CONCAT_16 and len(value) == 4:
            return part_of(int.from_bytes(value[:2], "big"), value[2], value[3])
    return None
