"""The e-mails of one record while they are being composed; nothing is stored yet."""

from dataclasses import dataclass, field

from odoo.addons.server_action_engine.models import drafts

from ..core.addressees import Envelope


@dataclass
class Attached:
    """One attachment: an existing row, or content that becomes one when it is needed."""

    name: str
    size: int = 0
    """Bytes; 0 for content that is not there yet."""
    attachment_id: int = 0
    holder: object = None
    """Record whose binary field is attached; ``field_name`` names it."""
    field_name: str = ""
    report: object = None
    """Report that is printed."""


@dataclass
class Draft(drafts.Draft):
    """What one record gets sent."""

    envelope: Envelope = field(default_factory=Envelope)
    parts: list = field(default_factory=list)
    """:class:`~..core.addressees.Part`; their text is ``(subject, body)``."""
    sender: str = ""
    reply_to: str = ""
    attached: list = field(default_factory=list)

    @property
    def messages(self):
        return self.parts
