"""The e-mails of one record while they are being composed; nothing is stored yet."""

from dataclasses import dataclass, field

import psycopg2

from odoo.addons.server_action_engine.core.errors import (
    BudgetExceededError,
    is_retryable_db_error,
)

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
class Draft:
    """What one record gets sent."""

    record: object
    envelope: Envelope = field(default_factory=Envelope)
    parts: list = field(default_factory=list)
    """:class:`~..core.addressees.Part`; their text is ``(subject, body)``."""
    sender: str = ""
    reply_to: str = ""
    attached: list = field(default_factory=list)
    skipped: str = ""
    """Why nothing is sent, if that is as its author wants it."""
    error: Exception | None = None
    """Why nothing can be sent."""

    @property
    def is_open(self):
        """Whether there is still something to send."""
        return self.error is None and not self.skipped


def each_open(drafts, work):
    """Call ``work(draft)`` for each draft; one that fails keeps its error, the others go on.

    Errors of the database pass through: the transaction they happened in can do nothing more.
    """
    for draft in drafts:
        if not draft.is_open:
            continue
        try:
            work(draft)
        except Exception as exc:
            if concerns_all(exc):
                raise
            draft.error = exc


def concerns_all(exc):
    """Tell whether an error ends the whole batch instead of one record."""
    if isinstance(exc, BudgetExceededError | MemoryError) or is_retryable_db_error(exc):
        return True
    seen = set()
    while exc is not None and id(exc) not in seen:
        if isinstance(exc, psycopg2.Error):
            return True
        seen.add(id(exc))
        exc = exc.__cause__ or exc.__context__
    return False
