"""From a message to what became of its e-mails."""

from odoo import fields, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    delivery_ids = fields.One2many(
        "mail.mail.delivery", "mail_message_id", string="E-mail Deliveries"
    )
    delivery_count = fields.Integer(compute="_compute_delivery_count", compute_sudo=True)

    def _compute_delivery_count(self):
        counts = dict(
            self.env["mail.mail.delivery"]._read_group(
                [("mail_message_id", "in", self.ids)], ["mail_message_id"], ["__count"]
            )
        )
        for message in self:
            message.delivery_count = counts.get(message, 0)

    def action_open_deliveries(self):
        """Open the deliveries of the message's e-mails."""
        return self.env["mail.mail.delivery"]._window_action([("mail_message_id", "in", self.ids)])
