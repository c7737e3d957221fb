"""aiosmtpd with accounts, TLS, limits, and refusals or lost connections where a test wants them."""

import contextlib
import logging
import warnings
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

logging.getLogger("mail.log").setLevel(logging.CRITICAL)

ABORT = "abort"
"""In place of a reply: the connection is cut."""


@dataclass
class Received:
    """One message that was taken over or cut off after its last byte."""

    sender: str
    recipients: list[str]
    content: bytes
    accepted: bool


@dataclass
class MailServer:
    """What is expected and what was seen. Use as a ``with`` block."""

    context: object = None
    """TLS settings; with ``starttls`` for that, else for TLS from the start."""
    starttls: bool = False
    users: dict[str, str] = field(default_factory=dict)
    """User → password; with any, only they may send."""
    smtputf8: bool = True
    dsn: bool = False
    """Whether it offers RFC 3461, whose parameters it writes down; aiosmtpd refuses all others."""
    size_limit: int = 10_000_000
    rcpt: dict[str, str] = field(default_factory=dict)
    """Recipient → reply to RCPT, or ABORT."""
    mail: list[str] = field(default_factory=list)
    """Replies to the next MAIL commands, or ABORT."""
    data: list[str] = field(default_factory=list)
    """Replies to the next messages, or ABORT: cut after the last byte, before the answer."""
    max_sessions: int = 0
    """Sessions at once; a further one is sent away with 421. 0: any number."""

    before_answer: object = None
    """Called with a message after its last byte, before it is answered."""

    received: list[Received] = field(default_factory=list)
    sign_ins: list[str] = field(default_factory=list)
    """User names of all attempts."""
    sessions: int = 0
    """Sessions that said EHLO."""
    most_at_once: int = 0
    commands: list[str] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)
    """Of MAIL and RCPT, as far as they ask for reports."""

    def __enter__(self):
        self._open = set()
        options = {
            "auth_require_tls": False,
            "auth_required": bool(self.users),
            "authenticator": self._authenticate,
            "enable_SMTPUTF8": self.smtputf8,
            "data_size_limit": self.size_limit,
            "tls_context": self.context if self.starttls else None,
        }
        implicit = None if self.starttls else self.context
        self._controller = _Controller(self, ssl_context=implicit, **options)
        self._controller.start()
        return self

    def __exit__(self, *_error):
        self._controller.stop(no_assert=True)

    @property
    def port(self):
        return self._controller.server.sockets[0].getsockname()[1]

    @property
    def accepted(self):
        return [one for one in self.received if one.accepted]

    def recipients(self):
        """All recipients of accepted messages, sorted."""
        return sorted(to for one in self.accepted for to in one.recipients)

    # Called by aiosmtpd, in its thread.

    def _authenticate(self, _server, _session, _envelope, _mechanism, data):
        assert isinstance(data, LoginPassword)
        user = data.login.decode()
        self.sign_ins.append(user)
        right = self.users.get(user) == data.password.decode()
        return AuthResult(success=right, handled=False)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.sessions += 1
        self._open = {one for one in self._open if not one.is_closing()} | {server.transport}
        self.most_at_once = max(self.most_at_once, len(self._open))
        if self.max_sessions and len(self._open) > self.max_sessions:
            server.transport.write(b"421 4.7.0 Too many sessions\r\n")
            server.transport.close()
            return []
        return [*responses[:-1], "250-DSN", responses[-1]] if self.dsn else responses

    def take_parameters(self, argument):
        """Return the argument of a command without what asks for reports."""
        if not self.dsn:
            return argument
        parts = (argument or "").split(" ")
        asked = [one for one in parts if one.startswith(("RET=", "ENVID=", "NOTIFY=", "ORCPT="))]
        self.parameters += asked
        return " ".join(one for one in parts if one not in asked)

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.commands.append(f"MAIL {address}")
        reply = self.mail.pop(0) if self.mail else "250 OK"
        if reply == ABORT:
            return self._cut(server)
        if reply.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = self.rcpt.get(address, "250 OK")
        if reply == ABORT:
            return self._cut(server)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_NOOP(self, server, session, envelope, arg):
        self.commands.append("NOOP")
        return "250 OK"

    async def handle_RSET(self, server, session, envelope):
        self.commands.append("RSET")
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        reply = self.data.pop(0) if self.data else "250 2.0.0 Taken"
        received = Received(
            envelope.mail_from,
            list(envelope.rcpt_tos),
            envelope.content,
            reply.startswith("250"),
        )
        self.received.append(received)
        if self.before_answer:
            self.before_answer(received)
        if reply == ABORT:
            return self._cut(server)
        return reply

    @staticmethod
    def _cut(server):
        server.transport.abort()
        return "421 Never sent"


class _Smtp(SMTP):
    async def smtp_MAIL(self, arg):
        await super().smtp_MAIL(self.event_handler.take_parameters(arg))

    async def smtp_RCPT(self, arg):
        await super().smtp_RCPT(self.event_handler.take_parameters(arg))


class _Controller(Controller):
    def __init__(self, handler, **options):
        super().__init__(handler, hostname="127.0.0.1", port=0, **options)

    def factory(self):
        # It warns of sign-in without TLS, which some tests are about.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _Smtp(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self):
        # The base class connects to `self.port`, which is still 0, and checks the certificate. That
        # the socket listens is enough.
        self.port = self.server.sockets[0].getsockname()[1]
        with contextlib.suppress(Exception):
            super()._trigger_server()
