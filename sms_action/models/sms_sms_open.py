"""Odoo's menu of its queue leads to what became of a message."""

from odoo import models


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def action_open_sms_messages(self):
        """Open what became of the SMS."""
        return self.env["sms.message"]._window_action([("uuid", "in", self.mapped("uuid"))])
