"""Reasons that servers only put into words, with a code that says little."""

from __future__ import annotations

import re

from . import reasons as why
from .replies import Reply

_ANY: tuple[tuple[str, str], ...] = (
    (r"authenticat\w+ (?:is )?(?:required|needed)|must (?:first )?(?:be )?auth|sign ?in first"
     r"|log ?in first|not (?:logged|signed) in", why.AUTH_REQUIRED),
    (r"must issue a starttls|starttls (?:is )?required|(?:encryption|tls) (?:is )?required",
     why.TLS_REQUIRED),
    (r"rela(?:y|ying) (?:access )?(?:is )?(?:denied|not (?:permitted|allowed))"
     r"|(?:unable|not permitted|not allowed) to relay|we do not relay", why.RELAY_DENIED),
    (r"too many recipients", why.TOO_MANY_RECIPIENTS),
    (r"rate.?limit|throttl|too many (?:messages|mails|emails|connections|concurrent)"
     r"|(?:sending|send|daily|hourly) (?:limit|quota)|too fast|slow down", why.RATE_LIMITED),
    (r"(?:mailbox|inbox|user|quota).{0,30}(?:full|exceeded|over ?quota)|over ?quota",
     why.MAILBOX_FULL),
    (r"(?:message|mail|size).{0,30}(?:too (?:large|big)|exceeds)|exceeds.{0,30}size", why.TOO_BIG),
    (r"black.?list|block.?list|blocked using|\brbl\b|dnsbl|spamhaus|poor reputation", why.BLOCKED),
    (r"\bspf\b|\bdkim\b|\bdmarc\b", why.SENDER_UNPROVEN),
    (r"\bspam\b|\bvirus\b|\bbulk mail\b", why.SPAM),
    (r"(?:user|recipient|mailbox|address|account).{0,20}(?:unknown|not found|does not exist"
     r"|doesn'?t exist|no such)|(?:no such|unknown) (?:user|recipient|mailbox|address)"
     r"|user doesn'?t exist", why.UNKNOWN_MAILBOX),
    (r"sender (?:address )?(?:rejected|refused|denied|not allowed)|not owned by user"
     r"|(?:not allowed|permissions?) to send as|sender verify failed", why.SENDER_REFUSED),
)  # fmt: skip
_TRANSIENT: tuple[tuple[str, str], ...] = ((r"gr[ae]y.?list", why.GREYLISTED),)


def _compiled(rules: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), reason) for pattern, reason in rules)


_ANY_RULES = _compiled(_ANY)
_TRANSIENT_RULES = _compiled(_TRANSIENT) + _ANY_RULES


def reason_in_words(reply: Reply) -> str | None:
    """Return the reason the text of a reply names, None if it names none."""
    # Long replies are advertising and addresses of help pages.
    text = reply.text[:1000]
    for pattern, reason in _TRANSIENT_RULES if reply.transient else _ANY_RULES:
        if pattern.search(text):
            return reason
    return None
