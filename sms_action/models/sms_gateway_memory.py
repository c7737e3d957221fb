"""A gateway that sends nothing: for trying things out, and for users' tests."""

from odoo import fields, models

from ..transports import MemoryGateway


class SmsGateway(models.Model):
    _inherit = "sms.gateway"

    kind = fields.Selection(
        selection_add=[("memory", "None (messages are only noted)")],
        ondelete={"memory": "cascade"},
    )

    def _transport_memory(self):
        return MemoryGateway()
