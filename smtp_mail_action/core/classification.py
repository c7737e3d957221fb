"""What a server's refusal means for the recipient, the message, the sender or the account.

Sources: RFC 5321 (codes), RFC 3463 and the IANA registry of enhanced status codes, RFC 4954
(AUTH), RFC 3207 (STARTTLS). Servers are creative, so texts are read as well where codes are vague.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import reasons as why
from .replies import Reply
from .reply_words import reason_in_words

# Stages of a conversation, in their order.
CONNECT = "connect"
HELLO = "hello"
TLS = "tls"
AUTH = "auth"
MAIL = "mail"
RCPT = "rcpt"
DATA = "data"
END = "end"
"""The end of the message: what comes after it and before the server's answer is in doubt."""

SENT = "sent"
REFUSED = "refused"
DEFERRED = "deferred"
IN_DOUBT = "in_doubt"
HELD = "held"
"""Trouble of the account or the server: nothing is counted against the message."""
VERDICTS = (SENT, REFUSED, DEFERRED, IN_DOUBT, HELD)

_ACCOUNT_REASONS = frozenset(
    {why.AUTH_FAILED, why.AUTH_REQUIRED, why.AUTH_UNSUPPORTED, why.TLS_REQUIRED}
)
_ALARMS = _ACCOUNT_REASONS | {
    why.TOO_BIG,
    why.SENDER_REFUSED,
    why.RELAY_DENIED,
    why.RATE_LIMITED,
}

_ENHANCED: dict[tuple[int, int], str] = {
    (1, 1): why.UNKNOWN_MAILBOX,
    (1, 2): why.UNKNOWN_DOMAIN,
    (1, 3): why.BAD_ADDRESS,
    (1, 4): why.BAD_ADDRESS,
    (1, 6): why.MOVED,
    (1, 7): why.SENDER_REFUSED,
    (1, 8): why.SENDER_REFUSED,
    (1, 10): why.UNKNOWN_DOMAIN,
    (2, 1): why.MAILBOX_DISABLED,
    (2, 2): why.MAILBOX_FULL,
    (2, 3): why.TOO_BIG,
    (3, 1): why.SERVER_FULL,
    (3, 4): why.TOO_BIG,
    (4, 4): why.UNKNOWN_DOMAIN,
    (4, 6): why.LOOP,
    (5, 3): why.TOO_MANY_RECIPIENTS,
    (6, 7): why.SMTPUTF8_UNSUPPORTED,
    (7, 8): why.AUTH_FAILED,
    (7, 9): why.AUTH_UNSUPPORTED,
    (7, 10): why.TLS_REQUIRED,
    (7, 11): why.TLS_REQUIRED,
    (7, 13): why.AUTH_FAILED,
    (7, 20): why.SENDER_UNPROVEN,
    (7, 21): why.SENDER_UNPROVEN,
    (7, 22): why.SENDER_UNPROVEN,
    (7, 23): why.SENDER_UNPROVEN,
    (7, 24): why.SENDER_UNPROVEN,
    (7, 25): why.BLOCKED,
    (7, 26): why.SENDER_UNPROVEN,
    (7, 27): why.SENDER_REFUSED,
    (7, 28): why.RATE_LIMITED,
}
# Where the text may say more.
_VAGUE = {(3, 2): why.BUSY, (4, 5): why.BUSY}
# Whole subjects, for details that say no more.
_SUBJECTS = {3: why.SERVER_ERROR, 4: why.BUSY, 5: why.PROTOCOL, 6: why.CONTENT_REFUSED}
_CODES = {
    421: why.BUSY,
    451: why.SERVER_ERROR,
    452: why.SERVER_FULL,
    530: why.AUTH_REQUIRED,
    534: why.AUTH_UNSUPPORTED,
    535: why.AUTH_FAILED,
    538: why.TLS_REQUIRED,
    551: why.MOVED,
    556: why.UNKNOWN_DOMAIN,
}
_CODES_AT = {
    (RCPT, 501): why.BAD_ADDRESS,
    (RCPT, 550): why.UNKNOWN_MAILBOX,
    # RFC 5321, section 4.5.3.1.10: old servers say 552 where 452 is meant.
    (RCPT, 552): why.TOO_MANY_RECIPIENTS,
    (RCPT, 553): why.BAD_ADDRESS,
    (MAIL, 501): why.SENDER_REFUSED,
    (MAIL, 550): why.SENDER_REFUSED,
    (MAIL, 552): why.TOO_BIG,
    (MAIL, 553): why.SENDER_REFUSED,
    (MAIL, 554): why.SENDER_REFUSED,
    (DATA, 550): why.CONTENT_REFUSED,
    (DATA, 552): why.TOO_BIG,
    (END, 550): why.CONTENT_REFUSED,
    (END, 552): why.TOO_BIG,
    (END, 554): why.CONTENT_REFUSED,
    (CONNECT, 554): why.BLOCKED,
    (TLS, 454): why.TLS_FAILED,
}


