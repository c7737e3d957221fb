"""Asks before a message is sent again that may have arrived already."""

from odoo import api, fields, models

from ..core.delivery import State


class SmsMessageResend(models.TransientModel):
    _name = "sms.message.resend"
    _description = "Send SMS Again"

    message_ids = fields.Many2many("sms.message", readonly=True)
    count = fields.Integer(compute="_compute_counts")
    doubt_count = fields.Integer(compute="_compute_counts")

    @api.depends("message_ids")
    def _compute_counts(self):
        for wizard in self:
            wizard.count = len(wizard.message_ids)
            wizard.doubt_count = len(wizard.message_ids.filtered(_is_in_doubt))

    def action_resend(self):
        """Send all of them again."""
        self.message_ids._resend()
        return {"type": "ir.actions.act_window_close"}

    def action_resend_certain(self):
        """Send again only what surely did not arrive."""
        self.message_ids.filtered(lambda one: not _is_in_doubt(one))._resend()
        return {"type": "ir.actions.act_window_close"}


def _is_in_doubt(message):
    return message.state == State.IN_DOUBT.value
