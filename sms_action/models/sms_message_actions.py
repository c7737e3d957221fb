"""What people do with messages: look at them, send them again, settle a doubt."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.delivery import State
from ..core.life import RESENDABLE

#: Days a message is kept after it was queued.
DEFAULT_RETENTION_DAYS = 90
_VACUUM_LIMIT = 10_000
_RESENDABLE = sorted(state.value for state in RESENDABLE)


class SmsMessage(models.Model):
    _inherit = "sms.message"

    def action_resend(self):
        """Send again; asks first where the message may have arrived already."""
        self.check_access("write")
        if any(one.state == State.IN_DOUBT.value for one in self):
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Send Again"),
                "res_model": "sms.message.resend",
                "view_mode": "form",
                "target": "new",
                "context": {"default_message_ids": self.ids},
            }
        return self._resend()

    def _resend(self):
        """Queue messages anew and have the queue run.

        :raises UserError: when none of them can be sent again
        """
        self.check_access("write")
        found = self.filtered(lambda one: one.state in _RESENDABLE)
        if not found:
            raise UserError(
                self.env._(
                    "None of these messages can be sent again: choose some that were refused, not "
                    "delivered, or are in doubt."
                )
            )
        # Messages change by what happens on the wire only; this is the person's way to it.
        found = found.sudo()
        now = fields.Datetime.now()
        found._write_lives([(one.id, one._life().resend(now)) for one in found])
        found._requeue()
        self.env["sms.sms"]._wake_queue()
        return True

    def _requeue(self):
        """Put the messages into Odoo's queue; those that Odoo has deleted there, anew."""
        queue = self.env["sms.sms"]
        kept = queue.search([("uuid", "in", self.mapped("uuid"))])
        kept.write({"state": "outgoing", "failure_type": False, "to_delete": False})
        ids = {sms.uuid: sms.id for sms in kept}
        gone = self.filtered(lambda one: one.uuid not in ids)
        made = queue.create([one._sms_values() for one in gone])
        ids.update({sms.uuid: sms.id for sms in made})
        self.env.cr.execute_values(
            "UPDATE sms_message m SET sms_id = new.sms_id FROM (VALUES %s) new (uuid, sms_id) "
            "WHERE m.uuid = new.uuid",
            list(ids.items()),
            page_size=len(ids),
        )
        self.invalidate_recordset(["sms_id"])

    def _sms_values(self):
        return {
            "uuid": self.uuid,
            "number": self.number,
            "body": self.text,
            # Else what was sent by a gateway it named would leave by Odoo's own provider.
            "gateway_id": self.gateway_id.filtered("active").id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "res_model": self.res_model,
            "res_id": self.res_id,
        }

    def action_mark_sent(self):
        """Settle messages in doubt that are known to have arrived."""
        self.check_access("write")
        found = self.filtered(lambda one: one.state == State.IN_DOUBT.value).sudo()
        if not found:
            raise UserError(self.env._("Only messages that are in doubt can be marked as arrived."))
        now = fields.Datetime.now()
        lives = {one.id: one._life().mark_sent(now) for one in found}
        found._write_lives(list(lives.items()))
        found._tell_changes(lives)
        return True

    def action_open_document(self):
        """Open the record the message belongs to."""
        self.ensure_one()
        if not self.res_model or self.env.get(self.res_model) is None or not self.res_id:
            raise UserError(self.env._("This message belongs to no document."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_the_queue(self):
        """Without its row a message that was sent would be sent again."""
        if self.env.su:
            # Housekeeping leaves alone what is on its way.
            return
        uuids = self.mapped("uuid")
        # Whoever may delete messages need not read the queue.
        queue = self.env["sms.sms"].sudo()
        found = queue.search([("uuid", "in", uuids), ("state", "=", "outgoing")], limit=1)
        if found:
            raise UserError(
                self.env._(
                    "The SMS to %(number)s is still in the queue. Cancel it there before you "
                    "delete what is known of it.",
                    number=found.number,
                )
            )

    @api.model
    def _window_action(self, domain, name=None):
        """Return the window action with the messages of a domain."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sms_action.sms_message_action")
        if name:
            action.update(name=name, display_name=name)
        return {**action, "domain": domain, "context": {}}

    @api.model
    def action_open_messages_of(self, model, res_id):
        """Return the window action with the messages about a record, or to a contact."""
        record = self.env[model].browse(res_id).exists()
        record.check_access("read")
        domain = [("res_model", "=", model), ("res_id", "=", res_id)]
        if model == "res.partner":
            domain = ["|", ("partner_id", "=", res_id), "&", *domain]
        return self._window_action(
            domain, self.env._("SMS of %(record)s", record=record.display_name or res_id)
        )

    @api.autovacuum
    def _gc_old_messages(self):
        """Remove what was queued longer ago than the retention."""
        # The parameter is for administrators, what it limits is for everybody.
        parameters = self.env["ir.config_parameter"].sudo()
        days = int(
            parameters.get_param("sms_action.message_retention_days") or DEFAULT_RETENTION_DAYS
        )
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        waiting = [State.QUEUED.value, State.SENDING.value]
        domain = [("queued_at", "<", limit), ("state", "not in", waiting)]
        found = self.sudo().search(domain, limit=_VACUUM_LIMIT, order="id")
        found.unlink()
        return len(found), len(found) == _VACUUM_LIMIT
