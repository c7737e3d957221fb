"""From an Odoo e-mail to what goes over the wire: Odoo builds it, the last step is caught."""

from dataclasses import dataclass, field
from email.generator import BytesGenerator
from io import BytesIO

from odoo import tools

from ..core.address_lists import header_value, parse_mailbox
from ..core.errors import AddressError


@dataclass
class Letter:
    """One e-mail of a ``mail.mail``: the one to To and Cc, or the copy of one contact."""

    mail_id: int
    partner: object
    """The contact of a copy, as a recordset; empty for To and Cc."""
    shown: list
    """Its addresses as written, for what Odoo remembers of success."""
    sender: str = ""
    recipients: tuple = ()
    content: bytes = field(default=b"", repr=False)
    smtputf8: bool = False
    message_id: str = ""
    problem: str = ""
    """Why there is nobody to send to: a value of ``mail.mail.failure_type``."""
    taken: bool = False
    """Another addon has sent it in its own way."""

    @property
    def part(self):
        """What tells the letters of one e-mail from each other."""
        return self.partner.id or 0


class CatchingSession:
    """In place of an SMTP session for ``ir.mail_server.send_email``: keeps what it is to send.

    So every addon that changes how an e-mail is built or prepared has its say.
    """

    def __init__(self, from_filter, smtp_from):
        self.from_filter = from_filter
        self.smtp_from = smtp_from
        self.caught = None

    def send_message(self, message, from_addr, to_addrs):
        """Keep sender, recipients and content, flattened as ``smtplib`` does it."""
        international = not all(part.isascii() for part in (from_addr, *to_addrs))
        buffer = BytesIO()
        policy = message.policy.clone(utf8=True) if international else message.policy
        BytesGenerator(buffer, policy=policy).flatten(message, linesep="\r\n")
        recipients = tuple(dict.fromkeys(to_addrs))
        self.caught = (from_addr, recipients, buffer.getvalue(), international)


class RefusingSession(CatchingSession):
    """For an e-mail that cannot be built: should it come this far after all, it goes no further."""

    def send_message(self, message, from_addr, to_addrs):
        raise ValueError("the e-mail could not be prepared a moment ago")


def write_letters(mail, session, mail_server, alias_domain, followers):
    """Return the letters of an e-mail.

    :param session: a :class:`CatchingSession`
    :param followers: see ``mail.followers._get_mail_doc_to_followers``
    :raises Exception: whatever keeps the e-mail from being built
    """
    senders = tools.mail.email_split_and_format_normalize(mail.email_from)
    email_from = senders[0] if senders else mail.email_from
    values = mail._prepare_outgoing_list(
        mail_server=mail_server or mail.mail_server_id, doc_to_followers=followers
    )
    return [_write_letter(mail, email_from, email, session, alias_domain) for email in values]


def _write_letter(mail, email_from, email, session, alias_domain):
    partner = email.pop("partner_id", None) or mail.env["res.partner"]
    validated = email.pop("email_to_normalized", [])
    letter = Letter(mail.id, partner, email["email_to"] or [], message_id=email["message_id"])
    # Odoo compares with the addresses it sends to, whose domains are in ASCII by then (M4).
    context = {"send_validated_to": [*validated, *map(_ascii_address, validated)]}
    if alias_domain:
        context["domain_notifications_email"] = alias_domain.default_from_email
        context["domain_bounce_address"] = (
            email["headers"].get("Return-Path") or alias_domain.bounce_email
        )
    sending = mail.env["ir.mail_server"].with_context(**context)
    message = sending._build_email__(
        email_from=email_from,
        email_to=[_ascii_domain(one) for one in email["email_to"]],
        subject=email["subject"],
        body=email["body"],
        body_alternative=email["body_alternative"],
        email_cc=[_ascii_domain(one) for one in email["email_cc"]],
        reply_to=email["reply_to"],
        attachments=email["attachments"],
        message_id=email["message_id"],
        references=email["references"],
        object_id=email["object_id"],
        subtype="html",
        subtype_alternative="plain",
        headers=email["headers"],
    )
    session.caught = None
    try:
        sending.send_email(message, mail_server_id=mail.mail_server_id.id, smtp_session=session)
    except AssertionError as error:
        if str(error) != sending.NO_VALID_RECIPIENT:
            raise
        letter.problem = "mail_email_invalid" if email["email_to"] else "mail_email_missing"
        letter.recipients = (email.get("email_to_raw") or "",)
        return letter
    if session.caught is None:
        letter.taken = True
        letter.recipients = tuple(validated)
    else:
        letter.sender, letter.recipients, letter.content, letter.smtputf8 = session.caught
    return letter


def _ascii_address(text):
    try:
        return parse_mailbox(text, dotless=True).address
    except AddressError:
        return text


def _ascii_domain(text):
    """Return an address for a header: a domain beyond ASCII would be written in an illegal way."""
    if text.isascii():
        return text
    try:
        return header_value([parse_mailbox(text, dotless=True)]) or text
    except AddressError:
        return text
