"""Odoo's queue of text messages knows their gateways, their companies and what they are about."""

from odoo import api, fields, models

from odoo.addons.server_action_engine.core.frames import state_of
from odoo.addons.server_action_engine.models.value_notes import note_created

from ..core.delivery import State


class SmsSms(models.Model):
    _inherit = "sms.sms"

    gateway_id = fields.Many2one(
        "sms.gateway",
        string="Gateway",
        ondelete="set null",
        help="Gateway to try first. Empty: it is chosen by number and company.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Sending Company",
        ondelete="set null",
        help="Whose gateway the message leaves by, where the record it is about does not say.",
    )
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(string="Document ID", model_field="res_model", readonly=True)
    gateway_due_at = fields.Datetime(
        string="Next Attempt",
        readonly=True,
        copy=False,
        help="The queue leaves the message alone until then: a gateway asked to try later, or "
        "rests after trouble.",
    )

    # The queue is looked through with each run, and most messages are out of it.
    _outgoing_idx = models.Index("(id) WHERE state = 'outgoing'")

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create([self._with_company(vals) for vals in vals_list])
        # Whatever an action does to send, its run leads to the messages.
        note_created(state_of(self.env.cr).current, records)
        return records

    def _with_company(self, vals):
        """Return values with the company whose gateway sends.

        Odoo's addon for Twilio has a field of its own, fills it with the user's company, and asks
        it first: a company that is named counts there too.
        """
        named, theirs = vals.get("company_id"), vals.get("record_company_id")
        if named and "record_company_id" in self._fields:
            theirs = named
        company = {"company_id": named or theirs or self.env.company.id}
        return {**vals, **company, **({"record_company_id": theirs} if theirs else {})}

    def write(self, vals):
        if vals.get("state") == "outgoing":
            # "Retry" means now.
            vals = {"gateway_due_at": False, **vals}
            self._forget_failures()
        elif vals.get("state") == "canceled":
            self._cancel_messages()
        return super().write(vals)

    def unlink(self):
        self._cancel_messages()
        return super().unlink()

    def _cancel_messages(self):
        """Note that messages that wait will not be sent."""
        messages = self.env["sms.message"].sudo()
        waiting = messages.search([("sms_id", "in", self.ids), ("state", "=", State.QUEUED.value)])
        now = fields.Datetime.now()
        waiting._write_lives([(one.id, one._life().cancel(now)) for one in waiting])

    def _forget_failures(self):
        """Queue what was refused anew; what is in doubt stays so, since it may have arrived."""
        messages = self.env["sms.message"].sudo()
        found = messages.search(
            [("uuid", "in", self.mapped("uuid")), ("state", "in", messages._failed_states())]
        )
        found._write_lives([(one.id, one._life().resend(fields.Datetime.now())) for one in found])

    def _get_sms_company(self):
        """Each message has its own company; stock knows the one of the user or of the queue."""
        return (
            self.mail_message_id.record_company_id or self.company_id or super()._get_sms_company()
        )

    def _with_gateway(self):
        """Return those that leave by a gateway; the others are left to Odoo's provider."""
        gateways = self.env["sms.gateway"]
        if not self or not gateways._is_any_active():
            return self.browse()
        named = self.filtered("gateway_id")
        found = named
        others = (self - named).filtered("number")
        for company, group in others.grouped(lambda sms: sms._get_sms_company()[:1]).items():
            chosen = gateways._choose(list(set(group.mapped("number"))), company)
            found += group.filtered(lambda sms, chosen=chosen: chosen[sms.number])
        return self & found

    @api.model
    def _set_due(self, moments):
        """Have the queue go on at moments; ``{id: moment or None}``, stored in one statement."""
        self.env.cr.execute_values(
            "UPDATE sms_sms SET gateway_due_at = new.due::timestamp "
            "FROM (VALUES %s) new (id, due) WHERE sms_sms.id = new.id",
            list(moments.items()),
            page_size=len(moments),
        )
        self.browse(moments).invalidate_recordset(["gateway_due_at"])
        minutes = {
            fields.Datetime.add(moment.replace(second=0, microsecond=0), minutes=1)
            for moment in moments.values()
            if moment
        }
        if minutes:
            self._wake_queue(sorted(minutes))

    @api.model
    def _wake_queue(self, at=None):
        """Have the queue run now, or at certain moments."""
        cron = self.env.ref("sms.ir_cron_sms_scheduler_action", raise_if_not_found=False)
        if cron:
            # Whoever may send may have the queue run.
            cron.sudo()._trigger(at)
