"""Try an account at an HTTP gateway without sending a message."""

from __future__ import annotations

import socket
import ssl
import threading
from urllib.parse import urlsplit

import requests

from ..core.http.account import HttpAccount
from ..core.http.request import HttpRequest, probe_request
from ..core.message import Message
from ..core.numbers import Address
from ..core.outcome import Fate, Outcome, accepted
from .http_errors import outcome_of_error
from .http_line import Line
from .secret_logs import SECRETS

SAMPLE = Message(
    key="sample",
    to=Address("+31612345678"),
    text="Hello",
    sender=Address("+31612345679"),
    reference="sample",
)
"""What stands for a message where none is sent."""


def probe(account: HttpAccount) -> Outcome:
    """Return whether messages could leave: *accepted*, or what is wrong.

    Where the gateway has an address for it, account and secret are tried; else only its server.

    :raises GatewayError: when it cannot be used as it is described
    """
    SECRETS.protect(account)
    request = probe_request(SAMPLE, account)
    if account.description.test_url:
        return _ask(account, request)
    return _connect(account, request)


def _ask(account: HttpAccount, request: HttpRequest) -> Outcome:
    line = Line()
    seconds = account.connect_seconds + account.answer_seconds
    watch = threading.Timer(seconds + 0.1, line.enforce)
    watch.daemon = True
    watch.start()
    try:
        with (
            line.limit(seconds),
            line.session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                timeout=(account.connect_seconds, account.answer_seconds),
                allow_redirects=False,
                # Its status says everything: the rest may be of any length.
                stream=True,
            ) as answer,
        ):
            pass
    except requests.RequestException as error:
        return outcome_of_error(error, line.connecting)
    finally:
        watch.cancel()
        line.session.close()
    if answer.ok and answer.status_code < 300:
        return accepted(code=str(answer.status_code))
    reason = "credentials" if answer.status_code in (401, 403) else "address"
    text = account.mask(f"The gateway answered HTTP status {answer.status_code}.")
    return Outcome(Fate.GATEWAY, reason, text, code=str(answer.status_code))


def _connect(account: HttpAccount, request: HttpRequest) -> Outcome:
    parts = urlsplit(request.url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection(
            (parts.hostname or "", port), timeout=account.connect_seconds
        ) as plain:
            if parts.scheme == "https":
                with ssl.create_default_context().wrap_socket(
                    plain, server_hostname=parts.hostname
                ):
                    pass
    except ssl.SSLError as error:
        return Outcome(Fate.GATEWAY, "certificate", f"{parts.hostname}: {error.reason or error}.")
    except OSError as error:
        text = f"{parts.hostname}:{port}: {error.strerror or error}."
        return Outcome(Fate.RETRY, "unreachable", account.mask(text))
    except ValueError as error:
        # A port above 65535, a label of a host's name that is too long.
        text = f"The request cannot be made ({type(error).__name__})."
        return Outcome(Fate.GATEWAY, "address", text)
    return accepted()
