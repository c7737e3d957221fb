"""TCP ports on the loopback interface."""

from __future__ import annotations

import socket

from .errors import SetupError

_given: set[int] = set()


def free_port() -> int:
    """Return a port nothing listens on; no port is given twice by one process."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port


def demand_port(port: int, remedy: str) -> None:
    """Refuse a port that another program listens on."""
    with socket.socket() as probe:
        # As Odoo binds: a connection that is still closing does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SetupError(f"port {port} on 127.0.0.1 is taken", remedy) from error
