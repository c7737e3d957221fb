"""A socket that follows a script: for servers so broken that no real one can be made to behave so.

A script is a function of a connection. It is no SMTP server and proves nothing about real ones.
"""

import contextlib
import socket
import threading


class ScriptServer:
    """Runs the script once for each connection, each in a thread. Use as a ``with`` block."""

    def __init__(self, script):
        self._script = script
        self.connections = 0
        self.errors = []

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._socket.close()

    def _accept(self):
        while True:
            try:
                sock, _address = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._run, args=(sock,), daemon=True).start()

    def _run(self, sock):
        with sock, contextlib.suppress(ConnectionError, TimeoutError):
            sock.settimeout(20)
            self._script(Line(sock))


class Line:
    """One connection as a script sees it."""

    def __init__(self, sock):
        self.sock = sock
        self._file = sock.makefile("rb")

    def say(self, text):
        self.sock.sendall(text.encode() + b"\r\n")

    def hear(self):
        return self._file.readline().decode().strip()

    def talk(self, until, replies=None):
        """Answer politely until a command that begins so is heard; returns that command."""
        self.say("220 script ESMTP")
        while True:
            heard = self.hear()
            if not heard or heard.upper().startswith(until):
                return heard
            self.say((replies or {}).get(heard.split()[0].upper(), "250 OK"))

    def message(self):
        """Ask for the message and read it to its end."""
        self.say("354 Go on")
        lines = []
        while (line := self._file.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)
