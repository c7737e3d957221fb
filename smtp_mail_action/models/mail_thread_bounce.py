"""E-mails that come back, as Odoo's gateway for incoming mail receives them."""

import logging

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import email_normalize, html2plaintext

from odoo.addons.server_action_engine.core.errors import is_retryable_db_error

from ..core.bounce import is_failure, read_reports, reported_message, said_in_words
from ..core.delivery import RETURNABLE
from ..core.reasons import BOUNCED
from .keeping import Committing

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
        numbers = {*(message_dict.get("bounced_msg_ids") or ()), reported_message(email_message)}
        self.env["mail.mail.delivery"]._note_bounces(numbers - {""}, failed, message_dict)
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
    def _note_bounces(self, numbers, failed, message_dict):
        """Settle the deliveries of a message that came back; unknown ones are nobody's.

        :param numbers: set of Message-IDs
        :param failed: list of :class:`~..core.bounce.Report`; empty where there was no report
        :param message_dict: what Odoo has read of the message
        """
        if not numbers:
            return
        notes = [(one.addresses, one.reason, one.reply.shown, one.reply.code) for one in failed]
        if not failed:
            said = said_in_words(html2plaintext(message_dict.get("body") or ""))
            address = email_normalize(message_dict.get("bounced_email") or "")
            notes = [({address} - {False}, BOUNCED, said, 0)]
        try:
            with self.env.cr.savepoint():
                self._note_returned(numbers, notes)
        except psycopg2.Error as error:
            if not is_retryable_db_error(error):
                raise
            # A courier has noted its answer since this transaction began. Odoo forgets a fetched
            # message that fails, so this must not.
            self._note_returned_later(numbers, notes)

    @api.model
    def _note_returned(self, numbers, notes):
        """Settle deliveries.

        :param numbers: set of Message-IDs
        :param notes: list of ``(addresses, reason, reply, code)``
        """
        # The gateway acts for everybody.
        deliveries = self.sudo().search([("message_id", "in", list(numbers))])
        now, lives = fields.Datetime.now(), {}
        for addresses, *why in notes:
            for one in deliveries._of_recipient(addresses):
                lives[one.id] = one._life().bounce(now, *why)
        self._settled(self._write_lives(list(lives.items())))

    @api.model
    def _note_returned_later(self, numbers, notes):
        registry = self.pool

        @self.env.cr.postcommit.add
        def note():
            try:
                with registry.cursor() as cr:
                    rows = api.Environment(cr, SUPERUSER_ID, {})[self._name]
                    Committing(rows.env).settle(lambda: rows._note_returned(numbers, notes))
            except Exception:
                _logger.exception("It could not be noted that the e-mails %s came back", numbers)

    def _of_recipient(self, addresses):
        """Return those to one of the addresses that may come back; else the only one there is.

        Forwarded mail comes back from an address its author never wrote to.
        """
        found = self.filtered(lambda one: (one.address or "").lower() in addresses)
        if not found and len(self) == 1:
            found = self
        return found.filtered(lambda one: one.state in RETURNABLE)
