"""Errors of text messages, below the tree of the engine.

::

    ConfigurationError (engine)
    └── GatewayError            a gateway is described wrongly; shown to its author
    PermanentError (engine)
    ├── NumberError             no message can go to this number (``reason``)
    ├── TextError               this text cannot be a message (``reason``)
    └── SignatureError          a callback that is not the provider's
    ValueError
    └── PduError                bytes that are no SMPP PDU (``fatal``: nor is what follows)
"""

from __future__ import annotations

# mypy knows the engine by another name, so its classes are untyped here: the ignores below.
from odoo.addons.server_action_engine.core.errors import ConfigurationError, PermanentError


class GatewayError(ConfigurationError):  # type: ignore[misc]
    """The description of a gateway cannot be used."""


class NumberError(PermanentError):  # type: ignore[misc]
    """No text message can go to this number, or come from this sender.

    :param reason: one of ``missing``, ``unreadable``, ``no_country``, ``invalid``, ``landline``,
        ``premium``, ``sender``
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class TextError(PermanentError):  # type: ignore[misc]
    """The text cannot be sent.

    :param reason: ``empty``, ``too_long`` or ``encoding``
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class SignatureError(PermanentError):  # type: ignore[misc]
    """A callback does not prove that the provider sent it. Nothing of it may be used."""


class PduError(ValueError):
    """Bytes that are not a PDU of SMPP 3.4.

    :param fatal: True when the length itself is wrong, so that the end of the PDU, and with it the
        start of the next, is unknown
    """

    def __init__(self, message: str, fatal: bool = False) -> None:
        super().__init__(message)
        self.fatal = fatal
