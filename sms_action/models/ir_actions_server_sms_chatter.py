"""Text messages of actions among the messages of their records."""

from odoo import models
from odoo.fields import Command

from odoo.addons.sms.tools.sms_tools import sms_content_to_rendered_html


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _sms_is_noted(self):
        return self.sms_method in ("comment", "note") and self.model_id.is_mail_thread

    def _sms_log(self, pairs, env):
        """Note each text once among the messages of its record.

        The number of SQL statements depends on how many different texts one record has, and on the
        number of companies, not on the number of records.

        :param pairs: list of ``(draft, letter)``
        :returns: dict ``id(letter)`` → id of the message
        """
        pairs = [(draft, letter) for draft, letter in pairs if draft.record]
        companies = {draft.record.id: draft.company for draft, _letter in pairs}
        texts = {}
        for draft, letter in pairs:
            own = texts.setdefault(draft.record.id, {})
            own.setdefault(letter.text, len(own))
        rounds = [{} for _number in range(max(map(len, texts.values()), default=0))]
        for res_id, own in texts.items():
            for text, number in own.items():
                rounds[number][res_id] = sms_content_to_rendered_html(text)
        messages = [self._sms_log_once(bodies, companies, env) for bodies in rounds]
        return {
            id(letter): messages[texts[draft.record.id][letter.text]][draft.record.id]
            for draft, letter in pairs
        }

    def _sms_log_once(self, bodies, companies, env):
        """Log one body on each record; return ``{record id: message id}``."""
        records = env[self.model_id.model].browse(bodies)
        messages = records._message_log_batch(bodies=bodies, message_type="sms").sudo()
        # Stock leaves it out of logs; whoever sends the message asks for it.
        for company, group in messages.grouped(lambda one: companies[one.res_id]).items():
            group.record_company_id = company
        return {message.res_id: message.id for message in messages}

    def _sms_track(self, messages):
        """Show in the chatter what becomes of each message, as stock does for its own."""
        noted, named = messages.filtered("mail_message_id"), set()

        def partner_id(sms):
            # A note names each contact once; a second number of the same one stands by itself.
            key = sms.mail_message_id.id, sms.partner_id.id
            if key in named:
                return False
            named.add(key)
            return key[1]

        self.env["mail.notification"].sudo().create(
            [
                {
                    "author_id": sms.mail_message_id.author_id.id,
                    "mail_message_id": sms.mail_message_id.id,
                    "res_partner_id": partner_id(sms),
                    "sms_number": sms.number,
                    "notification_type": "sms",
                    "sms_id_int": sms.id,
                    "sms_tracker_ids": [Command.create({"sms_uuid": sms.uuid})],
                    # It is no news for an inbox.
                    "is_read": True,
                    "notification_status": "ready",
                }
                for sms in noted
            ]
        )
