"""E-mails that come back, as Odoo's gateway for incoming mail receives them."""

import logging

from odoo import api, fields, models
from odoo.tools import email_normalize, html2plaintext

from ..core.bounce import is_failure, read_reports, said_in_words
from ..core.delivery import RETURNABLE
from ..core.reasons import BOUNCED

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Note bounces on their deliveries, and keep what is none from counting as one.

        Stock calls this for every report and for whatever reaches the bounce address.
        """
        reports = read_reports(email_message)
        if not is_failure(email_message, reports):
            _logger.info(
                "The message %s is a notice or an automatic answer, and no bounce",
                message_dict.get("message_id"),
            )
            return None
        failed = [one for one in reports if one.failed]
        result = None
        for values in self._bounces_by_recipient(reports, failed, message_dict):
            result = super()._routing_handle_bounce(email_message, values)
        self.env["mail.mail.delivery"]._note_bounces(failed, message_dict)
        return result

    @api.model
    def _bounces_by_recipient(self, reports, failed, message_dict):
        """Return what Odoo is to note: it reads the first recipient of a report only."""
        if len(reports) < 2:
            return [message_dict]
        # As Odoo does it for the first: whoever answers for the gateway need not read contacts.
        partners = self.env["res.partner"].sudo()
        found = []
        for report in failed:
            address = email_normalize(report.address) or report.address
            partner = partners.search([("email_normalized", "=", address)])
            found.append({**message_dict, "bounced_email": address, "bounced_partner": partner})
        return found


class MailMailDelivery(models.Model):
    _inherit = "mail.mail.delivery"

    @api.model
    def _note_bounces(self, failed, message_dict):
        """Settle the deliveries of a message that came back; unknown ones are nobody's.

        :param failed: list of :class:`~..core.bounce.Report`; empty where there was no report
        :param message_dict: what Odoo has read of the message
        """
        numbers = message_dict.get("bounced_msg_ids")
        if not numbers:
            return
        # The gateway acts for everybody.
        deliveries = self.sudo().search([("message_id", "in", numbers)])
        now, pairs = fields.Datetime.now(), {}
        for report in failed:
            for one in deliveries._of_recipient({report.address, report.original}):
                shown, code = report.reply.shown, report.reply.code
                pairs[one.id] = one._life().bounce(now, report.reason, shown, code)
        if not failed:
            said = said_in_words(html2plaintext(message_dict.get("body") or ""))
            address = email_normalize(message_dict.get("bounced_email") or "")
            for one in deliveries._of_recipient({address} - {False}):
                pairs[one.id] = one._life().bounce(now, BOUNCED, said, 0)
        self._write_lives(list(pairs.items()))
        self._settled(list(pairs))

    def _of_recipient(self, addresses):
        """Return those to one of the addresses that may come back; else the only one there is.

        Forwarded mail comes back from an address its author never wrote to.
        """
        found = self.filtered(lambda one: (one.address or "").lower() in addresses)
        if not found and len(self) == 1:
            found = self
        return found.filtered(lambda one: one.state in RETURNABLE)
