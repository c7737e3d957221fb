"""TLS: which context an account needs, and what a failed handshake means."""

from __future__ import annotations

import ssl

from ..core import reasons as why
from ..core.account import Account
from .errors import SmtpConnectionError

# X509_V_ERR_… of OpenSSL (x509_vfy.h).
_VERIFY_CODES = {
    9: why.CERTIFICATE_EXPIRED,
    10: why.CERTIFICATE_EXPIRED,
    18: why.CERTIFICATE_SELF_SIGNED,
    19: why.CERTIFICATE_SELF_SIGNED,
    62: why.CERTIFICATE_HOST,
    64: why.CERTIFICATE_HOST,
}
# What OpenSSL says when the other side sends plain text instead of TLS.
_PLAIN = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")
TLS_STEP = "tls"


def context_for(account: Account) -> ssl.SSLContext:
    """Return the TLS settings of an account.

    :raises SmtpConnectionError: when its own certificate, or its file of trusted ones, cannot be
        used
    """
    context = ssl.create_default_context()
    if not account.strict:
        # Encryption without validation was asked for by name.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    reason = why.TRUSTED_FILE
    try:
        if account.trusted:
            context.load_verify_locations(account.trusted)
        reason = why.CLIENT_CERTIFICATE
        if account.certificate:
            # Without a password, OpenSSL would ask for that of an encrypted key on the terminal.
            context.load_cert_chain(account.certificate, account.private_key or None, password="")
    except OSError as error:
        detail = error.strerror or str(error)
        raise SmtpConnectionError(TLS_STEP, reason, detail, alarm=True) from None
    return context


def handshake_error(error: OSError) -> SmtpConnectionError:
    """Return what a failed handshake means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _VERIFY_CODES.get(error.verify_code, why.CERTIFICATE_UNTRUSTED)
        return SmtpConnectionError(TLS_STEP, reason, error.verify_message, alarm=True)
    if isinstance(error, TimeoutError):
        return SmtpConnectionError(TLS_STEP, why.TIMEOUT, "in the TLS handshake")
    if isinstance(error, ssl.SSLError) and (error.reason or "").upper() in _PLAIN:
        return SmtpConnectionError(TLS_STEP, why.TLS_PLAIN_PORT, error.reason, alarm=True)
    detail = getattr(error, "reason", None) or error.strerror or str(error)
    return SmtpConnectionError(TLS_STEP, why.TLS_FAILED, str(detail))
