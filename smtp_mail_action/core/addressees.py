"""Who gets one e-mail: addresses with language and time zone, and how texts divide them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from odoo.addons.server_action_engine.core.recipients import Locale, Recipient

from .address_lists import parse_addresses
from .addresses import MISSING, REASONS, Mailbox
from .headers import printable

Text = TypeVar("Text")


@dataclass(frozen=True, slots=True)
class Addressee:
    """One valid address of one e-mail."""

    mailbox: Mailbox
    locale: Locale = Locale()
    model: str = ""
    """Model of the record the address was read from, empty if it was written down."""
    res_id: int = 0

    def __str__(self) -> str:
        return str(self.mailbox)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody who was meant and cannot be written to."""

    shown: str
    """Address, or what led to an empty one; one line, not long."""
    why: str
    """A sentence."""


@dataclass(slots=True)
class Envelope:
    """The addresses of the e-mail for one record."""

    to: list[Addressee] = field(default_factory=list)
    cc: list[Addressee] = field(default_factory=list)
    bcc: list[Addressee] = field(default_factory=list)
    reply_to: list[Addressee] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def everybody(self) -> list[Addressee]:
        """Return all who get the e-mail."""
        return [*self.to, *self.cc, *self.bcc]


@dataclass(frozen=True, slots=True)
class Part:
    """One e-mail of a record: addresses that get the same text."""

    text: object
    to: tuple[Addressee, ...]
    cc: tuple[Addressee, ...] = ()
    bcc: tuple[Addressee, ...] = ()
    locale: Locale = Locale()


def addressees(recipients: Iterable[Recipient]) -> tuple[list[Addressee], list[Refusal]]:
    """Return the valid addresses, each once, and what is wrong with the others."""
    found: dict[str, Addressee] = {}
    refusals: list[Refusal] = []
    for one in recipients:
        parsed = parse_addresses(one.text)
        refusals += [Refusal(error.text, str(error)) for error in parsed.problems]
        if not parsed.mailboxes and not parsed.problems:
            shown = one.name or printable(one.origin)
            refusals.append(Refusal(shown, f"{shown}: {REASONS[MISSING]}."))
        for mailbox in parsed.mailboxes:
            if one.name and not mailbox.name:
                # A line break in a contact's name is a slip; its address is none the worse for it.
                mailbox = replace(mailbox, name=printable(" ".join(one.name.split()), 200))
            locale = Locale(one.lang, one.tz)
            known = found.get(mailbox.key)
            if known is None or (locale != Locale() and known.locale == Locale()):
                found[mailbox.key] = Addressee(mailbox, locale, one.model, one.res_id)
    return list(found.values()), refusals


def without_repeats(envelope: Envelope) -> Envelope:
    """Leave out copies for those who get the e-mail anyway: To before Cc before Bcc."""
    seen: set[str] = set()
    kept: list[list[Addressee]] = []
    for group in (envelope.to, envelope.cc, envelope.bcc):
        new = [one for one in group if one.mailbox.key not in seen]
        seen |= {one.mailbox.key for one in new}
        kept.append(new)
    return replace(envelope, to=kept[0], cc=kept[1], bcc=kept[2])


def locales_of(envelope: Envelope) -> list[Locale]:
    """Return in which ways the text is needed, each once, the one of the first addressee first."""
    return list(dict.fromkeys(one.locale for one in envelope.to))


def divide(
    envelope: Envelope, text_for: Callable[[Locale], Text], each: bool = False
) -> list[Part]:
    """Divide the addressees of a record into e-mails.

    Those whose texts are equal share one e-mail, whatever their languages are. Copies go with
    the first one: they show what the first addressee got.

    :param text_for: the text for a locale; texts are compared with ``==``
    :param each: one e-mail for each addressee, who does not see the others
    """
    groups: list[tuple[Text, Locale, list[Addressee]]] = []
    for one in envelope.to:
        text = text_for(one.locale)
        known = next((group for group in groups if group[0] == text), None)
        if known is None or each:
            groups.append((text, one.locale, [one]))
        else:
            known[2].append(one)
    return [
        Part(
            text,
            tuple(to),
            tuple(envelope.cc) if position == 0 else (),
            tuple(envelope.bcc) if position == 0 else (),
            locale,
        )
        for position, (text, locale, to) in enumerate(groups)
    ]


def written(people: Sequence[Addressee]) -> str:
    """Return addresses as Odoo's outgoing mails hold them: readable names, domains in ASCII."""
    shown = []
    for one in people:
        name = one.mailbox.name.replace("\\", "\\\\").replace('"', '\\"')
        shown.append(f'"{name}" <{one.mailbox.address}>' if name else one.mailbox.address)
    return ", ".join(shown)
