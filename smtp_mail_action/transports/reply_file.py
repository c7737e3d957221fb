"""Reading replies with a time limit for the reply as a whole.

A socket's own timeout begins anew with every byte: a server that sends one each minute would hold
a worker for ever. This takes the place of the file in ``smtplib``'s objects.
"""

from __future__ import annotations

import smtplib
import socket
import time

from ..core.replies import Reply

#: Bytes of one reply; real ones have a few hundred.
MAX_REPLY = 65536


class ReplyTooLongError(OSError):
    """The server does not stop talking."""


class ReplyFile:
    """The part of a binary file that ``smtplib.SMTP.getreply`` uses."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""
        self._deadline = 0.0
        self._room = MAX_REPLY

    @property
    def unread(self) -> bool:
        """Whether something came that nobody asked for: the next reply would be the wrong one."""
        return bool(self._buffer)

    def start(self, seconds: float) -> None:
        """Begin to wait for one reply."""
        self._deadline = time.monotonic() + seconds
        self._room = MAX_REPLY

    def readline(self, limit: int) -> bytes:
        """Return a line, or less at the end of the connection.

        :raises TimeoutError: when the reply's time is over
        """
        while b"\n" not in self._buffer and len(self._buffer) < limit:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the reply took too long")
            self._sock.settimeout(left)
            received = self._sock.recv(8192)
            if not received:
                break
            self._room -= len(received)
            if self._room < 0:
                raise ReplyTooLongError("the reply is too long")
            self._buffer += received
        end = self._buffer.find(b"\n") + 1 or len(self._buffer)
        end = min(end, limit)
        line, self._buffer = self._buffer[:end], self._buffer[end:]
        return line

    def close(self) -> None:
        """Forget what was not read; the socket is closed by its owner."""
        self._buffer = b""


def read_reply(client: smtplib.SMTP, seconds: float) -> Reply:
    """Wait for one reply at most so long.

    :raises ConnectionError: when the session was closed here
    :raises OSError, smtplib.SMTPException: when the connection is lost or the time is over
    """
    file = client.file
    if not isinstance(file, ReplyFile):
        raise ConnectionError("the session was closed")
    client.timeout = seconds
    file.start(seconds)
    return Reply.of(*client.getreply())
