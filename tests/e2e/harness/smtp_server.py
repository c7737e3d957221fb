"""A real SMTP server on 127.0.0.1 that keeps what it receives and fails on demand."""

import email
import email.message
import email.policy
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller

from .meeting import wait_until


@dataclass
class Received:
    """One delivered message."""

    sender: str
    recipients: list[str]
    message: email.message.EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])


@dataclass
class SmtpServer:
    """Collects messages; ``port`` is chosen by the system."""

    messages: list[Received] = field(default_factory=list)
    refused_recipients: dict[str, str] = field(default_factory=dict)
    """Address → reply such as ``550 No such user``, given to RCPT."""
    replies_to_data: list[str] = field(default_factory=list)
    """Replies given instead of accepting the next messages, such as ``451 Try again``."""

    def start(self) -> "SmtpServer":
        # Port 0 lets the system choose; aiosmtpd connects to it once to see that it answers.
        self._controller = _Controller(self)
        self._controller.start()
        return self

    def stop(self) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return self._controller.server.sockets[0].getsockname()[1]

    def subjects(self) -> list[str]:
        return [one.subject for one in self.messages]

    def wait_for(self, count: int) -> list[Received]:
        """Return the messages as soon as there are ``count``."""
        wait_until(lambda: len(self.messages) >= count, f"{count} messages at the SMTP server")
        return self.messages

    # Called by aiosmtpd, in its thread.

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused_recipients:
            return self.refused_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.replies_to_data:
            return self.replies_to_data.pop(0)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append(Received(envelope.mail_from, list(envelope.rcpt_tos), message))
        return "250 Message accepted for delivery"


class _Controller(Controller):
    def __init__(self, handler):
        super().__init__(handler, hostname="127.0.0.1", port=0)

    def _trigger_server(self):
        # The base class connects to `self.port`, which is still 0.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
