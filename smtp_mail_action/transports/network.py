"""A connected socket within a time limit, or the reason why there is none."""

from __future__ import annotations

import queue
import socket
import threading
import time
from typing import Any

from ..core import reasons as why
from .errors import SmtpConnectionError

DNS_STEP = "dns"
CONNECT_STEP = "connect"


def resolve(host: str, port: int, seconds: float) -> list[tuple[Any, ...]]:
    """Return the addresses of a server, as ``getaddrinfo`` does.

    In a thread, because the system's resolver knows no time limit but its own.

    :raises SmtpConnectionError: when the name is unknown
    """
    answers: queue.SimpleQueue[list[tuple[Any, ...]] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, name="smtp-dns", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise SmtpConnectionError(DNS_STEP, why.DNS, f"no answer in {seconds:g} s") from None
    if isinstance(answer, OSError):
        raise SmtpConnectionError(DNS_STEP, why.DNS, answer.strerror or str(answer))
    return answer


def connect(addresses: list[tuple[Any, ...]], seconds: float) -> socket.socket:
    """Return a socket connected to the first address that answers.

    Each gets its share of the time: a name often has an IPv6 address first that leads nowhere.

    :raises SmtpConnectionError: what the last one said
    """
    deadline = time.monotonic() + seconds
    error: OSError = TimeoutError()
    for number, (family, kind, protocol, _name, address) in enumerate(addresses):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(left / (len(addresses) - number))
            # Else the final dot, a packet of its own, waits for the other side's acknowledgement.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(address)
        except OSError as failure:
            sock.close()
            error = failure
        else:
            return sock
    raise _connect_error(error, seconds)


def _connect_error(error: OSError, seconds: float) -> SmtpConnectionError:
    if isinstance(error, TimeoutError):
        return SmtpConnectionError(CONNECT_STEP, why.TIMEOUT, f"no connection in {seconds:g} s")
    if isinstance(error, ConnectionRefusedError):
        return SmtpConnectionError(CONNECT_STEP, why.CONNECTION_REFUSED, error.strerror or "")
    return SmtpConnectionError(CONNECT_STEP, why.UNREACHABLE, error.strerror or str(error))
