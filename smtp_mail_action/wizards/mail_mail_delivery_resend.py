"""Asks before an e-mail is sent again that may have arrived already."""

from odoo import api, fields, models

from ..core.delivery import IN_DOUBT


class MailMailDeliveryResend(models.TransientModel):
    _name = "mail.mail.delivery.resend"
    _description = "Send E-mails Again"

    delivery_ids = fields.Many2many("mail.mail.delivery", readonly=True)
    count = fields.Integer(compute="_compute_counts")
    doubt_count = fields.Integer(compute="_compute_counts")

    @api.depends("delivery_ids")
    def _compute_counts(self):
        for wizard in self:
            wizard.count = len(wizard.delivery_ids)
            wizard.doubt_count = len(
                wizard.delivery_ids.filtered(lambda one: one.state == IN_DOUBT)
            )

    def action_resend(self):
        """Send all of them again."""
        self.delivery_ids._resend()
        return {"type": "ir.actions.act_window_close"}

    def action_resend_certain(self):
        """Send again only what surely did not arrive."""
        self.delivery_ids.filtered(lambda one: one.state != IN_DOUBT)._resend()
        return {"type": "ir.actions.act_window_close"}
