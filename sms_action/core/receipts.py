"""Delivery reports as SMPP gateways write them: SMPP 3.4, appendix B, and its many dialects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .delivery import State

RECEIPTED_MESSAGE_ID, MESSAGE_STATE, NETWORK_ERROR_CODE = 0x001E, 0x0427, 0x0423

#: ``message_state`` (SMPP 3.4, section 5.2.28; 0 and 9 are SMPP 5.0's). 7 is "unknown": the
#: gateway does not know, so it tells nothing new.
_STATE_OF_NUMBER = {
    0: State.ACCEPTED,
    1: State.ENROUTE,
    2: State.DELIVERED,
    3: State.EXPIRED,
    4: State.DELETED,
    5: State.UNDELIVERED,
    6: State.ACCEPTED,
    7: State.ACCEPTED,
    8: State.REJECTED,
    9: State.REJECTED,
}
# By their first letters, since gateways write them in full or cut to seven.
_STATE_OF_WORD = (
    ("DELIV", State.DELIVERED),
    ("DELET", State.DELETED),
    ("EXPIR", State.EXPIRED),
    ("UNDEL", State.UNDELIVERED),
    ("FAIL", State.UNDELIVERED),
    ("REJEC", State.REJECTED),
    ("SKIP", State.REJECTED),
    ("ACCEP", State.ACCEPTED),
    ("SCHED", State.ACCEPTED),
    ("UNKNO", State.ACCEPTED),
    ("BUFFE", State.ENROUTE),
    ("ENROU", State.ENROUTE),
)
MAX_ID = 255
"""Characters of a gateway's id that are kept: the database's indexes take no id of any length."""
MAX_TEXT = 1_000
"""Characters of a report that are looked at; its fields have some 120. The pattern's work grows
with the square of the length, and a gateway may send 64 KiB."""
_FIELDS = re.compile(
    r"\b(id|sub|dlvrd|submit date|done date|stat|err)\s*:\s*(.*?)"
    r"(?=\s+(?:id|sub|dlvrd|submit date|done date|stat|err|text)\s*:|\s*$)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Receipt:
    """One delivery report."""

    provider_id: str
    """The gateway's id as the report writes it; compare with :func:`id_forms`."""
    state: State
    """What became of the part."""
    error: str = ""
    """The network's error code, empty for none."""
    done: datetime | None = None
    """When, on the gateway's clock, without a time zone."""


def parse_receipt(text: str, tlvs: Mapping[int, bytes]) -> Receipt | None:
    """Return the report in a ``deliver_sm``, None when it holds none.

    Optional parameters win over the text, which some gateways leave out and others translate.

    :param text: ``short_message``, decoded
    :param tlvs: optional parameters by tag
    """
    # The text quotes the message, which may contain anything.
    own = re.split(r"(?i)\btext\s*:", text[:MAX_TEXT])[0]
    fields = {name.lower(): value.strip() for name, value in reversed(_FIELDS.findall(own))}
    named = c_string(tlvs.get(RECEIPTED_MESSAGE_ID, b"")) or fields.get("id", "")
    provider_id = named[:MAX_ID]
    state = _state(tlvs.get(MESSAGE_STATE, b""), fields.get("stat", ""))
    if not provider_id or state is None:
        return None
    error = _error(tlvs.get(NETWORK_ERROR_CODE, b"")) or fields.get("err", "")
    return Receipt(provider_id, state, error.strip("0") and error, _date(fields.get("done date")))


def id_forms(provider_id: str, base: str = "any") -> tuple[str, ...]:
    """Return the spellings under which the same id may have been kept, the likeliest first.

    Some gateways answer a submission in hexadecimal and report in decimal, or pad with zeros.

    :param base: ``same`` compares letter by letter; ``any`` knows those dialects
    """
    forms = [provider_id]
    if base == "any":
        plain = provider_id.lstrip("0") or "0"
        forms += [plain, provider_id.lower(), provider_id.upper()]
        if re.fullmatch(r"\d{1,20}", plain):
            forms += [
                f"{int(plain):x}",
                f"{int(plain):X}",
                f"{int(plain):08X}",
                f"{int(plain):08x}",
            ]
        if re.fullmatch(r"[0-9A-Fa-f]{1,16}", plain):
            forms += [str(int(plain, 16)), f"{int(plain, 16):010d}"]
    return tuple(dict.fromkeys(forms))


def c_string(value: bytes) -> str:
    """Return the text of a string that may or may not end in NUL."""
    return value.split(b"\0", 1)[0].decode("latin-1").strip()


def _state(number: bytes, word: str) -> State | None:
    if number:
        return _STATE_OF_NUMBER.get(int.from_bytes(number, "big"))
    upper = word.upper()
    return next((state for start, state in _STATE_OF_WORD if upper.startswith(start)), None)


def _error(value: bytes) -> str:
    # One octet for the kind of network, two for its code (SMPP 3.4, section 5.3.2.31).
    return str(int.from_bytes(value[1:], "big")) if len(value) == 3 else ""


def _date(text: str | None) -> datetime | None:
    digits = text or ""
    for length, form in ((14, "%Y%m%d%H%M%S"), (12, "%y%m%d%H%M%S"), (10, "%y%m%d%H%M")):
        if len(digits) == length and digits.isascii() and digits.isdigit():
            try:
                return datetime.strptime(digits, form)
            except ValueError:
                return None
    return None
