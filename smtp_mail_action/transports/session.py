"""A session that sends one message after another, and knows when it must be renewed."""

from __future__ import annotations

import smtplib
import time
from dataclasses import replace

from ..core import reasons as why
from ..core.account import Account
from ..core.addresses import mailbox
from ..core.classification import DEFERRED, HELD, IN_DOUBT, MAIL, RCPT, REFUSED, SENT
from ..core.errors import AddressError
from ..core.results import RecipientResult, SendResult
from .connection import Login, open_connection
from .envelope import Envelope
from .reply_file import ReplyFile, read_reply
from .transaction import Transaction

#: Idle seconds after which a session is asked whether it is still there. Servers close idle ones
#: after minutes (RFC 5321 section 4.5.3.2.7 allows five); firewalls forget them without a word.
_IDLE_SECONDS = 20.0
_NOOP_SECONDS = 10.0
_QUIT_SECONDS = 2.0


class Session:
    """One connection to a server; used by one thread at a time."""

    def __init__(self, client: smtplib.SMTP, account: Account) -> None:
        """Take over an ``smtplib`` object that is connected and signed in.

        It may come from Odoo's ``ir.mail_server._connect__``: then its OAuth and certificate
        addons have done their part. Nothing the server said may be left unread.
        """
        if not isinstance(client.file, ReplyFile) and client.sock is not None:
            client.file = ReplyFile(client.sock)
        self._client = client
        self._account = account
        self._used_at = time.monotonic()
        self._broken = False
        self.sent = 0
        """Messages for which there was a transaction."""

    @classmethod
    def open(cls, account: Account, login: Login | None = None) -> Session:
        """Connect and sign in.

        :raises SmtpConnectionError: where and why it ended
        """
        return cls(open_connection(account, login), account)

    @property
    def usable(self) -> bool:
        """Whether a further message may be sent over it."""
        file = self._client.file
        in_step = isinstance(file, ReplyFile) and not file.unread
        return in_step and not self._broken and self.sent < self._account.messages_per_session

    @property
    def size_limit(self) -> int:
        """Bytes of the largest message, 0 for no limit: the account's or the server's."""
        announced = self._client.esmtp_features.get("size", "").strip()
        limits = [int(announced) if announced.isdigit() else 0, self._account.max_size_bytes]
        return min((limit for limit in limits if limit), default=0)

    def is_alive(self) -> bool:
        """Whether the server still listens; asks (NOOP) only after a pause."""
        if time.monotonic() - self._used_at > _IDLE_SECONDS and not self._broken:
            self._broken = not self._command("NOOP", _NOOP_SECONDS)
        return not self._broken

    def send(self, envelope: Envelope) -> SendResult:
        """Send one message; every recipient gets a result, and nothing is raised.

        Recipients the server wants in a further transaction (“too many”) are sent to at once,
        as long as each round gets somewhere.
        """
        prepared = _Prepared(envelope)
        results = {**prepared.problems}
        wire = envelope.wire()
        eight_bit = not envelope.content.isascii()
        results |= self._impossible(prepared, len(wire), envelope.smtputf8)
        left = [one for one in prepared.addresses if one not in results]
        while left:
            transaction = Transaction(
                self._client,
                self._account,
                prepared.sender,
                list(dict.fromkeys(prepared.addresses[one] for one in left)),
                wire,
                smtputf8=prepared.needs_smtputf8(left) or envelope.smtputf8,
                eight_bit=eight_bit,
                message_id=envelope.message_id,
            )
            self._run(transaction)
            found = {one: transaction.results[prepared.addresses[one]] for one in left}
            results |= found
            left = self._next_round(found)
        return SendResult(tuple(replace(results[one], address=one) for one in envelope.recipients))

    def _run(self, transaction: Transaction) -> None:
        self.sent += 1
        transaction.run()
        self._used_at = time.monotonic()
        self._broken = self._broken or transaction.broken
        if transaction.dirty and not self._broken:
            self._broken = not self._command("RSET", self._account.reply_seconds)

    def _next_round(self, found: dict[str, RecipientResult]) -> list[str]:
        if self._broken or not any(one.verdict == SENT for one in found.values()):
            return []
        return [
            address
            for address, one in found.items()
            if one.verdict == DEFERRED and one.reason == why.TOO_MANY_RECIPIENTS
        ]

    def _impossible(
        self, prepared: _Prepared, size: int, smtputf8: bool
    ) -> dict[str, RecipientResult]:
        """Return the results that are known before anything is sent."""
        limit = self.size_limit
        if limit and size > limit:
            detail = f"{size} bytes, and the limit is {limit}"
            return {
                address: RecipientResult(address, REFUSED, MAIL, why.TOO_BIG, detail, alarm=True)
                for address in prepared.addresses
            }
        if self._client.has_extn("smtputf8"):
            return {}
        everything = smtputf8 or not prepared.sender.isascii()
        return {
            address: RecipientResult(address, REFUSED, RCPT, why.SMTPUTF8_UNSUPPORTED)
            for address, on_the_wire in prepared.addresses.items()
            if everything or not on_the_wire.isascii()
        }

    def _command(self, command: str, seconds: float) -> bool:
        """Send a command without arguments; False also for a connection that is gone."""
        if self._client.sock is None:
            return False
        try:
            self._client.sock.settimeout(seconds)
            self._client.send(f"{command}\r\n".encode())
            return read_reply(self._client, seconds).code == 250
        except (OSError, smtplib.SMTPException):
            return False

    def close(self) -> None:
        """Say good-bye where somebody listens, and close."""
        if not self._broken:
            self._command("QUIT", _QUIT_SECONDS)
        self._broken = True
        self._client.close()


class _Prepared:
    """The addresses of an envelope in the form the wire wants, and those that have none."""

    def __init__(self, envelope: Envelope) -> None:
        self.problems: dict[str, RecipientResult] = {}
        self.addresses: dict[str, str] = {}
        """Recipient as given → address on the wire."""
        self.sender = ""
        try:
            self.sender = mailbox(envelope.sender, dotless=True).address if envelope.sender else ""
        except AddressError as error:
            for recipient in envelope.recipients:
                self.problems[recipient] = RecipientResult(
                    recipient, REFUSED, MAIL, why.SENDER_REFUSED, str(error), alarm=True
                )
            return
        for recipient in envelope.recipients:
            try:
                self.addresses[recipient] = mailbox(recipient, dotless=True).address
            except AddressError as error:
                self.problems[recipient] = RecipientResult(
                    recipient, REFUSED, RCPT, why.BAD_ADDRESS, str(error)
                )

    def needs_smtputf8(self, recipients: list[str]) -> bool:
        return not all(
            address.isascii()
            for address in (self.sender, *(self.addresses[one] for one in recipients))
        )


def lost_before_start(result: SendResult) -> bool:
    """Whether a session was gone before the message began: a fresh one may try at once.

    Many servers say 421 to a session they close for idleness, which then reads as the reply to
    the next command.
    """
    begun = {DEFERRED, IN_DOUBT, SENT} & {one.verdict for one in result.recipients}
    return not begun and any(
        one.verdict == HELD and one.stage == MAIL and (one.reason == why.DROPPED or one.code == 421)
        for one in result.recipients
    )
