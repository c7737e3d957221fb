"""A fake SMSC that breaks the protocol, as no honest server can be made to do.

It is no stand-in for a real SMSC: it knows binds, and what it shall do wrong.
"""

import contextlib
import socket
import struct
import threading

BIND_TRANSCEIVER, SUBMIT_SM, UNBIND = 9, 4, 6


def pdu(command, sequence, status=0, body=b""):
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


class OddSmsc:
    """Answers each submission with ``reply(number, sequence)``: bytes, None for silence, or an
    exception class to close the connection with. ``greeting`` is sent after each bind."""

    def __init__(self, reply=None, greeting=b"", bind=None):
        self._reply, self._greeting, self._bind = reply, greeting, bind
        self.submitted = 0
        self.received = []
        """Commands that came, with their status."""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._server.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as stream:
            while len(head := stream.read(16)) == 16:
                length, command, status, sequence = struct.unpack(">IIII", head)
                stream.read(length - 16)
                self.received.append((command, status))
                if command == BIND_TRANSCEIVER:
                    bind = self._bind or pdu(command | 1 << 31, sequence, 0, b"odd\0")
                    connection.sendall(bind + self._greeting)
                elif command == SUBMIT_SM:
                    self.submitted += 1
                    answer = self._reply(self.submitted, sequence)
                    if answer is EOFError:
                        return
                    connection.sendall(answer or b"")
                elif command == UNBIND:
                    connection.sendall(pdu(command | 1 << 31, sequence))

    def close(self):
        self._server.close()
