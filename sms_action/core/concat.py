"""How a gateway is told that parts belong together."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum

from .errors import TextError
from .segments import REFERENCE_8, Segments, check

UDHI = 0x40
"""``esm_class``: the message begins with a user data header (SMPP 3.4, section 5.2.12)."""
SAR_MSG_REF_NUM, SAR_TOTAL_SEGMENTS, SAR_SEGMENT_SEQNUM = 0x020C, 0x020E, 0x020F
MESSAGE_PAYLOAD = 0x0424
MAX_PAYLOAD = 65_535
"""Octets: the length of an optional parameter is a 16-bit number."""


class Joining(str, Enum):
    """Ways to send a message of several parts. The values are stored."""

    HEADER = "header"
    """A user data header in each part; the reference has the bits of the segments."""
    SAR = "sar"
    """Optional parameters ``sar_*``; the gateway writes the header."""
    PAYLOAD = "payload"
    """The whole text in ``message_payload``; the gateway cuts it."""


@dataclass(frozen=True)
class Body:
    """What one request to the gateway carries."""

    octets: bytes
    """User data, header included; empty when it is in ``tlvs``."""
    esm_class: int = 0
    """Bits to set in ``esm_class``."""
    tlvs: tuple[tuple[int, bytes], ...] = ()
    """Optional parameters: tag and value."""


def bodies(segments: Segments, joining: Joining, reference: int) -> tuple[Body, ...]:
    """Return the bodies to send, in order: one, or one per part.

    :param reference: number that is the same in all parts; its lowest bits are used
    :raises TextError: for a text that is empty or too long
    """
    check(segments)
    encode = segments.encoding.encode
    if segments.count == 1:
        return (Body(encode(segments.parts[0])),)
    if joining is Joining.PAYLOAD:
        octets = encode("".join(segments.parts))
        if len(octets) > MAX_PAYLOAD:
            raise TextError("The text is longer than the gateway's longest.", "too_long")
        return (Body(b"", tlvs=((MESSAGE_PAYLOAD, octets),)),)
    numbered = enumerate(segments.parts, start=1)
    if joining is Joining.SAR:
        return tuple(
            Body(encode(part), tlvs=_sar(reference, segments.count, number))
            for number, part in numbered
        )
    return tuple(
        Body(header(segments, reference, number) + encode(part), UDHI) for number, part in numbered
    )


def header(segments: Segments, reference: int, number: int) -> bytes:
    """Return the user data header of one part (3GPP TS 23.040, sections 9.2.3.24.1 and .8)."""
    if segments.reference_bits == REFERENCE_8:
        return bytes((5, 0, 3, reference & 0xFF, segments.count, number))
    return struct.pack(">BBBHBB", 6, 8, 4, reference & 0xFFFF, segments.count, number)


def _sar(reference: int, total: int, number: int) -> tuple[tuple[int, bytes], ...]:
    return (
        (SAR_MSG_REF_NUM, struct.pack(">H", reference & 0xFFFF)),
        (SAR_TOTAL_SEGMENTS, bytes((total,))),
        (SAR_SEGMENT_SEQNUM, bytes((number,))),
    )
