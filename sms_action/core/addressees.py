"""Who gets the text message of one record: numbers that can be dialled, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from odoo.addons.server_action_engine.core.recipients import Locale, Recipient, split

from .errors import NumberError
from .numbers import PREMIUM, Address, check_line, parse_number

BLACKLISTED = "blacklisted"
"""Reason of a refusal that no :class:`~.errors.NumberError` has: they want no messages."""
_MAX_SHOWN = 60


@dataclass(frozen=True)
class Addressee:
    """One number a record's text message goes to."""

    address: Address
    locale: Locale = Locale()
    name: str = ""
    model: str = ""
    """Model of the record the number was read from, empty if it was written down."""
    res_id: int = 0

    @property
    def number(self) -> str:
        """The number as it is dialled."""
        return self.address.value


@dataclass(frozen=True)
class Refusal:
    """Somebody who was meant and gets no message."""

    shown: str
    """The number as it was found, or what led to an empty one; one line, not long."""
    reason: str
    """Reason of a :class:`~.errors.NumberError`, or :data:`BLACKLISTED`."""


def addressees(
    recipients: Iterable[Recipient],
    country_of: Callable[[Recipient], str],
) -> tuple[list[Addressee], list[Refusal]]:
    """Return the numbers that can get messages, each once, and what is wrong with the others.

    Of a number that is found twice the one that says whose it is counts. Whether a landline can
    get messages, its gateway says.

    :param country_of: ISO code of the country that a recipient's national numbers belong to, or ""
    """
    found: dict[str, Addressee] = {}
    refusals: list[Refusal] = []
    for one in recipients:
        numbers = list(numbers_in(one.text))
        if not numbers:
            refusals.append(Refusal(printable(one.name or one.origin), "missing"))
        for raw in numbers:
            try:
                address = check_line(
                    parse_number(raw, country_of(one) or None), frozenset({PREMIUM})
                )
            except NumberError as error:
                refusals.append(Refusal(printable(raw), error.reason))
                continue
            known = found.get(address.value)
            if known is None or (one.model and not known.model):
                locale = Locale(one.lang, one.tz)
                name = printable(one.name)
                found[address.value] = Addressee(address, locale, name, one.model, one.res_id)
    return list(found.values()), list(dict.fromkeys(refusals))


def numbers_in(text: str | None) -> Iterator[str]:
    """Divide a text into numbers at commas, semicolons and line ends."""
    yield from split(text or "")


def printable(text: str) -> str:
    """Return a text of somebody else in one line that is not long."""
    line = " ".join(text.split())
    return line if len(line) <= _MAX_SHOWN else f"{line[: _MAX_SHOWN - 1]}…"
