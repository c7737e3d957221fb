"""Errors of the e-mail core; the tree of the engine stays the root.

::

    ConfigurationError          (server_action_engine) shown to the author
    └── AccountError            an account is described wrongly; ``problems`` has every fault
    PermanentError              (server_action_engine) the same input always fails
    ├── AddressError            no valid address; ``reason`` is one of addresses.REASONS
    └── HeaderError             a header holds a line break or another control character
"""

from __future__ import annotations

from collections.abc import Sequence

from odoo.addons.server_action_engine.core.errors import ConfigurationError, PermanentError


class AccountError(ConfigurationError):  # type: ignore[misc]
    """One or several accounts cannot be used as they are described.

    :param problems: one sentence per fault; none of them holds a secret
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class AddressError(PermanentError):  # type: ignore[misc]
    """A text is no e-mail address.

    :param text: what was given, shortened
    :param reason: key of :data:`.addresses.REASONS`
    """

    def __init__(self, text: str, reason: str, message: str) -> None:
        super().__init__(message)
        self.text = text
        self.reason = reason


class HeaderError(PermanentError):  # type: ignore[misc]
    """A header cannot be sent because it would break out of its line.

    :param name: the header's name
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
