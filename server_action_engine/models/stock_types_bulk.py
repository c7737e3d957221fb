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
        path = self.activity_user_field_name or ""
        if self.activity_user_type == "generic" and path.partition(".")[0] in record._fields:
            # Of several users the first is chosen, as stock Odoo does.
            return next(iter(record.mapped(path).ids), False)
        return False

    def _run_action_followers_multi(self, eval_context=None):
        for action in self._by_followers():
            super(IrActionsServer, action)._run_action_followers_multi(eval_context)
        return False

    def _run_action_remove_followers_multi(self, eval_context=None):
        for action in self._by_followers():
            super(IrActionsServer, action)._run_action_remove_followers_multi(eval_context)
        return False

    def _by_followers(self):
        """Yield the action for each part of the active records that have the same followers.

        Stock collects the followers of all active records and gives all of them to each one: of
        two orders in a batch, each customer would follow the other's.
        """
        path = self.followers_partner_field_name
        records = self._active_records()
        if self.followers_type != "generic" or not path or len(records) < 2:
            yield self
            return
        groups = records.grouped(lambda record: tuple(record.mapped(path).ids))
        for group in groups.values():
            yield self.with_context(active_ids=group.ids, active_id=group[:1].id)

    def _execute(self, records, eval_context):
        # The other types that ask whether a record is being recomputed are replaced above.
        if self.state == "sms" and records and self._is_recompute():
            settled = self._records_not_recomputing().with_env(records.env)
            if not settled:
                return False
            action, eval_context = self._on_part(settled, eval_context)
            return super(IrActionsServer, action)._execute(settled, eval_context)
        return super()._execute(records, eval_context)

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
        records = self._active_records()
        if not records or not self._is_recompute():
            return records
        if len(records) == 1:
            return records.browse()
        return records.filtered(
            lambda record: (
                not self.with_context(active_ids=record.ids, active_id=record.id)._is_recompute()
            )
        )

    def _active_records(self):
        """Return the records the context names, as the runners of stock Odoo find them."""
        context = self.env.context
        ids = context.get("active_ids") or filter(None, [context.get("active_id")])
        return self.env[self.model_name].browse(ids)
