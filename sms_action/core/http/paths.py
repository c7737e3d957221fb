"""Find values in what a gateway answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import GatewayError

MAX_FOUND = 1_000
"""Values looked at: a message has at most 255 parts."""


def find_in_json(data: Any, path: str) -> tuple[str, ...]:
    """Return the values at a path as texts; true and false as in JSON, null not at all.

    :param path: of several with ``|`` between them, the first that finds something counts
    """
    found = (_find(data, one) for one in alternatives(path))
    return next((values for values in found if values), ())


def alternatives(path: str) -> list[str]:
    """Return the paths of one with ``|`` between them."""
    return [one.strip() for one in path.split("|") if one.strip()]


def _find(data: Any, path: str) -> tuple[str, ...]:
    found: list[str] = []
    for value in _walk(data, path.split(".")):
        if isinstance(value, bool):
            found.append("true" if value else "false")
        elif isinstance(value, str | int | float):
            found.append(storable(str(value)))
        if len(found) >= MAX_FOUND:
            break
    return tuple(found)


def find_in_text(text: str, pattern: str) -> tuple[str, ...]:
    """Return what the groups of a regular expression find.

    :raises GatewayError: when it is none
    """
    if not pattern:
        return ()
    try:
        found = re.finditer(pattern, text, re.MULTILINE)
    except re.error as error:
        raise GatewayError(f"{pattern} is no regular expression: {error}.") from error
    texts = (one.group(1) if one.re.groups else one.group() for one in found)
    return tuple(storable(text) for text in texts if text is not None)[:MAX_FOUND]


def storable(text: str) -> str:
    """Return the text without what no database stores: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def is_storable(text: str) -> bool:
    """Tell whether a database can be asked for the text."""
    return storable(text) == text


def _walk(data: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield data
        return
    step, rest = steps[0], steps[1:]
    if step == "*":
        elements = data.values() if isinstance(data, Mapping) else data
        if isinstance(elements, str) or not hasattr(elements, "__iter__"):
            return
        for element in elements:
            yield from _walk(element, rest)
    elif isinstance(data, Mapping):
        if step in data:
            yield from _walk(data[step], rest)
    elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
        yield from _walk(data[int(step)], rest)
