"""Who a message goes to and comes from: phone numbers, short codes, names."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType as Type

from .errors import NumberError

NUMBER, SHORT, NAME = "number", "short", "name"
"""Kinds of addresses."""
MOBILE, FIXED, EITHER, PREMIUM, OTHER = "mobile", "fixed", "either", "premium", "other"
"""Kinds of lines. In some countries, such as the United States, nobody can tell mobile from fixed:
``either``."""

_LINES = {
    Type.MOBILE: MOBILE,
    Type.FIXED_LINE: FIXED,
    Type.FIXED_LINE_OR_MOBILE: EITHER,
    Type.PREMIUM_RATE: PREMIUM,
    Type.SHARED_COST: PREMIUM,
}
_SHORT = re.compile("[1-9][0-9]{2,5}")
"""Longer ones exist, but half a phone number must not become one."""
_NAME = re.compile(r"[A-Za-z0-9 &.+_!?'-]{1,11}")
"""Eleven characters are the standard's limit (3GPP TS 23.040, section 9.1.2.5); networks refuse
others than these."""


@dataclass(frozen=True)
class Address:
    """One end of a message, with SMPP's type of number and numbering plan (section 5.2.5)."""

    value: str
    """E.164 with its plus, the short code, or the name."""
    kind: str = NUMBER
    """``number``, ``short`` or ``name``."""
    line: str = OTHER
    """Kind of line of a phone number."""

    @property
    def ton(self) -> int:
        """SMPP's type of number: 1 international, 3 network specific, 5 alphanumeric."""
        return {NUMBER: 1, SHORT: 3, NAME: 5}[self.kind]

    @property
    def npi(self) -> int:
        """SMPP's numbering plan: 1 is E.164."""
        return 1 if self.kind == NUMBER else 0

    @property
    def digits(self) -> str:
        """The value as SMPP wants it: without the plus."""
        return self.value.removeprefix("+")


def parse_number(raw: str | None, country: str | None = None) -> Address:
    """Return the number or short code a message shall go to.

    :param raw: as a person wrote it
    :param country: ISO code that numbers without a country code belong to
    :raises NumberError: saying what is wrong
    """
    text = (raw or "").strip()
    if not text:
        raise NumberError("There is no number.", "missing")
    if country not in phonenumbers.SUPPORTED_REGIONS:
        country = None
    if not country and text.startswith("00"):
        text = f"+{text[2:]}"
    number = _parse(text, country)
    if number and not number.extension:
        # The kind of line says as well whether the number is valid.
        kind = phonenumbers.number_type(number)
        if kind != Type.UNKNOWN:
            value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            return Address(value, line=_LINES.get(kind, OTHER))
    if _SHORT.fullmatch(text):
        return Address(text, SHORT)
    if number is None and not country and not text.startswith("+"):
        raise NumberError(
            f"{text} has no country code, and no country is known for it.", "no_country"
        )
    if number is None:
        raise NumberError(f"{text} is not a phone number.", "unreadable")
    raise NumberError(f"{text} is not a valid number of its country.", "invalid")


def country_of(number: str) -> str:
    """Return the ISO code of a valid number's country; empty for satellites, short codes, names."""
    parsed = _parse(number, None)
    return (phonenumbers.region_code_for_number(parsed) or "") if parsed else ""


def parse_sender(raw: str, country: str | None = None) -> Address:
    """Return the sender: a number, a short code, or a name of at most eleven characters.

    :raises NumberError: when it is none of them
    """
    text = raw.strip()
    if _NAME.fullmatch(text) and re.search("[A-Za-z]", text):
        return Address(text, NAME)
    try:
        return parse_number(text, country)
    except NumberError as error:
        raise NumberError(
            f"{text or 'An empty text'} cannot be a sender: use a number, a short code, or at most "
            "11 letters and digits.",
            "sender",
        ) from error


def check_line(address: Address, refused: frozenset[str] = frozenset({FIXED, PREMIUM})) -> Address:
    """Return an address that may get messages.

    :param refused: kinds of lines; a fixed line costs and stays silent in most countries
    :raises NumberError: for a line of these kinds
    """
    if address.line not in refused:
        return address
    if address.line == PREMIUM:
        raise NumberError(f"{address.value} is a premium number.", "premium")
    raise NumberError(f"{address.value} is a landline.", "landline")


def _parse(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
