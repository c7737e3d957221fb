"""What a gateway reports about: a message, or each part of it."""

from odoo import fields, models

from ..core.delivery import State
from .sms_message import STATES


class SmsMessagePart(models.Model):
    _name = "sms.message.part"
    _description = "Part of an SMS Message"
    _rec_name = "provider_id"
    _order = "message_id desc, sequence, id"
    _log_access = False

    message_id = fields.Many2one(
        "sms.message", string="Message", readonly=True, ondelete="cascade", index=True
    )
    gateway_id = fields.Integer(readonly=True)
    sequence = fields.Integer(readonly=True)
    provider_id = fields.Char(string="Gateway's ID", readonly=True)
    state = fields.Selection(STATES, readonly=True, default=State.ACCEPTED.value)
    code = fields.Char(readonly=True, help="Code of the last report.")
    accepted_at = fields.Datetime(string="Accepted", readonly=True)
    reported_at = fields.Datetime(string="Last Report", readonly=True)

    _provider_idx = models.Index("(provider_id, gateway_id)")
