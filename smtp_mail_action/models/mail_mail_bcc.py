"""Blind copies of outgoing mails, which stock Odoo has no place for."""

from odoo import fields, models
from odoo.tools import mail as mail_tools


class MailMail(models.Model):
    _inherit = "mail.mail"

    email_bcc = fields.Char(
        string="Bcc", help="Who gets a copy without being named in the message; addresses."
    )

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Send the message that goes to the addresses in “To” to the blind copies too."""
        outgoing = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        if self.email_bcc and outgoing:
            first = outgoing[0]
            # The other messages of the list share the dict.
            first["headers"] = {**first["headers"], "Bcc": self.email_bcc}
            # Odoo sends to nobody who is not on this list; it removes the header itself.
            first["email_to_normalized"] = [
                *first["email_to_normalized"],
                *mail_tools.email_normalize_all(self.email_bcc),
            ]
        return outgoing
