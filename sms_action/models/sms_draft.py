"""The text messages of one record while they are being composed; nothing is stored yet."""

from dataclasses import dataclass, field

from odoo.addons.server_action_engine.models import drafts

from ..core.addressees import Addressee
from ..core.segments import Segments


@dataclass
class Letter:
    """What one number gets."""

    to: Addressee
    text: str
    """What is stored; a gateway may still replace characters by plain ones."""
    gateways: object = None
    """Gateways that may carry it, the first to try first; none: Odoo's own provider."""
    segments: Segments | None = None
    """The parts it is sent in."""


@dataclass
class Draft(drafts.Draft):
    """What one record gets sent."""

    gateways: dict = field(default_factory=dict)
    """Gateways that may carry a message to each number, the first to try first."""
    people: list = field(default_factory=list)
    """:class:`~..core.addressees.Addressee`"""
    refusals: list = field(default_factory=list)
    """:class:`~..core.addressees.Refusal`"""
    letters: list = field(default_factory=list)
    sender: str = ""
    """Who the messages come from; empty: as the gateway has it."""
    company: object = None
    unsent: str = ""
    """Why some of its texts are not sent."""

    @property
    def messages(self):
        return self.letters

    @property
    def problem(self):
        return super().problem or self.unsent

    @property
    def parts(self):
        """How many parts are billed for the record."""
        return sum(letter.segments.count for letter in self.letters)
