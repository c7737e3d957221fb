"""Numbers of the specification (sections 5.1.2 and 5.3.2)."""

from __future__ import annotations

GENERIC_NACK = 0x80000000
BIND_RECEIVER = 0x00000001
BIND_TRANSMITTER = 0x00000002
SUBMIT_SM = 0x00000004
DELIVER_SM = 0x00000005
UNBIND = 0x00000006
BIND_TRANSCEIVER = 0x00000009
OUTBIND = 0x0000000B
ENQUIRE_LINK = 0x00000015
ALERT_NOTIFICATION = 0x00000102
DATA_SM = 0x00000103
RESPONSE = 0x80000000
"""This bit makes a command its response."""

BINDS = {
    "transmitter": BIND_TRANSMITTER,
    "receiver": BIND_RECEIVER,
    "transceiver": BIND_TRANSCEIVER,
}
NAMES = {
    GENERIC_NACK: "generic_nack",
    BIND_RECEIVER: "bind_receiver",
    BIND_TRANSMITTER: "bind_transmitter",
    SUBMIT_SM: "submit_sm",
    DELIVER_SM: "deliver_sm",
    UNBIND: "unbind",
    BIND_TRANSCEIVER: "bind_transceiver",
    OUTBIND: "outbind",
    ENQUIRE_LINK: "enquire_link",
    ALERT_NOTIFICATION: "alert_notification",
    DATA_SM: "data_sm",
}
HEADER = 16
"""Octets of every PDU's header."""
MAX_PDU = 0x20000
"""Octets. The longest honest PDU has a ``message_payload`` of 64 KiB."""
MAX_SEQUENCE = 0x7FFFFFFF
VERSION = 0x34

ESM_RECEIPT = 0x04
"""``esm_class`` of a delivery report (section 5.2.12)."""
ESM_INTERMEDIATE = 0x20
ESM_TYPE_MASK = 0x3C
CODING_LATIN1, CODING_UCS2 = 3, 8
TON_INTERNATIONAL = 1
"""Type of a number that begins with its country code (section 5.2.5)."""


def name_of(command: int) -> str:
    """Return a command's name, for logs."""
    base = NAMES.get(command if command == GENERIC_NACK else command & ~RESPONSE)
    if base is None:
        return f"0x{command:08x}"
    return f"{base}_resp" if command & RESPONSE and command != GENERIC_NACK else base
