"""A text message on its way to a gateway."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass

from .numbers import Address

_REFERENCE = re.compile(r"[\w.-]{0,64}", re.ASCII)


@dataclass(frozen=True)
class Message:
    """What any gateway needs to know."""

    key: Hashable
    """The caller's name for the message; comes back with its outcome."""
    to: Address
    """Who gets it."""
    text: str
    """What it says, final: transliterated or not."""
    sender: Address | None = None
    """Who it comes from; None leaves it to the gateway."""
    reference: str = ""
    """The caller's id, sent along where a gateway takes one; comes back in its reports. At most 64
    of the letters a-z, digits, ``-``, ``_`` and ``.``: gateways put it into addresses as it is."""
    callback_url: str = ""
    """Where delivery reports go; empty asks for none."""
    validity_minutes: int = 0
    """Minutes after which the network gives up; 0 leaves it to the gateway."""

    def __post_init__(self) -> None:
        if not _REFERENCE.fullmatch(self.reference):
            raise ValueError(f"{self.reference!r} is no reference of a message")