@dataclass(frozen=True)
class Classification:
    """What follows from a reply."""

    verdict: str
    """One of :data:`VERDICTS`, never ``sent`` or ``in_doubt`` for a refusal."""
    reason: str
    """Key of :data:`.reasons.REASONS`."""
    alarm: bool = False
    """Whether an administrator must look: the next messages would fare alike."""
    close: bool = False
    """Whether the session must not be used again."""
    retry_after: float | None = None
    """Seconds the server asked to wait."""


def classify(stage: str, reply: Reply) -> Classification:
    """Say what a refusal at a stage means; a reply that accepts is none.

    A reply that is no SMTP, or asks for more where nothing is to come, counts as a transient
    refusal on a session that cannot go on; after the end of the message the caller knows better,
    because then it is in doubt.
    """
    if reply.accepted:
        raise ValueError(f"{reply.shown} is no refusal")
    if not reply.refuses:
        return Classification(
            HELD if stage in (CONNECT, HELLO, TLS, AUTH) else DEFERRED, why.NO_SMTP, close=True
        )
    reason = _reason(stage, reply)
    verdict = _verdict(stage, reply, reason)
    return Classification(
        verdict,
        reason,
        alarm=reason in _ALARMS or (verdict == HELD and not reply.transient),
        close=reply.code == 421 or stage in (CONNECT, HELLO, TLS, AUTH),
        retry_after=reply.retry_after if reply.transient else None,
    )


def _verdict(stage: str, reply: Reply, reason: str) -> str:
    if stage in (CONNECT, HELLO, TLS, AUTH) or reason in _ACCOUNT_REASONS:
        return HELD
    # Before any recipient was named, "not now" and "too fast" concern the account.
    if stage == MAIL and (reply.code == 421 or (reply.transient and reason == why.RATE_LIMITED)):
        return HELD
    # Some providers say 5xx when a daily limit is used up; tomorrow there is room again.
    if reply.transient or reason in (why.TOO_MANY_RECIPIENTS, why.RATE_LIMITED):
        return DEFERRED
    return REFUSED


def _reason(stage: str, reply: Reply) -> str:
    subject_detail = reply.enhanced
    if subject_detail in _ENHANCED:
        return _settled(stage, _ENHANCED[subject_detail])
    said = reason_in_words(reply)
    if said:
        return said
    if stage == AUTH and not reply.transient:
        return why.AUTH_FAILED
    if subject_detail in _VAGUE:
        return _VAGUE[subject_detail]
    subject = subject_detail[0] if subject_detail else 0
    # “550 5.7.1” is about rules, whatever 550 says by itself.
    if subject == 7 and not reply.transient and reply.code not in _CODES:
        return why.POLICY
    known = _CODES_AT.get((stage, reply.code)) or _CODES.get(reply.code)
    if known:
        return known
    if subject in _SUBJECTS:
        return _SUBJECTS[subject]
    if 500 <= reply.code <= 504 or reply.code == 555:
        return why.PROTOCOL
    return why.DEFERRED_WITHOUT_REASON if reply.transient else why.REFUSED_WITHOUT_REASON


def _settled(stage: str, reason: str) -> str:
    """Correct codes that are used for the wrong side: “user unknown” about a sender."""
    if stage == MAIL and reason in (why.UNKNOWN_MAILBOX, why.UNKNOWN_DOMAIN, why.BAD_ADDRESS):
        return why.SENDER_REFUSED
    return reason
