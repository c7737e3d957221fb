"""Asking a server about a sender without sending anything."""

from __future__ import annotations

import smtplib

from ..core import reasons as why
from ..core.account import Account
from ..core.addresses import mailbox
from ..core.classification import MAIL, classify
from ..core.errors import AddressError
from .reply_file import read_reply
from .transaction import said


def sender_refusal(client: smtplib.SMTP, account: Account, sender: str) -> tuple[str, str] | None:
    """Return reason and reply where the server does not take a sender, None where it does.

    Some servers look at the sender only when a recipient is named, or at DATA.
    """
    if not account.may_send_from(sender):
        return why.SENDER_REFUSED, "the account's own filter (from_filter) excludes it"
    try:
        address = mailbox(sender, dotless=True)
    except AddressError as error:
        return why.SENDER_REFUSED, str(error)
    if address.needs_smtputf8 and not client.has_extn("smtputf8"):
        return why.SMTPUTF8_UNSUPPORTED, ""
    option = " SMTPUTF8" if address.needs_smtputf8 else ""
    try:
        client.send(f"MAIL FROM:<{address.address}>{option}\r\n".encode())
        reply = read_reply(client, account.reply_seconds)
        if not reply.accepted:
            # With 421 the server is gone already.
            return classify(MAIL, reply).reason, reply.shown
        client.rset()
    except (OSError, smtplib.SMTPException) as error:
        return why.DROPPED, said(error)
    return None
