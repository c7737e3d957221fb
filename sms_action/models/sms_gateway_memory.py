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
        return self._memory()

    def _memory(self):
        """Return what keeps the messages, until the process ends.

        Tests look at its ``sent`` and give it ``outcomes`` that it has to answer.
        """
        self.ensure_one()
        kept = vars(self.pool).setdefault("_sms_action_memory", {})
        return kept.setdefault(self.id, MemoryGateway())
