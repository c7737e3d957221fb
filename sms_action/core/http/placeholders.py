"""Put values into the texts of a description. Values are data: nothing in them is interpreted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from ..errors import GatewayError
from ..message import Message
from ..segments import UCS2, split
from .account import HttpAccount
from .description import PLACEHOLDERS, HttpDescription

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
Values = Mapping[str, "str | int"]


class _Missing(Exception):
    """A placeholder has no value."""


def values_of(message: Message, account: HttpAccount) -> dict[str, str | int]:
    """Return the value of every placeholder."""
    segments = split(message.text)
    sender, url = message.sender, message.callback_url
    return {
        **account.options,
        "to": message.to.value,
        "to_digits": message.to.digits,
        "sender": sender.value if sender else "",
        "sender_digits": sender.digits if sender else "",
        "text": message.text,
        "reference": message.reference,
        "callback_url": url,
        "callback_join": ("&" if "?" in url else "?") if url else "",
        "validity_minutes": message.validity_minutes or "",
        "validity_seconds": message.validity_minutes * 60 or "",
        "kind": "unicode" if segments.encoding is UCS2 else "text",
        "coding": 2 if segments.encoding is UCS2 else 0,
        "parts": segments.count,
        "account": account.account,
        "secret": account.secret,
    }


def unknown_placeholders(description: HttpDescription) -> set[str]:
    """Return the placeholders of a description that mean nothing."""
    found: set[str] = set(_PLACEHOLDER.findall(description.url + description.test_url))
    for text in (*_texts(description.parameters), *description.headers.values()):
        found |= set(_PLACEHOLDER.findall(text))
    return found - set(PLACEHOLDERS) - set(description.options)


def fill_url(text: str, values: Values) -> str:
    """Return an address; values are escaped, so they cannot change its structure.

    A placeholder at the very beginning is the address of a server, and stands as it is.

    :raises GatewayError: when it holds a placeholder without a value
    """
    try:
        server = _PLACEHOLDER.match(text)
        start = str(_value(server.group(1), values)) if server else ""
        rest = text[server.end() :] if server else text
        return start + _substitute(rest, values, _quote)
    except _Missing as missing:
        raise GatewayError(f"The address of the gateway needs a value for {missing}.") from None


def fill(template: Any, values: Values) -> Any:
    """Return a structure with its texts filled in; what has no value is left out.

    A text that is one placeholder keeps the kind of its value: a number stays a number.
    """
    try:
        return _fill(template, values)
    except _Missing:
        return None


def _fill(template: Any, values: Values) -> Any:
    if isinstance(template, str):
        whole = _PLACEHOLDER.fullmatch(template)
        return _value(whole.group(1), values) if whole else _substitute(template, values, str)
    if isinstance(template, Mapping):
        filled = {name: fill(one, values) for name, one in template.items()}
        return {name: one for name, one in filled.items() if one is not None}
    if isinstance(template, list | tuple):
        return [one for one in (fill(part, values) for part in template) if one is not None]
    return template


def _substitute(text: str, values: Values, write: Callable[[str | int], str]) -> str:
    return _PLACEHOLDER.sub(lambda found: write(_value(found.group(1), values)), text)


def _value(name: str, values: Values) -> str | int:
    value = values.get(name)
    if value is None or value == "":
        raise _Missing(name)
    return value


def _quote(value: str | int) -> str:
    return quote(str(value), safe="")


def _texts(template: Any) -> list[str]:
    if isinstance(template, str):
        return [template]
    if isinstance(template, Mapping):
        return [text for one in template.values() for text in _texts(one)]
    if isinstance(template, list | tuple):
        return [text for one in template for text in _texts(one)]
    return []
