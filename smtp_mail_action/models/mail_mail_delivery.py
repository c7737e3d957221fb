"""What became of an e-mail, recipient by recipient."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core import delivery as life
from ..core.reasons import REASONS, advice

STATES = [
    (life.QUEUED, "Queued"),
    (life.SENDING, "Sending"),
    (life.SENT, "Sent"),
    (life.REFUSED, "Refused"),
    (life.DEFERRED, "Deferred"),
    (life.IN_DOUBT, "In Doubt"),
    (life.BOUNCED, "Bounced"),
]
#: Days a delivery is kept after it is settled.
DEFAULT_RETENTION_DAYS = 90
_VACUUM_LIMIT = 10_000


class MailMailDelivery(models.Model):
    _name = "mail.mail.delivery"
    _inherit = ["server.action.document.owned"]
    _description = "E-mail Delivery"
    _rec_name = "address"
    _order = "id desc"
    _document_model_field = "model"
    # Rows are written by SQL: nobody to blame, and the times have fields of their own.
    _log_access = False

    mail_mail_id = fields.Many2one(
        "mail.mail",
        string="E-mail",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Empty once Odoo has removed the e-mail, as it does with many after sending.",
    )
    mail_number = fields.Integer(
        string="E-mail ID",
        readonly=True,
        index=True,
        help="Number of the e-mail, which stays when the e-mail itself is removed.",
    )
    mail_message_id = fields.Many2one(
        "mail.message",
        string="Message",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    message_id = fields.Char(
        string="Message-ID",
        readonly=True,
        index="btree_not_null",
        help="Identifier in the header of the e-mail; mail servers name it in their logs.",
    )
    subject = fields.Char(readonly=True)
    model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document ID", model_field="model", readonly=True, aggregator=None
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The contact who got a copy of their own; empty for addresses written as text.",
    )
    part = fields.Integer(
        readonly=True,
        aggregator=None,
        help="The contact the copy was made for; 0 for the copy to the addresses To and Cc.",
    )
    address = fields.Char(string="Recipient", readonly=True)
    sender = fields.Char(readonly=True, help="Address to which the server reports failures.")
    mail_server_id = fields.Many2one(
        "ir.mail_server",
        string="Account",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    account_name = fields.Char(string="Account Name", readonly=True)
    state = fields.Selection(STATES, readonly=True, default=life.QUEUED, index=True)
    reason = fields.Selection(
        [(key, reason.words) for key, reason in REASONS.items()],
        readonly=True,
        help="Why it was refused, deferred, came back, or is in doubt.",
    )
    advice = fields.Char(string="What to Do", compute="_compute_advice")
    reply = fields.Char(
        string="Server Reply", readonly=True, help="The last thing the mail server said."
    )
    code = fields.Integer(string="Reply Code", readonly=True, aggregator=None)
    attempts = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="Attempts in which the server had its say about this e-mail. An account that is down "
        "costs no attempt.",
    )
    queued_at = fields.Datetime(string="Queued", readonly=True, index=True)
    tried_at = fields.Datetime(string="Last Attempt", readonly=True)
    due_at = fields.Datetime(string="Next Attempt", readonly=True)
    settled_at = fields.Datetime(
        string="Settled", readonly=True, help="When it was known what became of it."
    )

    # Whatever is not settled yet is looked for with each run of the queue.
    _open_idx = models.Index("(mail_mail_id) WHERE state IN ('queued', 'sending', 'deferred')")
    _document_idx = models.Index("(model, res_id)")

    @api.depends("reason")
    def _compute_advice(self):
        for delivery in self:
            words = advice(delivery.reason) if delivery.reason else ""
            delivery.advice = self.env._(words) if words else False

    # -- actions ------------------------------------------------------------------------------

    def action_resend(self):
        """Send again; asks first where the e-mail may have arrived already."""
        self._check_may_manage()
        if any(one.state == life.IN_DOUBT for one in self):
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Send Again"),
                "res_model": "mail.mail.delivery.resend",
                "view_mode": "form",
                "target": "new",
                "context": {"default_delivery_ids": self.ids},
            }
        return self._resend()

    def _resend(self):
        """Queue the deliveries anew and have the queue run.

        :raises UserError: for those that are on their way or whose e-mail is gone
        """
        self._check_may_manage()
        found = self.filtered(lambda one: one.state in life.RESENDABLE)
        if not found:
            raise UserError(
                self.env._(
                    "None of these deliveries can be sent again: choose some that are refused, "
                    "bounced, deferred or in doubt."
                )
            )
        if lost := found.filtered(lambda one: not one.mail_mail_id):
            raise UserError(
                self.env._(
                    "The e-mail to %(address)s cannot be sent again: Odoo has removed its content. "
                    "Write a new one from the document.",
                    address=lost[0].address,
                )
            )
        # Deliveries change by what happens on the wire only; this is the person's way to it.
        found.sudo()._write_lives(
            [(one.id, one._life().resend(fields.Datetime.now())) for one in found]
        )
        mails = found.sudo().mail_mail_id
        mails.write({"state": "outgoing", "delivery_due_at": False})
        mails._wake_queue()
        return True

    def action_mark_sent(self):
        """Settle deliveries in doubt that are known to have arrived."""
        self._check_may_manage()
        found = self.filtered(lambda one: one.state == life.IN_DOUBT)
        if not found:
            raise UserError(self.env._("Only deliveries that are in doubt can be marked as sent."))
        found.sudo()._write_lives(
            [(one.id, one._life().mark_sent(fields.Datetime.now())) for one in found]
        )
        found.sudo().mail_mail_id._conclude_mails()
        return True

    def action_open_document(self):
        """Open the record the e-mail belongs to."""
        self.ensure_one()
        if not self.model or self.env.get(self.model) is None or not self.res_id:
            raise UserError(self.env._("This e-mail belongs to no document."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    @api.model
    def _check_may_manage(self):
        self.check_access("write")

    @api.model
    def _window_action(self, domain, name=None):
        """Return the window action with the deliveries of a domain."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "smtp_mail_action.mail_mail_delivery_action"
        )
        if name:
            action.update(name=name, display_name=name)
        return {**action, "domain": domain, "context": {}}

    @api.model
    def action_open_deliveries_of(self, model, res_id):
        """Return the window action with the deliveries of a record's e-mails."""
        record = self.env[model].browse(res_id).exists()
        record.check_access("read")
        return self._window_action(
            [("model", "=", model), ("res_id", "=", res_id)],
            self.env._("E-mails of %(record)s", record=record.display_name or res_id),
        )

    @api.model
    def _settled(self, ids):
        """Do nothing. Called with the ids of deliveries just settled; what extends it is undone
        with the note of the outcome if it raises an error of the database."""

    # -- housekeeping -------------------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_the_queue(self):
        """Without its row a recipient who has the e-mail would get it again."""
        if self.env.su:
            # Couriers remove those who are no recipients any more.
            return
        # Whoever may delete deliveries need not read e-mails.
        found = self.filtered(lambda one: one.sudo().mail_mail_id.state == "outgoing")[:1]
        if found:
            raise UserError(
                self.env._(
                    "The e-mail “%(subject)s” is still in the queue. Cancel it there before you "
                    "delete what is known of its recipients.",
                    subject=found.subject or "",
                )
            )

    @api.autovacuum
    def _gc_settled_deliveries(self):
        """Remove what is settled for longer than the retention."""
        # The parameter is for administrators, what it limits is for everybody.
        days = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("smtp_mail_action.delivery_retention_days")
        )
        days = int(days or DEFAULT_RETENTION_DAYS)
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        # E-mails in the queue need to know whom they have reached.
        queued = Domain("mail_mail_id.state", "=", "outgoing")
        domain = Domain("settled_at", "<", limit) & ~queued
        found = self.sudo().search(domain, limit=_VACUUM_LIMIT, order="id")
        found.unlink()
        return len(found), len(found) == _VACUUM_LIMIT
