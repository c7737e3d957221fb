"""Messages that arrive from outside, and messages that leave."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from odoo.addons.server_action_engine.core.subscriptions import MESSAGE

from .base import AFTER, CHANGE, MAIL, Trigger, _lt
from .registry import register

#: Kinds of messages the company sends, whoever is their author.
_SENT = frozenset({"email_outgoing", "auto_comment"})
#: Kinds of messages to somebody. The others tell of changes.
_WRITTEN = _SENT | {"comment", "email"}


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """What decides about the direction of a message."""

    kind: str
    """Odoo's ``message_type``."""
    is_note: bool
    """Whether only employees can read it."""
    has_internal_author: bool
    """Whether one of the company's own users wrote it."""
    reaches_outside: bool
    """Whether somebody outside the company is notified."""

    def directions(self) -> Collection[str]:
        """Return the keys of the triggers it sets off."""
        if self.is_note or self.kind not in _WRITTEN:
            return ()
        is_ours = self.has_internal_author or self.kind in _SENT
        found = []
        if self.kind == "email" or not is_ours:
            found.append(MailIn.key)
        if is_ours and self.reaches_outside:
            found.append(MailOut.key)
        return found


@register
@dataclass(frozen=True)
class MailIn(Trigger):
    """A message arrives on the record."""

    key = "on_mail_in"
    group = MAIL
    icon = "fa-envelope-open-o"
    help = _lt(
        "A message arrives: by e-mail, or written by somebody outside the company. Also when "
        "another rule brings it about."
    )
    events = frozenset({MESSAGE})
    filters = frozenset({AFTER, CHANGE})


@register
@dataclass(frozen=True)
class MailOut(Trigger):
    """A message leaves from the record."""

    key = "on_mail_out"
    group = MAIL
    icon = "fa-share"
    help = _lt(
        "One of your users, or an action in their name, writes to somebody outside "
        "the company. Also when another rule does it."
    )
    events = frozenset({MESSAGE})
    filters = frozenset({AFTER, CHANGE})
