"""Another server than a provider's usual one: a region, a proxy, a test."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from ..errors import GatewayError
from .description import HttpDescription


def at_server(description: HttpDescription, server: str) -> HttpDescription:
    """Return the description with its requests going to another server.

    :param server: such as ``https://api.dublin.ie1.twilio.com``; empty leaves it as it is
    :raises GatewayError: when it is no address of a server
    """
    if not server or "server" in description.options:
        return description
    try:
        parts = urlsplit(server)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise GatewayError(f"“{server}” is no server: it begins with https:// or http://.")
    return replace(
        description,
        url=_moved(description.url, server),
        test_url=_moved(description.test_url, server),
    )


def _moved(url: str, server: str) -> str:
    if not url:
        return url
    scheme, place = urlsplit(server)[:2]
    return urlunsplit(urlsplit(url)._replace(scheme=scheme, netloc=place))
