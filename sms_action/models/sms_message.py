"""Text messages and what became of them. They outlive ``sms.sms``, which Odoo deletes."""

from dataclasses import replace

from odoo import api, fields, models

from ..core.delivery import State, is_final
from ..core.life import RESENDABLE
from ..core.reasons import REASONS, advice

STATES = [
    (State.QUEUED.value, "Queued"),
    (State.SENDING.value, "Sending"),
    (State.IN_DOUBT.value, "In Doubt"),
    (State.ACCEPTED.value, "Accepted"),
    (State.ENROUTE.value, "On Its Way"),
    (State.FAILED.value, "Refused"),
    (State.REJECTED.value, "Rejected"),
    (State.UNDELIVERED.value, "Not Delivered"),
    (State.EXPIRED.value, "Expired"),
    (State.DELETED.value, "Taken Back"),
    (State.DELIVERED.value, "Delivered"),
]


class SmsMessage(models.Model):
    _name = "sms.message"
    _inherit = ["server.action.document.owned"]
    _description = "SMS Delivery"
    _rec_name = "number"
    _order = "id desc"
    # Rows are written by SQL: nobody to blame, and the times have fields of their own.
    _log_access = False

    uuid = fields.Char(
        string="Reference",
        readonly=True,
        help="Sent along where a gateway takes a reference; comes back in its reports.",
    )
    number = fields.Char(string="Recipient", readonly=True)
    text = fields.Text(readonly=True)
    sender = fields.Char(readonly=True)
    gateway_id = fields.Many2one(
        "sms.gateway",
        string="Gateway",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document ID", model_field="res_model", readonly=True, aggregator=None
    )
    run_id = fields.Many2one(
        "server.action.run",
        string="Run",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    is_echo = fields.Boolean(
        string="Written by a Rule on Messages",
        readonly=True,
        help="Such an SMS starts no rule about SMS.",
    )
    sms_id = fields.Integer(
        string="SMS ID",
        readonly=True,
        index=True,
        aggregator=None,
        help="Number of the SMS in Odoo's queue, which Odoo deletes after sending.",
    )
    state = fields.Selection(STATES, readonly=True, default=State.QUEUED.value, index=True)
    reason = fields.Selection(
        [(key, one.words) for key, one in REASONS.items()],
        readonly=True,
        help="Why it was refused, waits, or is in doubt.",
    )
    advice = fields.Char(string="What to Do", compute="_compute_advice")
    reply = fields.Char(string="Gateway Reply", readonly=True)
    code = fields.Char(string="Code", readonly=True)
    attempts = fields.Integer(readonly=True, aggregator="avg")
    part_count = fields.Integer(string="Parts", readonly=True)
    queued_at = fields.Datetime(string="Queued", readonly=True, index=True)
    tried_at = fields.Datetime(string="Last Attempt", readonly=True)
    due_at = fields.Datetime(string="Next Attempt", readonly=True)
    accepted_at = fields.Datetime(string="Accepted", readonly=True)
    settled_at = fields.Datetime(string="Settled", readonly=True)
    part_ids = fields.One2many("sms.message.part", "message_id", readonly=True)

    _uuid_unique = models.UniqueIndex("(uuid)")
    _document_idx = models.Index("(res_model, res_id)")

    @api.depends("reason")
    def _compute_advice(self):
        for message in self:
            text = advice(message.reason) if message.reason else ""
            message.advice = self.env._(text) if text else False

    @api.model
    def _failed_states(self):
        """Return the states in which the message surely did not arrive."""
        failed = (state for state in RESENDABLE if is_final(state))
        return sorted(state.value for state in failed)

    def _set_due_now(self):
        """Have the queue try messages that wait for a gateway."""
        self._write_lives([(one.id, replace(one._life(), due_at=None)) for one in self])
        if self:
            self.env["sms.sms"].sudo()._set_due(dict.fromkeys(self.mapped("sms_id")))
