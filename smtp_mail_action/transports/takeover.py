"""What it means when somebody else could not open a session: Odoo, or one of its addons."""

from __future__ import annotations

import smtplib
import socket
import ssl

from ..core import reasons as why
from ..core.classification import AUTH, CONNECT, HELLO, classify
from ..core.replies import Reply
from .authentication import refusal
from .errors import SmtpConnectionError
from .network import CONNECT_STEP, DNS_STEP
from .tls import TLS_STEP, handshake_error
from .transaction import said


def connection_error(error: Exception) -> SmtpConnectionError:
    """Return the reason behind an exception of ``smtplib``, of the network, or of an addon."""
    if isinstance(error, SmtpConnectionError):
        return error
    if isinstance(error, smtplib.SMTPException):
        return _protocol_error(error)
    if isinstance(error, socket.gaierror):
        return SmtpConnectionError(DNS_STEP, why.DNS, said(error))
    if isinstance(error, ssl.SSLError):
        return handshake_error(error)
    if isinstance(error, TimeoutError):
        return SmtpConnectionError(CONNECT_STEP, why.TIMEOUT, said(error))
    if isinstance(error, ConnectionRefusedError):
        return SmtpConnectionError(CONNECT_STEP, why.CONNECTION_REFUSED, said(error))
    if isinstance(error, OSError):
        return SmtpConnectionError(CONNECT_STEP, why.UNREACHABLE, said(error))
    # An addon says in its own words why there is no token or certificate.
    return SmtpConnectionError(AUTH, why.AUTH_FAILED, said(error), alarm=True)


def _protocol_error(error: smtplib.SMTPException) -> SmtpConnectionError:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        text = str(error)
        if "STARTTLS" in text.upper():
            return SmtpConnectionError(TLS_STEP, why.TLS_NOT_OFFERED, alarm=True)
        return SmtpConnectionError(AUTH, why.AUTH_UNSUPPORTED, text, alarm=True)
    if isinstance(error, smtplib.SMTPResponseException):
        reply = Reply.of(error.smtp_code, error.smtp_error)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return refusal(reply)
        stage = HELLO if isinstance(error, smtplib.SMTPHeloError) else CONNECT
        if reply.accepted:
            return SmtpConnectionError(stage, why.NO_SMTP, reply.shown)
        found = classify(stage, reply)
        return SmtpConnectionError(stage, found.reason, reply.shown, found.alarm, found.retry_after)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return SmtpConnectionError(CONNECT_STEP, why.DROPPED, str(error))
    return SmtpConnectionError(AUTH, why.AUTH_FAILED, str(error), alarm=True)
