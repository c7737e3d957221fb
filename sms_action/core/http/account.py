"""One account at an HTTP gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from odoo.addons.server_action_engine.core.redact import looks_secret

from ..errors import GatewayError
from ..masking import mask
from .description import HttpDescription


@dataclass(frozen=True, repr=False, eq=False)
class HttpAccount:
    """What to call, as whom, and how fast."""

    description: HttpDescription
    """The kind of gateway."""
    account: str = ""
    """Account name or key."""
    secret: str = ""
    """Password or token."""
    callback_secret: str = ""
    """What callbacks are checked with; empty: the account's secret where providers sign with it."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Values of the description's options."""
    workers: int = 8
    """Requests at a time, each on a connection that is kept."""
    per_second: float = 0.0
    """Parts per second; 0 means no limit."""
    connect_seconds: float = 10.0
    """Longest wait for a connection."""
    answer_seconds: float = 30.0
    """Longest wait for an answer; a message without one is in doubt."""

    def __post_init__(self) -> None:
        unknown = set(self.options) - set(self.description.options)
        if unknown:
            raise GatewayError(
                f"{self.description.label} has no option {', '.join(sorted(unknown))}."
            )
        if self.workers < 1 or min(self.connect_seconds, self.answer_seconds) <= 0:
            raise GatewayError("An HTTP gateway needs one worker or more, and times above 0.")

    def __repr__(self) -> str:
        return f"<HTTP gateway {self.description.name} account {self.account!r}>"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown: the secrets, and options that are named like one."""
        named = [text for name, text in self.options.items() if looks_secret(name)]
        return (self.secret, self.callback_secret, *named)

    def mask(self, text: str) -> str:
        """Return a text that may be shown."""
        return mask(text, self.secrets, self.account)
