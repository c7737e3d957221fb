"""Odoo's outgoing e-mails know what became of them at each recipient."""

from odoo import api, fields, models, modules

from ..core.classification import REFUSED
from ..core.delivery import BOUNCED, WAITING


class MailMail(models.Model):
    _inherit = "mail.mail"

    delivery_ids = fields.One2many("mail.mail.delivery", "mail_mail_id", string="Deliveries")
    delivery_count = fields.Integer(compute="_compute_delivery_count", compute_sudo=True)
    delivery_due_at = fields.Datetime(
        string="Next Attempt",
        readonly=True,
        copy=False,
        help="The mail queue leaves the e-mail alone until then: a server asked to try later, or "
        "the account rests after trouble.",
    )

    @api.depends("delivery_ids")
    def _compute_delivery_count(self):
        counts = dict(
            self.env["mail.mail.delivery"]._read_group(
                [("mail_mail_id", "in", self.ids)], ["mail_mail_id"], ["__count"]
            )
        )
        for mail in self:
            mail.delivery_count = counts.get(mail, 0)

    def write(self, vals):
        if vals.get("state") == "outgoing" and "delivery_due_at" not in vals:
            # “Retry” means now.
            vals = {**vals, "delivery_due_at": False}
        return super().write(vals)

    def mark_outgoing(self):
        """Retry: what was refused or came back is tried anew; whom it reached gets no second one.

        What is in doubt stays so, since it may have arrived: that is decided on the delivery.
        """
        failed = (REFUSED, BOUNCED)
        deliveries = self.sudo().delivery_ids.filtered(lambda one: one.state in failed)
        now = fields.Datetime.now()
        deliveries._write_lives([(one.id, one._life().resend(now)) for one in deliveries])
        return super().mark_outgoing()

    def action_open_deliveries(self):
        """Open the deliveries of the e-mails."""
        return self.env["mail.mail.delivery"]._window_action([("mail_mail_id", "in", self.ids)])

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Leave alone what is not due; otherwise one account that is down would fill the batch."""
        filters = self.env.context.get("filters", [])
        if not email_ids and not modules.module.current_test:
            now = fields.Datetime.now()
            due = ["|", ("delivery_due_at", "=", False), ("delivery_due_at", "<=", now)]
            self = self.with_context(filters=[*filters, *due])
            self.env["ir.mail_server"]._sync_smtp_sections()
        return super().process_email_queue(email_ids=email_ids, batch_size=batch_size)

    @api.model
    def _wake_queue(self, at=None):
        """Have the queue run now, or at certain moments."""
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action", raise_if_not_found=False)
        if cron:
            # Whoever may send may have the queue run.
            cron.sudo()._trigger(at)

    def _is_waiting(self):
        """Tell whether some recipient of the e-mail is still to be tried."""
        return any(one.state in WAITING for one in self.delivery_ids)
