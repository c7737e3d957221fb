"""Whom a message goes to: what an author writes, and what is found on a record for it.

A text such as ``partner_id.email, boss@example.com; followers`` lists sources. Where an entry is
written so that it could be read in two ways, the first of these wins: the word ``followers``, an
address as it stands, a field path, a text with ``[[ ]]`` or ``{{ }}`` in it, an expression.

What an address is – of e-mail, a telephone number – the caller says. Nothing is evaluated here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from . import template

FOLLOWERS = "followers"
LITERAL = "literal"
PATH = "path"
TEMPLATE = "template"
EXPRESSION = "expression"

#: Names of the record in expressions: ``object.partner_id.email`` is the path ``partner_id.email``.
RECORD_NAMES = ("object", "record", "obj")

_CHAIN = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_SEPARATORS = ",;\n"
_QUOTES = "'\""
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class Source:
    """One entry of a text that says whom a message goes to."""

    kind: str
    """One of the constants of this module."""
    value: str
    """The address, path, template or expression; empty for the followers."""
    text: str = ""
    """The entry as its author wrote it, for messages."""


@dataclass(frozen=True, slots=True)
class Locale:
    """How texts are written for somebody; empty: as for the user who starts the action."""

    lang: str = ""
    tz: str = ""

    def completed(self, *others: Locale) -> Locale:
        """Return this locale, with what is empty taken from the first of the others that has it."""
        lang, tz = self.lang, self.tz
        for other in others:
            lang, tz = lang or other.lang, tz or other.tz
        return Locale(lang, tz)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody found for a record; whether the text is a valid address is not known yet."""

    text: str
    """Address as it was found; may hold several, or be empty."""
    origin: str = ""
    """What led to it, as the author wrote it."""
    name: str = ""
    model: str = ""
    """Model of the record it was read from; empty for an address that was written down."""
    res_id: int = 0
    lang: str = ""
    """Language to write to them in; empty if not known."""
    tz: str = ""
    """Time zone to write to them in; empty if not known."""


def parse_sources(
    text: str | None, is_literal: Callable[[str], bool], is_path: Callable[[str], bool]
) -> tuple[Source, ...]:
    """Read a text that says whom a message goes to; an empty one has no sources.

    :param is_literal: tells whether a text is an address, or a list of addresses, as it stands
    :param is_path: tells whether a text is a path of fields that exist
    """
    whole = (text or "").strip()
    if not whole:
        return ()
    # Names in addresses may hold commas that divide nothing here.
    if is_literal(whole):
        return (Source(LITERAL, whole, whole),)
    return tuple(_source(entry, is_literal, is_path) for entry in split(whole))


def split(text: str) -> Iterator[str]:
    """Divide at commas, semicolons and line ends outside quotes and brackets.

    An expression that is a tuple is divided as well, which leaves its meaning as it is.
    """
    start = depth = 0
    position = 0
    while position < len(text):
        character = text[position]
        if character in _QUOTES:
            position = _closing_quote(text, position)
        elif character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth = max(0, depth - 1)
        elif character in _SEPARATORS and not depth:
            if entry := text[start:position].strip():
                yield entry
            start = position + 1
        position += 1
    if entry := text[start:].strip():
        yield entry


def path_of(source: str) -> str:
    """Return the field path an expression such as ``object.partner_id.email`` is, or ""."""
    stripped = source.strip()
    first, dot, rest = stripped.partition(".")
    if not _CHAIN.fullmatch(stripped):
        return ""
    if first in RECORD_NAMES and dot:
        return rest
    return stripped


def first_of_each(recipients: Iterable[Recipient]) -> Iterator[Recipient]:
    """Leave out what was found a second time, on the same record or as the same text."""
    seen: set[tuple[str, str, int]] = set()
    for one in recipients:
        key = (one.text.strip().casefold(), one.model, one.res_id)
        if key not in seen:
            seen.add(key)
            yield one


def _source(
    entry: str, is_literal: Callable[[str], bool], is_path: Callable[[str], bool]
) -> Source:
    if entry.casefold() == FOLLOWERS:
        return Source(FOLLOWERS, "", entry)
    if is_literal(entry):
        return Source(LITERAL, entry, entry)
    inside = _only_expression(entry)
    if inside is None:
        # With text around the marks, or an expression in them that cannot be read.
        return Source(TEMPLATE, entry, entry)
    path = path_of(inside)
    if path and is_path(path):
        return Source(PATH, path, entry)
    return Source(EXPRESSION, inside, entry)


def _only_expression(entry: str) -> str | None:
    """Return the one expression an entry consists of, None for a text with expressions in it."""
    try:
        parts = template.parse(entry).parts
    except template.TemplateError:
        return None
    if len(parts) == 1 and isinstance(parts[0], template.Expression) and not parts[0].default:
        return parts[0].source
    return None if any(not isinstance(part, str) for part in parts) else entry


def _closing_quote(text: str, opening: int) -> int:
    """Return the place of the quote that closes; ``opening`` if it is no quote (``O'Neill``)."""
    position = opening + 1
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] == text[opening]:
            return position
        position += 1
    return opening
