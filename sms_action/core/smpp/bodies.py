"""The PDUs a client writes and reads (chapter 4)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .. import gsm
from ..concat import MESSAGE_PAYLOAD, UDHI
from ..errors import PduError
from ..incoming import Received, address, read_part
from ..receipts import RECEIPTED_MESSAGE_ID, Receipt, parse_receipt
from .account import SmppAccount
from .constants import (
    BINDS,
    CODING_LATIN1,
    CODING_UCS2,
    DATA_SM,
    ESM_INTERMEDIATE,
    ESM_RECEIPT,
    ESM_TYPE_MASK,
    SUBMIT_SM,
    TON_INTERNATIONAL,
    VERSION,
)
from .fields import BodyReader, c_octets
from .pdu import Pdu, decode_tlvs, encode_tlvs

MAX_SHORT_MESSAGE = 254
MAX_PASSWORD = 65
"""Octets; the specification's 9 are too few for what gateways hand out."""


@dataclass(frozen=True)
class SubmitSm:
    """One part to send."""

    source: str
    destination: str
    source_ton: int = 0
    source_npi: int = 0
    destination_ton: int = 1
    destination_npi: int = 1
    short_message: bytes = b""
    esm_class: int = 0
    data_coding: int = 0
    service_type: str = ""
    validity_period: str = ""
    """Empty, or as :func:`relative_time` writes it."""
    registered_delivery: int = 1
    """1 asks for a report about success and failure."""
    tlvs: tuple[tuple[int, bytes], ...] = ()

    def pdu(self, sequence: int) -> Pdu:
        """Return the request.

        :raises PduError: when a field is too long
        """
        if len(self.short_message) > MAX_SHORT_MESSAGE:
            raise PduError(f"short_message is longer than {MAX_SHORT_MESSAGE} octets")
        body = b"".join(
            (
                c_octets(self.service_type, 6, "service_type"),
                bytes((self.source_ton, self.source_npi)),
                c_octets(self.source, 21, "source_addr"),
                bytes((self.destination_ton, self.destination_npi)),
                c_octets(self.destination, 21, "destination_addr"),
                bytes((self.esm_class, 0, 0)),
                c_octets("", 1, "schedule_delivery_time"),
                c_octets(self.validity_period, 17, "validity_period"),
                bytes((self.registered_delivery, 0, self.data_coding, 0, len(self.short_message))),
                self.short_message,
                encode_tlvs(self.tlvs),
            )
        )
        return Pdu(SUBMIT_SM, sequence, body=body)


@dataclass(frozen=True)
class Incoming:
    """What a gateway delivers: a report or a message of somebody."""

    source: str
    destination: str
    esm_class: int = 0
    data_coding: int = 0
    short_message: bytes = b""
    tlvs: dict[int, bytes] = field(default_factory=dict)
    source_ton: int = 0

    @property
    def octets(self) -> bytes:
        """The user data, wherever it stands."""
        return self.short_message or self.tlvs.get(MESSAGE_PAYLOAD, b"")

    @property
    def received(self) -> Received:
        """What somebody wrote; for what is no report."""
        part = read_part(self.octets, self.esm_class, self.tlvs)
        sender = address(self.source, self.source_ton == TON_INTERNATIONAL)
        return Received(sender, address(self.destination), self.text, part)

    @property
    def text(self) -> str:
        """The text, decoded by its data coding; without a user data header, and without NUL."""
        octets = self.octets
        if self.esm_class & UDHI and octets:
            octets = octets[octets[0] + 1 :]
        if self.data_coding == CODING_UCS2:
            return octets.decode("utf-16-be", "replace").replace("\0", "")
        # Reports are ASCII, which the default alphabet would misread.
        if self.data_coding == CODING_LATIN1 or self.is_report:
            return octets.decode("latin-1").replace("\0", "")
        return gsm.decode(octets)

    @property
    def is_report(self) -> bool:
        """Tell whether it reports on something sent."""
        kind = self.esm_class & ESM_TYPE_MASK
        return bool(kind & (ESM_RECEIPT | ESM_INTERMEDIATE))

    @property
    def receipt(self) -> Receipt | None:
        """The delivery report, None for a message, or for a report nobody can read.

        Some gateways do not mark reports: then the optional parameters, which nothing else
        has, show one.
        """
        marked = self.is_report or RECEIPTED_MESSAGE_ID in self.tlvs
        return parse_receipt(self.text, self.tlvs) if marked else None


def bind(account: SmppAccount, sequence: int) -> Pdu:
    """Return the request that opens a session."""
    body = b"".join(
        (
            c_octets(account.system_id, 16, "system_id"),
            c_octets(account.password, MAX_PASSWORD, "the password"),
            c_octets(account.system_type, 13, "system_type"),
            bytes((VERSION, 0, 0)),
            c_octets("", 41, "address_range"),
        )
    )
    return Pdu(BINDS[account.bind], sequence, body=body)


def read_message_id(pdu: Pdu) -> str:
    """Return the id in an answer to a submission; empty when it has none, as refusals often do."""
    if not pdu.body:
        return ""
    # The limit is 65; ids of other systems are sometimes longer.
    return BodyReader(pdu.body).text(256)


def read_incoming(pdu: Pdu) -> Incoming:
    """Return what a ``deliver_sm`` or ``data_sm`` holds.

    :raises PduError: when it cannot be read
    """
    body = BodyReader(pdu.body)
    body.text(6)
    source_ton, _npi = body.octets(2)
    source = body.text(65)
    body.octets(2)
    destination = body.text(65)
    esm_class = body.octet()
    if pdu.command == DATA_SM:
        body.octet()
        coding, tlvs = body.octet(), decode_tlvs(body.rest())
        return Incoming(source, destination, esm_class, coding, b"", tlvs, source_ton)
    body.octets(2)
    body.text(17)
    body.text(17)
    body.octets(2)
    data_coding = body.octet()
    body.octet()
    message = body.octets(body.octet())
    tlvs = decode_tlvs(body.rest())
    return Incoming(source, destination, esm_class, data_coding, message, tlvs, source_ton)


def relative_time(minutes: int) -> str:
    """Return a validity period counted from now (section 7.1.1.2); empty for 0."""
    if minutes <= 0:
        return ""
    days, rest = divmod(min(minutes, 99 * 24 * 60), 24 * 60)
    months, days = divmod(days, 30)
    hours, minutes = divmod(rest, 60)
    return f"00{months:02d}{days:02d}{hours:02d}{minutes:02d}00000R"
