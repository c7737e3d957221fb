"""One worker's line to a gateway: a connection that is kept, and a limit for a whole answer."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Line:
    """A session, used by one thread, watched by another.

    The library limits the wait for each piece of an answer, not for the whole: a server that sends
    a letter now and then would hold a worker for ever.
    """

    def __init__(self) -> None:
        self.session = requests.Session()
        # Nothing is repeated behind the caller's back; an authentication that does nothing keeps a
        # .netrc from replacing ours.
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, _Adapter(self))
        self.session.auth = lambda request: request
        self.session.headers["User-Agent"] = "odoo-sms-action"
        self.connecting = False
        """Whether a connection was begun and did not come about: nothing was sent then."""
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._end: float | None = None

    @contextlib.contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Bound the time that one request may take in all."""
        with self._lock:
            self._end = time.monotonic() + seconds
            self.connecting = False
        try:
            yield
        finally:
            with self._lock:
                self._end = None

    def enforce(self) -> None:
        """End the connection of a request that has taken too long. For another thread."""
        with self._lock:
            if self._end is None or time.monotonic() < self._end or self._socket is None:
                return
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def connected(self, sock: socket.socket) -> None:
        """Take the socket that requests are written to from now on."""
        with self._lock:
            self._socket = sock
            self.connecting = False


class _Adapter(HTTPAdapter):  # type: ignore[misc]
    """Tells which socket a request uses."""

    def __init__(self, line: Line) -> None:
        self._pools = _pools(line)
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **values: Any) -> Any:
        """Watch direct connections."""
        done = super().init_poolmanager(*args, **values)
        self.poolmanager.pool_classes_by_scheme = self._pools
        return done

    def proxy_manager_for(self, *args: Any, **values: Any) -> Any:
        """Watch those through a proxy."""
        manager = super().proxy_manager_for(*args, **values)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(line: Line) -> dict[str, type]:
    class Plain(HTTPConnection):  # type: ignore[misc]
        def connect(self) -> Any:
            line.connecting = True
            done = super().connect()
            line.connected(self.sock)
            return done

    class Secure(HTTPSConnection):  # type: ignore[misc]
        def connect(self) -> Any:
            line.connecting = True
            done = super().connect()
            line.connected(self.sock)
            return done

    class PlainPool(HTTPConnectionPool):  # type: ignore[misc]
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):  # type: ignore[misc]
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
