"""Records named in literals of relational fields.

Names need a database, so relations are resolved in two steps: the text becomes a list of
:class:`RecordToken` here, and the model layer looks them up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .values import LiteralError, parse_json, shown, unquoted

_EXTERNAL_ID = re.compile(r"[A-Za-z_]\w*\.[\w.\-]+\Z")
_REF_CALL = re.compile(r"(?:(?:self\.)?env\.)?ref\(\s*(['\"])(.+?)\1\s*\)(?:\.ids?)?\Z")


@dataclass(frozen=True)
class RecordToken:
    """One record named in a literal: exactly one of the attributes is set."""

    res_id: int = 0
    external_id: str = ""
    name: str = ""
    """A display name; also set beside ``external_id``, as a name may look like one."""


def parse_token(text: str) -> RecordToken | None:
    """Return the record a text names: an id, an external id, or a display name.

    ``ref('module.name')`` and ``env.ref('module.name').id`` are understood as written.

    :returns: None for an empty text or ``False``
    """
    text = text.strip()
    called = _REF_CALL.match(text)
    if called:
        return RecordToken(external_id=called.group(2))
    text = unquoted(text)
    if not text or text in ("False", "None", "0"):
        return None
    if text.isascii() and text.isdigit():
        return RecordToken(res_id=int(text))
    if _EXTERNAL_ID.match(text):
        return RecordToken(external_id=text, name=text)
    return RecordToken(name=text)


def parse_many(text: str) -> tuple[list[RecordToken], list[Any]]:
    """Return what a literal of a to-many field holds: named records, or x2many commands.

    One record per line, or separated by commas; or JSON: a list of ids and names, of new
    records as objects, or of commands such as ``[[0, 0, {"name": "x"}]]``.

    :returns: ``(tokens, commands)``, one of them empty
    :raises LiteralError: the JSON is neither
    """
    stripped = text.strip()
    if stripped[:1] in ("[", "{"):
        data = parse_json(stripped)
        return _many_from_json(data if isinstance(data, list) else [data])
    parts = stripped.splitlines() if "\n" in stripped else _split_commas(stripped)
    tokens = [parse_token(part) for part in parts]
    return [token for token in tokens if token], []


def is_command_list(value: Any) -> bool:
    """Tell whether ``value`` is a non-empty list of x2many commands."""
    return bool(value) and isinstance(value, list | tuple) and all(map(_is_command, value))


def _many_from_json(items: list[Any]) -> tuple[list[RecordToken], list[Any]]:
    if is_command_list(items):
        return [], [tuple(command) for command in items]
    if items and all(isinstance(item, dict) for item in items):
        return [], [(0, 0, item) for item in items]
    if all(isinstance(item, int | str) and not isinstance(item, bool) for item in items):
        tokens = [parse_token(str(item)) for item in items]
        return [token for token in tokens if token], []
    raise LiteralError("not_commands", value=shown(items))


def _is_command(item: Any) -> bool:
    return (
        isinstance(item, list | tuple)
        and 1 <= len(item) <= 3
        and isinstance(item[0], int)
        and not isinstance(item[0], bool)
        and 0 <= item[0] <= 6
    )


def _split_commas(text: str) -> list[str]:
    # A comma inside ref('…') or quotes does not occur in external ids; names use one per line.
    return text.split(",")
