"""Text messages and what became of them. They outlive ``sms.sms``, which Odoo deletes."""

from odoo import fields, models

from odoo.addons.server_action_engine.models.run_log_fields import LooseMany2one

from ..core.delivery import State

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
    _description = "SMS Message"
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
    gateway_id = LooseMany2one("sms.gateway", string="Gateway", readonly=True, index=True)
    company_id = LooseMany2one("res.company", string="Company", readonly=True, index=True)
    partner_id = LooseMany2one("res.partner", string="Contact", readonly=True)
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document ID", model_field="res_model", readonly=True, aggregator=None
    )
    run_id = LooseMany2one("server.action.run", string="Run", readonly=True, index=True)
    sms_id = LooseMany2one("sms.sms", string="Queued SMS", readonly=True, index=True)
    state = fields.Selection(STATES, readonly=True, default=State.QUEUED.value, index=True)
    reason = fields.Char(readonly=True)
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
