"""Write the request for a message."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from ..errors import GatewayError
from ..message import Message
from ..segments import check, split
from .account import HttpAccount
from .description import FORM, JSON, QUERY, HttpDescription
from .paths import find_in_text
from .placeholders import fill, fill_url, unknown_placeholders, values_of


@dataclass(frozen=True)
class HttpRequest:
    """What is sent. It holds secrets, also in its address: only its method is shown."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __repr__(self) -> str:
        return f"<{self.method} request to {urlsplit(self.url).hostname}>"


def check_description(description: HttpDescription) -> None:
    """Check what can be checked before anything is sent.

    :raises GatewayError: saying what its author has to change
    """
    unknown = unknown_placeholders(description)
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in sorted(unknown))
        raise GatewayError(f"The gateway {description.label} has no value for {names}.")
    if description.format not in (FORM, JSON, QUERY):
        raise GatewayError(f"{description.format} is no format of parameters.")
    rules = description.reply
    if rules.format == "text":
        for pattern in (rules.provider_id, rules.code, rules.error_code, rules.error_text):
            find_in_text("", pattern)
    elif rules.format != "json":
        raise GatewayError(f"{rules.format} is no format of answers.")


def probe_request(message: Message, account: HttpAccount) -> HttpRequest:
    """Return the request that tries the account; where the gateway has none, the address only.

    :param message: stands for one, in what every request of the gateway says
    :raises GatewayError: when the description cannot be used
    """
    sending = build_request(message, account)
    address = account.description.test_url
    if not address:
        return HttpRequest("GET", sending.url)
    return HttpRequest(
        "GET",
        fill_url(address, values_of(message, account)),
        tuple((name, text) for name, text in sending.headers if name != "Content-Type"),
    )


def build_request(message: Message, account: HttpAccount) -> HttpRequest:
    """Return the request that sends a message.

    :raises GatewayError: when the description cannot be used
    :raises TextError: for a text that is empty or too long
    """
    description = account.description
    check_description(description)
    check(split(message.text))
    values = values_of(message, account)
    url = fill_url(description.url, values)
    if not _has_host(url):
        raise GatewayError("The address of a gateway begins with https:// or http:// and a host.")
    parameters = fill(description.parameters, values)
    headers = {name: str(text) for name, text in fill(description.headers, values).items()}
    body = b""
    if description.format == JSON:
        body = json.dumps(parameters, ensure_ascii=False).encode()
        headers.setdefault("Content-Type", "application/json")
    elif description.format == FORM:
        body = urlencode(_flat(parameters)).encode()
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    elif parameters:
        url += ("&" if "?" in url else "?") + urlencode(_flat(parameters))
    if description.basic_auth:
        pair = base64.b64encode(f"{account.account}:{account.secret}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
    return HttpRequest(description.method, url, _checked(headers), body)


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # Half a pair of brackets, for instance.
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _flat(parameters: dict[str, object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in parameters.items():
        several = value if isinstance(value, list) else [value]
        pairs += [(name, str(one)) for one in several]
    return pairs


def _checked(headers: dict[str, str]) -> tuple[tuple[str, str], ...]:
    for name, text in headers.items():
        if not text.isprintable() or not text.isascii():
            raise GatewayError(f"The header {name} may hold printable ASCII characters only.")
    return tuple(headers.items())
