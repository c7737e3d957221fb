"""Lists of addresses as people write them: several in one text, with names, quotes and groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.utils import formataddr

from .addresses import LINE_BREAK, REASONS, UNCLEAR, Mailbox, mailbox
from .errors import AddressError
from .headers import FORBIDDEN, printable, spoken

_CLOSING = {'"': '"', "<": ">", "(": ")"}
_SEPARATORS = ",;"


@dataclass(frozen=True)
class Parsed:
    """What was found in one or several texts."""

    mailboxes: tuple[Mailbox, ...] = ()
    """In the order they were written, each address once."""
    problems: tuple[AddressError, ...] = ()
    """One for each entry that is no address; the others are not affected."""


def parse_addresses(*texts: str | None, dotless: bool = False) -> Parsed:
    """Read lists such as ``Ann <ann@example.com>; "Lee, Bo" <bo@example.com>``.

    Commas and semicolons divide; both are common, the semicolon from Outlook. A line break
    anywhere is a problem of its text, not a divider: it may be an attempt to write headers.
    An empty text is an empty list.
    """
    found: dict[str, Mailbox] = {}
    problems: list[AddressError] = []
    for entry in _entries(texts, problems):
        try:
            one = parse_mailbox(entry, dotless)
        except AddressError as error:
            problems.append(error)
        else:
            known = found.get(one.key)
            if known is None or (one.name and not known.name):
                found[one.key] = one
    return Parsed(tuple(found.values()), tuple(problems))


def parse_mailbox(text: str, dotless: bool = False) -> Mailbox:
    """Read one address with or without a name.

    :raises AddressError: also for more than one address
    """
    rest = _without_comments(text).strip()
    if not rest.endswith(">"):
        if "<" in rest or ">" in rest:
            raise _unclear(text)
        return mailbox(rest, "", dotless)
    before, opening, address = rest[:-1].rpartition("<")
    if not opening or ">" in address or _outside_quotes(before, "<>"):
        raise _unclear(text)
    return mailbox(address, _unquoted(before.strip()), dotless)


def header_value(mailboxes: Iterable[Mailbox]) -> str:
    """Return the value of To, Cc or Reply-To, ready for a message's bytes.

    Names are encoded (RFC 2047), domains stay in punycode: an encoded address would be illegal.
    """
    return ", ".join(_in_header(one) for one in mailboxes)


def _in_header(one: Mailbox) -> str:
    if not one.needs_smtputf8:
        return formataddr((one.name, one.address))
    name = formataddr((one.name, "x@x"))[: -len("<x@x>")] if one.name else ""
    return f"{name}<{one.address}>" if name else one.address


def _entries(texts: Iterable[str | None], problems: list[AddressError]) -> Iterator[str]:
    for text in texts:
        if not text:
            continue
        forbidden = FORBIDDEN.search(text.strip())
        if forbidden:
            shown = printable(text.strip())
            why = f"{REASONS[LINE_BREAK]}: {spoken(forbidden.group())}"
            message = f"“{shown}” cannot be used as a list of addresses: {why}."
            problems.append(AddressError(shown, LINE_BREAK, message))
            continue
        yield from (entry for entry in map(_ungrouped, _split(text)) if entry)


def _split(text: str) -> Iterator[str]:
    """Divide at commas and semicolons that stand outside quotes, angle brackets and comments."""
    start = 0
    closing = ""
    escaped = False
    for at, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\" and closing in ('"', ")"):
            escaped = True
        elif closing:
            closing = "" if character == closing else closing
        elif character in _CLOSING:
            closing = _CLOSING[character]
        elif character in _SEPARATORS:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()


def _ungrouped(entry: str) -> str:
    """Drop the name of a group (``Team: a@example.com``, RFC 5322 section 3.4)."""
    name, colon, rest = entry.partition(":")
    if colon and not any(mark in name for mark in '"<@(['):
        return rest.strip()
    return entry


def _without_comments(text: str) -> str:
    """Drop what stands in parentheses outside quotes."""
    kept: list[str] = []
    quoted = escaped = False
    depth = 0
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
        elif character == "(" and not quoted:
            depth += 1
        elif character == ")" and depth and not quoted:
            depth -= 1
            continue
        if not depth:
            kept.append(character)
    return "".join(kept)


def _outside_quotes(text: str, marks: str) -> bool:
    quoted = escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character in marks and not quoted:
            return True
    return False


def _unquoted(name: str) -> str:
    if len(name) >= 2 and name.startswith('"') and name.endswith('"'):
        name = name[1:-1]
    kept: list[str] = []
    escaped = False
    for character in name:
        if character == "\\" and not escaped:
            escaped = True
            continue
        kept.append(character)
        escaped = False
    return "".join(kept)


def _unclear(text: str) -> AddressError:
    shown = printable(text.strip())
    why = REASONS[UNCLEAR]
    return AddressError(shown, UNCLEAR, f"“{shown}” is no e-mail address: {why}.")
