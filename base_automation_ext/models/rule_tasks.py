"""Firing a rule outside of the transaction in which it was decided to, as background tasks."""

from odoo import SUPERUSER_ID, api, models

from odoo.addons.server_action_engine.core.frames import state_of
from odoo.addons.server_action_engine.models.server_action_task_enqueue import (
    PAYLOAD_KEY,
    TASK_KEY,
)

from .rule_entry import make_entry

#: Records a rule is fired on in one transaction; more are split among tasks.
BATCH_SIZE = 1000


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model
    def _batch_size(self):
        """Return on how many records at most a rule is fired in one transaction."""
        return BATCH_SIZE

    def _fire_in_batches(self, records):
        """Fire the rule on ``records`` now if they are few, else as one task for each part."""
        size = self._batch_size()
        if len(records) <= size:
            self._fire_aside(records)
            return
        for at in range(0, len(records), size):
            self._fire_later(records[at : at + size])

    def _fire_aside(self, records):
        """Fire the rule; its runs stand on their own in the run log."""
        self.ensure_one()
        with state_of(self.env.cr).aside():
            self.env["base.automation.subscriber"]._fire(make_entry(self.sudo()), records)

    def _fire_later(self, records, **options):
        """Fire the rule on ``records`` in a task, with the rights of ``records.env``.

        :param options: passed to ``server.action.task._enqueue``
        :returns: the task
        """
        self.ensure_one()
        carrier = self.env.ref("base_automation_ext.server_action_fire_rule")
        options.setdefault("origin", {"kind": "automation", "model": self._name, "id": self.id})
        return self.env["server.action.task"]._enqueue(
            carrier,
            self.with_env(records.env),
            values={"model": records._name, "ids": records.ids},
            **options,
        )

    @api.model
    def _fire_task(self):
        """Carry out a task of :meth:`_fire_later`. The code of the carrier action calls this."""
        context = dict(self.env.context)
        values = context.pop(PAYLOAD_KEY, None) or {}
        rule_id = context.pop("active_id", None)
        for key in (TASK_KEY, "active_ids", "active_model"):
            context.pop(key, None)
        env = self.env(context=context)
        rule = env[self._name].browse(rule_id).exists()
        # It may have been changed since it was decided to fire it.
        settings = rule.sudo()
        if not rule or not settings.active or settings.paused:
            return
        if settings.model_name != values.get("model"):
            return
        rule._fire_aside(env[values["model"]].browse(values["ids"]).exists())

    @api.model
    def _timed_environment(self, tz=None):
        """Return the environment in which rules run that no user's action started.

        Without the keys a scheduled action has in its context.
        """
        return self.env(user=SUPERUSER_ID, su=True, context={"tz": tz} if tz else {})
