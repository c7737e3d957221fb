"""Errors of the SMTP transport."""

from __future__ import annotations

from collections.abc import Iterable

from odoo.addons.server_action_engine.core.errors import TransientError

from ..core.reasons import words
from ..core.results import SendResult, held


class SmtpConnectionError(TransientError):  # type: ignore[misc]  # typed elsewhere
    """No session could be opened; nothing was sent.

    :param stage: how far it came, one of the stages of ``core.classification`` or of
        :data:`.connection.STEPS`
    :param reason: key of ``core.reasons.REASONS``
    :param detail: what the network or the server said; holds no secret
    :param alarm: whether only a person can mend it
    """

    def __init__(
        self,
        stage: str,
        reason: str,
        detail: str = "",
        alarm: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{words(reason)} {detail}".strip(), retry_after)
        self.stage = stage
        self.reason = reason
        self.detail = detail
        self.alarm = alarm

    def result(self, recipients: Iterable[str]) -> SendResult:
        """Return what it means for a message that was to be sent."""
        return held(recipients, self.stage, self.reason, self.detail, self.alarm, self.retry_after)
