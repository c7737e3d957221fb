"""Opening a session: name, connection, TLS, greeting, EHLO, STARTTLS, sign-in.

``smtplib`` does the greeting and STARTTLS, because its objects are what Odoo's addons for OAuth
and certificates know; see docs/decisions/0015-smtp-client.md.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable

from ..core import reasons as why
from ..core.account import Account
from ..core.addresses import ascii_host
from ..core.classification import AUTH, CONNECT, HELLO, classify
from ..core.replies import Reply
from .authentication import refusal, sign_in
from .errors import SmtpConnectionError
from .network import CONNECT_STEP, DNS_STEP, connect, resolve
from .reply_file import ReplyFile
from .tls import TLS_STEP, context_for, handshake_error

GREETING_STEP = "greeting"
STEPS = (DNS_STEP, CONNECT_STEP, TLS_STEP, GREETING_STEP, HELLO, AUTH)
"""What is passed on the way, in this order; with STARTTLS, ``tls`` comes after ``hello``."""

Login = Callable[[smtplib.SMTP], None]
"""Signs in by itself; raises ``smtplib.SMTPException`` where it is refused."""


class Client(smtplib.SMTP):
    """An ``smtplib`` object on a socket that is already connected."""

    file: ReplyFile | None
    sock: socket.socket

    def __init__(self, host: str, sock: socket.socket, account: Account) -> None:
        name = ascii_host(account.local_hostname) or _own_name(sock)
        # Without a host it does not connect by itself.
        super().__init__(local_hostname=name, timeout=account.connect_seconds)
        self._host = host  # which STARTTLS compares the certificate with
        self.sock = sock

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply within :attr:`timeout`, as a whole; see :func:`.reply_file.read_reply`."""
        if self.file is None:
            self.file = ReplyFile(self.sock)
        self.file.start(self.timeout)
        return super().getreply()


def open_connection(
    account: Account,
    login: Login | None = None,
    passed: Callable[[str], None] = lambda step: None,
) -> smtplib.SMTP:
    """Return a session that is signed in.

    :param login: signs in instead of the account's user and secret
    :param passed: told each step of :data:`STEPS` that went well
    :raises SmtpConnectionError: says where and why it ended; everything is closed then
    """
    host = ascii_host(account.host)
    context = None if account.encryption == "none" else context_for(account)
    addresses = resolve(host, account.port, account.connect_seconds)
    passed(DNS_STEP)
    sock = connect(addresses, account.connect_seconds)
    passed(CONNECT_STEP)
    try:
        if context and account.implicit_tls:
            sock = _wrap(sock, context, host, account.connect_seconds)
            passed(TLS_STEP)
        client = Client(host, sock, account)
        _greet(client, account, passed)
        if context and account.starttls:
            _starttls(client, context, passed)
        _sign_in(client, account, login, passed)
    except BaseException:
        sock.close()
        raise
    return client


def _wrap(sock: socket.socket, context: ssl.SSLContext, host: str, seconds: float) -> socket.socket:
    sock.settimeout(seconds)
    try:
        return context.wrap_socket(sock, server_hostname=host)
    except (OSError, ValueError) as error:
        raise handshake_error(
            error if isinstance(error, OSError) else OSError(str(error))
        ) from None


def _greet(client: Client, account: Account, passed: Callable[[str], None]) -> None:
    try:
        greeting = Reply.of(*client.getreply())
    except (OSError, smtplib.SMTPException) as error:
        raise _silence(error, GREETING_STEP, account) from None
    if greeting.code != 220:
        raise _refused(CONNECT, greeting, GREETING_STEP)
    passed(GREETING_STEP)
    _hello(client, account)
    passed(HELLO)


def _hello(client: Client, account: Account) -> None:
    try:
        client.ehlo_or_helo_if_needed()
    except smtplib.SMTPHeloError as error:
        raise _refused(HELLO, Reply.of(error.smtp_code, error.smtp_error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise _silence(error, HELLO, account) from None


def _starttls(client: Client, context: ssl.SSLContext, passed: Callable[[str], None]) -> None:
    try:
        client.starttls(context=context)
        client.ehlo()
    except smtplib.SMTPNotSupportedError:
        # Never in the clear instead: whoever can cut the offer out could read everything.
        raise SmtpConnectionError(TLS_STEP, why.TLS_NOT_OFFERED, alarm=True) from None
    except smtplib.SMTPServerDisconnected as error:
        raise SmtpConnectionError(TLS_STEP, why.TLS_FAILED, str(error)) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(TLS_STEP, Reply.of(error.smtp_code, error.smtp_error)) from None
    except OSError as error:
        raise handshake_error(error) from None
    passed(TLS_STEP)


def _sign_in(
    client: Client, account: Account, login: Login | None, passed: Callable[[str], None]
) -> None:
    if not login and not account.user:
        return
    try:
        if login:
            login(client)
        else:
            sign_in(client, account, encrypted=isinstance(client.sock, ssl.SSLSocket))
    except smtplib.SMTPResponseException as error:
        raise refusal(Reply.of(error.smtp_code, error.smtp_error)) from None
    except smtplib.SMTPNotSupportedError as error:
        raise SmtpConnectionError(AUTH, why.AUTH_UNSUPPORTED, str(error), alarm=True) from None
    except (OSError, smtplib.SMTPException) as error:
        raise _silence(error, AUTH, account) from None
    passed(AUTH)


def _refused(stage: str, reply: Reply, step: str = "") -> SmtpConnectionError:
    if reply.accepted:
        # It agreed in other words than it must: it has lost its way.
        return SmtpConnectionError(step or stage, why.NO_SMTP, reply.shown)
    found = classify(stage, reply)
    return SmtpConnectionError(
        step or stage, found.reason, reply.shown, found.alarm, found.retry_after
    )


def _silence(error: Exception, step: str, account: Account) -> SmtpConnectionError:
    """Return what it means that no reply came."""
    if timed_out(error):
        hint = ""
        if step == GREETING_STEP and not account.implicit_tls:
            hint = "it may want TLS from the start" if account.port == 465 else ""
        return SmtpConnectionError(step, why.TIMEOUT, hint or f"waiting for the {step}")
    reason = why.NO_SMTP if step == GREETING_STEP else why.DROPPED
    return SmtpConnectionError(step, reason, str(error))


def timed_out(error: BaseException) -> bool:
    """Tell whether a time limit is behind an error; ``smtplib`` wraps it."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _own_name(sock: socket.socket) -> str:
    """Return this machine's name for EHLO, without asking DNS: that could take long."""
    name = socket.gethostname()
    if "." in name and name.isascii():
        return name
    address = str(sock.getsockname()[0])
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
