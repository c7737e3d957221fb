"""The header every PDU has, and the optional parameters after its body (sections 3.2 and 5.3)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import PduError
from .constants import HEADER, MAX_PDU, RESPONSE, name_of


@dataclass(frozen=True)
class Pdu:
    """One PDU. Its body may hold a password: it is not shown."""

    command: int
    """``command_id``."""
    sequence: int
    """``sequence_number``; a response has that of its request."""
    status: int = 0
    """``command_status``; 0 in requests."""
    body: bytes = b""
    """What follows the header."""

    def __repr__(self) -> str:
        return f"<{name_of(self.command)} #{self.sequence} status {self.status:#x}>"

    @property
    def is_response(self) -> bool:
        """Tell whether it answers something."""
        return bool(self.command & RESPONSE)

    def encode(self) -> bytes:
        """Return the PDU as bytes."""
        head = struct.pack(
            ">IIII", HEADER + len(self.body), self.command, self.status, self.sequence
        )
        return head + self.body


def decode(frame: bytes) -> Pdu:
    """Return the PDU that fills these bytes.

    :raises PduError: when the length is another one
    """
    if len(frame) < HEADER or int.from_bytes(frame[:4], "big") != len(frame):
        raise PduError(f"a PDU of {len(frame)} octets that states another length", fatal=True)
    _length, command, status, sequence = struct.unpack_from(">IIII", frame)
    return Pdu(command, sequence, status, frame[HEADER:])


class FrameReader:
    """Cuts a stream of bytes into PDUs, whatever the pieces it arrives in."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.error: PduError | None = None
        """Why nothing more can be read: a length that cannot be true."""

    def feed(self, octets: bytes) -> list[Pdu]:
        """Take the next bytes; return the PDUs that are complete.

        :raises PduError: when an earlier call has set :attr:`error`
        """
        if self.error:
            raise self.error
        self._buffer += octets
        found: list[Pdu] = []
        start = 0
        while len(self._buffer) - start >= 4:
            length = int.from_bytes(self._buffer[start : start + 4], "big")
            if not HEADER <= length <= MAX_PDU:
                self.error = PduError(f"a PDU that states a length of {length} octets", fatal=True)
                break
            if len(self._buffer) - start < length:
                break
            found.append(decode(bytes(self._buffer[start : start + length])))
            start += length
        del self._buffer[:start]
        return found

    @property
    def pending(self) -> int:
        """Octets of a PDU that is not complete."""
        return len(self._buffer)


def encode_tlvs(tlvs: Iterable[tuple[int, bytes]]) -> bytes:
    """Return optional parameters as bytes."""
    return b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in tlvs)


def decode_tlvs(octets: bytes) -> dict[int, bytes]:
    """Return optional parameters by tag; the first of several with one tag.

    Unknown tags are kept (section 3.3). A rest too short to be a parameter is ignored: gateways are
    known to end a body in a spare NUL.
    """
    found: dict[int, bytes] = {}
    at = 0
    while len(octets) - at >= 4:
        tag, length = struct.unpack_from(">HH", octets, at)
        at += 4
        if at + length > len(octets):
            raise PduError(f"an optional parameter {tag:#06x} longer than its PDU")
        found.setdefault(tag, octets[at : at + length])
        at += length
    return found
