"""Messages that come back: which of them say that something was not delivered, to whom, and why.

Odoo's gateway decides what goes to no document, and finds the message that came back. It takes
every report for a bounce, also “still trying”, a read receipt and the answer of somebody who is
away; here they are told apart. Sources: RFC 3464 (reports), RFC 3834 (automatic answers),
RFC 8098 (read receipts).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from . import reasons as why
from .classification import RCPT, classify
from .dsn import from_xtext
from .headers import printable
from .replies import MAX_TEXT, Reply

FAILED = "failed"
MAX_REPORTS = 1_000
"""Recipients of a report that are looked at: no message has more, and anybody may send a report."""
#: Who writes of mail that could not be delivered, where there is no report to read.
_DAEMONS = frozenset({"mailer-daemon", "postmaster"})
_ANSWER_HEADERS = ("X-Autoreply", "X-Autorespond")
_CODE = re.compile(r"(\d{3})[ -]\s*(.*)", re.DOTALL)
_STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")
#: Reasons that say no more than that it came back.
_NO_MORE = frozenset({why.REFUSED_WITHOUT_REASON, why.PROTOCOL})


@dataclass(frozen=True)
class Report:
    """What a server reports of one recipient."""

    address: str
    """The last address it was sent to, after forwarding."""
    original: str = ""
    """The address the sender gave, where the report names it."""
    action: str = ""
    """``failed``, ``delayed``, ``delivered``, ``relayed`` or ``expanded``."""
    status: str = ""
    """Enhanced status code, such as ``5.1.1``."""
    said: str = ""
    """What the last server said."""

    @property
    def addresses(self) -> frozenset[str]:
        """Whom it may be about: some servers decode the address they were given, some do not."""
        return frozenset({self.address, self.original, from_xtext(self.original)} - {""})

    @property
    def failed(self) -> bool:
        """Whether it was given up; “delayed” is none of it."""
        if self.action:
            return self.action == FAILED
        return self.status.startswith("5")

    @property
    def reply(self) -> Reply:
        """The last server's reply, completed from the status; its code is 0 where there is none."""
        found = _CODE.match(self.said)
        reply = Reply.of(int(found[1]), found[2]) if found else Reply(0, self.said)
        if self.status and not reply.enhanced:
            reply = Reply(reply.code, f"{self.status} {reply.text}".strip())
        return reply

    @property
    def reason(self) -> str:
        """Key of :data:`.reasons.REASONS`."""
        # RFC 3463, section 3.5: the time for attempts is over; so it is for any “later”.
        if self.status.startswith("4") or self.status == "5.4.7":
            return why.EXPIRED
        reply = self.reply
        # 554 says nothing by itself, so that status and words decide.
        found = classify(RCPT, reply if reply.refuses else Reply(554, reply.text)).reason
        return why.BOUNCED if found in _NO_MORE else found


def read_reports(message: Message) -> list[Report]:
    """Return what a report says of each recipient; nothing if the message is no such report."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            if isinstance(blocks, list):
                # The first block is about the message, each other about a recipient.
                found = [
                    _report(block)
                    for block in blocks[: MAX_REPORTS + 1]
                    if isinstance(block, Message)
                ]
                return [one for one in found if one]
    return []


def reported_message(message: Message) -> str:
    """Return the Message-ID that was given with the message (ENVID); empty if there is none."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            first = blocks[0] if isinstance(blocks, list) and blocks else None
            if isinstance(first, Message):
                return from_xtext(_text(first, "Original-Envelope-Id"))
    return ""


def is_failure(message: Message, reports: list[Report]) -> bool:
    """Tell whether something was not delivered, of what Odoo takes for a bounce."""
    if reports:
        return any(one.failed for one in reports)
    kind = str(message.get("Content-Type", "")).lower()
    if "delivery-status" in kind or message.get_content_type() == "multipart/report":
        return "disposition-notification" not in kind
    sender = str(message.get("From", "")).rpartition("<")[2]
    if sender.partition("@")[0].strip().lower() in _DAEMONS:
        return True
    return not _is_automatic_answer(message)


def said_in_words(text: str) -> str:
    """Return the beginning of a bounce without a report, on one line."""
    return printable(" ".join(text.split()), MAX_TEXT)


def _is_automatic_answer(message: Message) -> bool:
    submitted = _text(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or _text(message, "Precedence").lower() == "auto_reply"
        or any(_text(message, name) for name in _ANSWER_HEADERS)
    )


def _report(block: Message) -> Report | None:
    address = _address(block, "Final-Recipient")
    original = _address(block, "Original-Recipient")
    if not address and not original:
        return None
    said = _text(block, "Diagnostic-Code")
    status = _STATUS.search(_text(block, "Status"))
    return Report(
        address or original,
        original,
        _text(block, "Action").lower(),
        status.group() if status else "",
        # “smtp; 550 …”: the kind of server, which is nearly always this one.
        (said.partition(";")[2] if ";" in said else said).strip(),
    )


def _address(block: Message, name: str) -> str:
    """Return an address of a report, which stands behind its kind: ``rfc822; ann@x.com``."""
    return _text(block, name).rpartition(";")[2].strip().strip("<>").lower()


def _text(block: Message, name: str) -> str:
    # Whoever sends a report writes what they like; PostgreSQL takes no NUL.
    try:
        text = str(block.get(name, ""))
    except UnicodeError:
        # Python decodes words of any alphabet it knows, also to what is no text.
        text = _as_written(block, name)
    text = " ".join(text.split())
    return printable(text, len(text))


def _as_written(block: Message, name: str) -> str:
    values = (str(value) for key, value in block.raw_items() if key.lower() == name.lower())
    return next(values, "").encode("utf-8", "replace").decode()
