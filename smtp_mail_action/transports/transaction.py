"""One message over one session: MAIL, RCPT, DATA, the content, and the answer to it.

The line between *not sent* and *in doubt* is the final dot. RFC 5321, section 4.1.1.4: a server
takes no message over before it has seen the dot. So whatever breaks before the dot is handed to the
system has sent nothing; whatever breaks after it may have, until a reply says so.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..core import reasons as why
from ..core.account import Account
from ..core.classification import DATA, DEFERRED, END, HELD, MAIL, RCPT, classify
from ..core.dsn import mail_parameters, rcpt_parameters
from ..core.replies import Reply
from ..core.results import RecipientResult, accepted, from_classification, in_doubt
from .reply_file import read_reply

FINAL_DOT = b".\r\n"
#: RFC 2920 leaves the number open; replies to so many fit into any receive buffer.
_PIPELINED_RECIPIENTS = 50
_CHUNK = 65536
#: Seconds to wait for a reply the server may have sent before it closed the connection.
_LAST_WORDS_SECONDS = 2.0


class ConnectionLostError(Exception):
    """The conversation broke off; ``str`` says how."""


@dataclass
class Transaction:
    """The conversation about one message and some of its recipients."""

    client: smtplib.SMTP
    account: Account
    sender: str
    recipients: Sequence[str]
    wire: bytes = field(repr=False)
    """The content with CRLF line ends and doubled dots."""
    smtputf8: bool = False
    eight_bit: bool = False
    message_id: str = ""

    results: dict[str, RecipientResult] = field(default_factory=dict)
    broken: bool = False
    """The session must not be used again."""
    dirty: bool = False
    """The server waits in the middle of a transaction: RSET comes first."""
    stage: str = MAIL
    dot_sent: bool = False

    def run(self) -> None:
        """Fill :attr:`results` with one outcome for each recipient; raises nothing."""
        try:
            at_once = self.account.pipelining and self.client.has_extn("pipelining")
            self._content(*(self._envelope_at_once() if at_once else self._envelope_step_by_step()))
        except (ConnectionLostError, OSError, smtplib.SMTPException) as error:
            self.broken = True
            self._lost(error)

    # The envelope

    def _envelope_step_by_step(self) -> tuple[list[str], Reply | None]:
        self._write(self._mail_line())
        if not self._mail_reply(self._reply()):
            return [], None
        self.stage = RCPT
        agreed = []
        for recipient in self.recipients:
            self._write(self._rcpt_line(recipient))
            if self._rcpt_reply(recipient, self._reply()):
                agreed.append(recipient)
        if not agreed:
            return [], None
        self.stage = DATA
        self._write(b"DATA\r\n")
        return agreed, self._reply()

    def _envelope_at_once(self) -> tuple[list[str], Reply]:
        """The same in one go; DATA has to be the last of a group (RFC 2920, section 3.1)."""
        groups = [
            self.recipients[at : at + _PIPELINED_RECIPIENTS]
            for at in range(0, len(self.recipients), _PIPELINED_RECIPIENTS)
        ]
        mail_agreed = False
        agreed: list[str] = []
        for number, group in enumerate(groups):
            lines = [] if number else [self._mail_line()]
            lines += [self._rcpt_line(recipient) for recipient in group]
            if group is groups[-1]:
                lines.append(b"DATA\r\n")
            self._write(b"".join(lines))
            if not number:
                mail_agreed = self._mail_reply(self._reply())
                self.stage = RCPT
            for recipient in group:
                reply = self._reply()
                # After a refused sender the replies to the rest mean nothing.
                if mail_agreed and self._rcpt_reply(recipient, reply):
                    agreed.append(recipient)
        self.stage = DATA
        return agreed, self._reply()

    def _mail_line(self) -> bytes:
        parts = [f"MAIL FROM:<{self.sender}>"]
        if self.client.has_extn("size"):
            parts.append(f"SIZE={len(self.wire)}")
        if self.eight_bit and self.client.has_extn("8bitmime"):
            parts.append("BODY=8BITMIME")
        if self.smtputf8:
            parts.append("SMTPUTF8")
        if self._asks_for_reports():
            parts += mail_parameters(self.message_id)
        return f"{' '.join(parts)}\r\n".encode()

    def _rcpt_line(self, recipient: str) -> bytes:
        parts = [f"RCPT TO:<{recipient}>"]
        if self._asks_for_reports():
            parts += rcpt_parameters(recipient)
        return f"{' '.join(parts)}\r\n".encode()

    def _asks_for_reports(self) -> bool:
        return self.account.reports and self.client.has_extn("dsn")

    def _mail_reply(self, reply: Reply) -> bool:
        if reply.accepted:
            self.dirty = True
            return True
        self._refuse(self.recipients, MAIL, reply)
        return False

    def _rcpt_reply(self, recipient: str, reply: Reply) -> bool:
        if reply.accepted:
            return True
        self._refuse([recipient], RCPT, reply)
        return False

    # The content

    def _content(self, agreed: list[str], data: Reply | None) -> None:
        if data is None:
            return
        if data.code != 354:
            if agreed:
                self._refuse(agreed, DATA, _not_354(data))
            return
        if not agreed:
            # The server wants a message nobody is to get: RFC 2920, section 3.1, ends it empty.
            self._write(FINAL_DOT)
            self._reply()
            self.dirty = False
            return
        self._write_content()
        self.stage = END
        reply = self._reply(self.account.data_seconds)
        if not reply.accepted and not reply.refuses:
            raise ConnectionLostError(f"the answer was no SMTP: {reply.shown}")
        # RFC 5321 has the server forget a refused message as well; some that fail do not.
        self.dirty = not reply.accepted
        if reply.accepted:
            self.results.update({one: accepted(one, reply) for one in agreed})
        else:
            self._refuse(agreed, END, reply)

    def _write_content(self) -> None:
        try:
            content = memoryview(self.wire)
            for at in range(0, len(content), _CHUNK):
                self._write(content[at : at + _CHUNK])
            self._write_dot()
        except ConnectionError:
            # A server may refuse before the end, close, and leave its reply to be read.
            reply = self._last_words()
            if reply and reply.refuses:
                self._refuse(self._open(), END, reply)
            raise

    def _write_dot(self) -> None:
        """Send the final dot; its own packet, so that its fate is known by itself."""
        try:
            self._write(FINAL_DOT)
        except ConnectionError:
            # The system did not take the bytes: the connection was gone already.
            raise
        except OSError:
            # A time limit in the middle of a TLS record: part of it may be on its way.
            self.dot_sent = True
            raise
        self.dot_sent = True

    # Wires

    def _write(self, data: bytes | memoryview) -> None:
        sock = self.client.sock
        if sock is None:
            raise ConnectionLostError("the session was closed")
        sock.settimeout(self.account.reply_seconds)
        sock.sendall(data)

    def _reply(self, seconds: float | None = None) -> Reply:
        reply = read_reply(self.client, seconds or self.account.reply_seconds)
        if not reply.code and self.stage != END:
            raise ConnectionLostError(f"the answer was no SMTP: {reply.shown}")
        return reply

    def _last_words(self) -> Reply | None:
        try:
            return self._reply(_LAST_WORDS_SECONDS)
        except (ConnectionLostError, OSError, smtplib.SMTPException):
            return None

    # Outcomes

    def _open(self) -> list[str]:
        return [one for one in self.recipients if one not in self.results]

    def _refuse(self, recipients: Sequence[str], stage: str, reply: Reply) -> None:
        found = classify(stage, reply)
        self.broken = self.broken or found.close
        self.results.update(
            {one: from_classification(one, stage, found, reply) for one in recipients}
        )

    def _lost(self, error: Exception) -> None:
        detail = said(error)
        timeout = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
        for recipient in self._open():
            if self.dot_sent:
                self.results[recipient] = in_doubt(recipient, detail)
                continue
            # Lost before a recipient was named: the server's trouble. Later it may be the
            # message's, so the attempt counts and its back-off grows.
            self.results[recipient] = RecipientResult(
                recipient,
                HELD if self.stage == MAIL else DEFERRED,
                self.stage,
                why.TIMEOUT if timeout else why.DROPPED,
                detail,
            )


def said(error: BaseException) -> str:
    """Return what an error of the network says, on one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return Reply(0, text).shown


def _not_354(reply: Reply) -> Reply:
    """A server that accepts DATA otherwise than with 354 has lost its way."""
    return Reply(451, reply.text) if reply.accepted else reply
