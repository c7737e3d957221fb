"""The connection below an SMPP session: TCP or TLS, bytes in, bytes out."""

from __future__ import annotations

import socket
import ssl

from ..core.errors import GatewayError
from ..core.smpp.account import SmppAccount

READ_OCTETS = 65_536


class SmppSocket:
    """One connection. One thread uses it.

    :raises GatewayError: when the account cannot be used
    :raises OSError: from every method when the connection cannot be made or is lost; a certificate
        that is not accepted is a ``ssl.SSLError``, which is one too
    """

    def __init__(self, account: SmppAccount) -> None:
        self._write_seconds = account.answer_seconds
        context = tls_context(account) if account.tls else None
        raw = socket.create_connection((account.host, account.port), account.connect_seconds)
        try:
            # Answers and submissions are small: held back to fill a segment, each would wait for
            # the peer's delayed acknowledgement.
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket: socket.socket = (
                context.wrap_socket(raw, server_hostname=account.host) if context else raw
            )
        except TimeoutError as error:
            raw.close()
            # The host is there: a time limit alone would not say so.
            raise ssl.SSLError("no answer to the beginning of TLS") from error
        except BaseException:
            raw.close()
            raise

    def send(self, octets: bytes) -> None:
        """Write everything."""
        self._socket.settimeout(self._write_seconds)
        self._socket.sendall(octets)

    def receive(self, seconds: float) -> bytes:
        """Return what has arrived, waiting at most so long; empty when nothing has.

        :raises EOFError: when the other side has closed
        """
        # Zero would make the socket non-blocking, which TLS answers in another way.
        self._socket.settimeout(max(seconds, 0.0005))
        try:
            octets = self._socket.recv(READ_OCTETS)
        except (TimeoutError, ssl.SSLWantReadError):
            return b""
        if not octets:
            raise EOFError("the gateway closed the connection")
        return octets

    def close(self) -> None:
        """Close it, whatever state it is in."""
        self._socket.close()


def tls_context(account: SmppAccount) -> ssl.SSLContext:
    """Return how an account's connection is encrypted and checked.

    :raises GatewayError: when the certificates to trust are none
    """
    try:
        context = ssl.create_default_context(cadata=account.tls_ca or None)
    except (ssl.SSLError, TypeError, ValueError) as error:
        text = f"The trusted certificates of {account!r} cannot be read: {error}."
        raise GatewayError(text) from error
    if not account.tls_check:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
