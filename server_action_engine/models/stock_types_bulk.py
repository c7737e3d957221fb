"""Stock action types that work record by record in stock Odoo, run on whole batches.

Each falls back to stock's own runner when another module overrides it (see ``_get_runner``).
"""

from dateutil.relativedelta import relativedelta

from odoo import fields, models

from odoo.addons.mail.models.mail_template import MailTemplate

from .record_environment import RecordEnvironment

_STOCK_SEND_MAIL = MailTemplate.send_mail


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _run_action_webhook_multi(self, eval_context):
        """Register one call per record; all payloads are read at once."""
        records = eval_context.get("records") or eval_context.get("record")
        if not records:
            return self._run_action_webhook(eval_context)
        # Fills the cache for the whole batch, so that stock's read per record asks nothing.
        records.with_env(self.env).read(self.webhook_field_ids.mapped("name"), load=None)
        scoped = RecordEnvironment(self.env, records._name)
        for record in records:
            scoped.switch(record.id)
            self.with_env(scoped.env)._run_action_webhook(eval_context)
        return False

    def _run_action_next_activity_multi(self, eval_context):
        """Schedule the activities of the batch with one call per responsible user."""
        records = self._records_not_recomputing()
        if not self.activity_type_id or not records:
            return False
        values = {
            "summary": self.activity_summary or "",
            "note": self.activity_note or "",
            "activity_type_id": self.activity_type_id.id,
        }
        if self.activity_date_deadline_range > 0:
            unit = self.activity_date_deadline_range_type or "days"
            values["date_deadline"] = fields.Date.context_today(self) + relativedelta(
                **{unit: self.activity_date_deadline_range}
            )
        for user_id, group in records.grouped(self._activity_user_id).items():
            group.activity_schedule(**values, **({"user_id": user_id} if user_id else {}))
        return False

    def _activity_user_id(self, record):
        if self.activity_user_type == "specific":
            return self.activity_user_id.id
        name = self.activity_user_field_name
        if self.activity_user_type == "generic" and name in record._fields:
            # Of several users the first is chosen, as stock Odoo does.
            return record[name].ids[:1][0] if record[name] else False
        return False

    def _run_action_mail_post_multi(self, eval_context=None):
        """Render the e-mails of a batch together; posts in the chatter stay stock's."""
        records = self._records_not_recomputing()
        if not self.template_id or not records:
            return False
        if self.mail_post_method != "email":
            action = self.with_context(active_ids=records.ids, active_id=records[:1].id)
            return super(IrActionsServer, action)._run_action_mail_post_multi(eval_context)
        # The values of the button that started the action must not become those of the mail.
        context = dict(self.env.context, mail_post_autofollow_author_skip=True)
        context.pop("default_type", None)
        context.pop("default_parent_id", None)
        context["mail_post_autofollow"] = self.mail_post_autofollow
        # Keys are taken away, which keyword arguments cannot do.
        template = self.template_id.with_context(context)  # pylint: disable=context-overridden
        if type(template).send_mail is _STOCK_SEND_MAIL:
            template.send_mail_batch(records.ids)
        else:
            # Somebody overrides how one e-mail is sent; the batch would go past it.
            for record_id in records.ids:
                template.send_mail(record_id, force_send=False, raise_exception=False)
        return False

    def _records_not_recomputing(self):
        """Return the active records without those whose change is only a recomputation.

        Stock answers for all active records at once, so one record that is being recomputed
        would silence the whole batch.
        """
        context = self.env.context
        ids = context.get("active_ids") or (
            [context["active_id"]] if context.get("active_id") else []
        )
        if len(ids) > 1 and self._is_recompute():
            ids = [
                record_id
                for record_id in ids
                if not self.with_context(
                    active_ids=[record_id], active_id=record_id
                )._is_recompute()
            ]
        elif ids and self._is_recompute():
            ids = []
        return self.env[self.model_name].browse(ids)
