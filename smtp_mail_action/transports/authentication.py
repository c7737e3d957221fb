"""Signing in. One refusal of the password ends it: providers lock accounts after a few."""

from __future__ import annotations

import base64
import hmac
import smtplib

from ..core import reasons as why
from ..core.account import XOAUTH2, Account
from ..core.addresses import ascii_host
from ..core.classification import AUTH, classify
from ..core.replies import Reply
from .errors import SmtpConnectionError

# Under TLS the password is safe, and PLAIN works with hashed passwords, which CRAM-MD5 does not.
_ENCRYPTED = ("PLAIN", "LOGIN", "CRAM-MD5")
_CLEAR = ("CRAM-MD5", "PLAIN", "LOGIN")
#: Replies that blame the mechanism, not the password: RFC 4954, section 4, and 5.7.9.
_MECHANISM_CODES = frozenset({500, 501, 502, 503, 504, 534})


def sign_in(client: smtplib.SMTP, account: Account, encrypted: bool) -> None:
    """Sign in with the account's method.

    :raises SmtpConnectionError: with the server's answer and never with the secret
    """
    offered = client.esmtp_features.get("auth", "").upper().replace("=", " ").split()
    wanted = ("XOAUTH2",) if account.authentication == XOAUTH2 else _order(encrypted)
    usable = [name for name in wanted if name in offered]
    if not usable:
        detail = f"it offers {' '.join(offered)}" if offered else "it offers no sign-in"
        raise SmtpConnectionError(AUTH, why.AUTH_UNSUPPORTED, detail, alarm=True)
    reply = Reply(0)
    for mechanism in usable:
        reply = _try(client, account, mechanism)
        if reply.accepted:
            return
        if reply.code not in _MECHANISM_CODES:
            break
    raise refusal(reply)


def refusal(reply: Reply) -> SmtpConnectionError:
    """Return the error for a server's refusal to sign in."""
    found = classify(AUTH, reply)
    return SmtpConnectionError(AUTH, found.reason, reply.shown, found.alarm, found.retry_after)


def _order(encrypted: bool) -> tuple[str, ...]:
    return _ENCRYPTED if encrypted else _CLEAR


def _try(client: smtplib.SMTP, account: Account, mechanism: str) -> Reply:
    user, secret = _user(account), account.secret.reveal()
    if mechanism == "XOAUTH2":
        reply = _command(client, "AUTH XOAUTH2", _base64(secret))
        # The server explains in a challenge what is wrong, and wants an empty answer to it.
        return _command(client) if reply.code == 334 else reply
    if mechanism == "PLAIN":
        return _command(client, "AUTH PLAIN", _base64(f"\0{user}\0{secret}"))
    if mechanism == "LOGIN":
        reply = _command(client, "AUTH LOGIN")
        if reply.code == 334:
            reply = _command(client, data=_base64(user))
        return _command(client, data=_base64(secret)) if reply.code == 334 else reply
    reply = _command(client, "AUTH CRAM-MD5")
    if reply.code != 334:
        return reply
    try:
        challenge = base64.b64decode(reply.text)
    except ValueError:
        return Reply(0, reply.text)
    digest = hmac.new(secret.encode(), challenge, "md5").hexdigest()
    return _command(client, data=_base64(f"{user} {digest}"))


def _command(client: smtplib.SMTP, command: str = "", data: str = "") -> Reply:
    # Not `docmd`, whose errors quote the command, and with it the secret.
    client.send(f"{command} {data}".strip().encode("ascii") + b"\r\n")
    code, text = client.getreply()
    # Some servers quote in their reply what they do not understand.
    return Reply.of(code, text.replace(data.encode(), b"[...]") if data else text)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _user(account: Account) -> str:
    local, at, domain = account.user.rpartition("@")
    return f"{local}{at}{ascii_host(domain)}" if at else account.user
