"""A timed rule that is due for very many records shares them with the lanes of background tasks.

The pass gives some of its next slices away, each as one task about the rule, and goes on behind
them. Lanes run them beside it and beside each other; the ledger keeps everything from running
twice, whoever comes first. What a part leaves, the next pass finds.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import config

from odoo.addons.server_action_engine.models.server_action_task import PENDING, STARTED
from odoo.addons.server_action_engine.models.server_action_task_enqueue import PAYLOAD_KEY

#: Slices that are given away at once.
MOST_PARTS = 8
#: How long the next pass leaves them to the lanes.
_LANES_HAVE = timedelta(minutes=1)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _share_due(self, now, last, size):
        """Give the slices behind a record to tasks, if there are lanes and enough to do.

        :param last: (record id, date) behind which to begin
        :param size: records of a slice
        :returns: the ids of the tasks, and the (record id, date) behind which the rest begins
        """
        if not self._can_share_due():
            return [], last
        items = self._due_items(now, MOST_PARTS * size, after=last)
        ids = list(dict.fromkeys(item.res_id for item in items))
        if len(ids) < size:
            # The pass itself is there sooner.
            return [], last
        tasks = self.env["server.action.task"]
        action = self.env.ref("base_automation_ext.ir_actions_server_due_part")
        for at in range(0, len(ids), size):
            tasks += tasks._enqueue(action, self, values=ids[at : at + size], origin=self)
        return tasks.ids, (items[-1].res_id, items[-1].value)

    def _can_share_due(self):
        """Tell whether somebody is there to help, and the records have one order."""
        return (
            config["max_cron_threads"] > 1
            and self._due_resumes()
            and self.env["ir.cron"]._get_usable_task_lanes()
        )

    def _has_open_parts(self, task_ids):
        """Tell whether lanes have not finished yet what was given to them."""
        if not task_ids:
            return False
        states = (PENDING, STARTED)
        domain = [("id", "in", task_ids), ("state", "in", states)]
        return bool(self.env["server.action.task"].sudo().search_count(domain, limit=1))

    def _wake_for_parts(self, task_ids):
        """Have a pass do what no lane has begun by then: they may have other things to do."""
        if self._has_open_parts(task_ids):
            self._wake_at(fields.Datetime.now() + _LANES_HAVE)

    def _run_due_part(self):
        """Run the rule on the records of the task at hand; called by the technical action."""
        self.ensure_one()
        rule = self.sudo()
        rule = rule.with_env(rule._timed_environment(rule.time_tz))
        if not rule._waits_for_time() or rule._is_globally_paused() or not rule._due_field():
            # Whoever changes that looks at what is due by then.
            return
        ids, now = self.env.context[PAYLOAD_KEY], fields.Datetime.now()
        if rule._fire_ids(now, ids):
            rule._wake_at(now)
        self._checkpoint("due.part")


class ServerActionTask(models.Model):
    _inherit = "server.action.task"

    @api.model
    def _gave_up(self, ids):
        result = super()._gave_up(ids)
        action = self.env.ref("base_automation_ext.ir_actions_server_due_part", False)
        if not action:
            return result
        # Who is to blame shows when the records come one by one, as after a crash.
        self.env.cr.execute(
            """
            UPDATE base_automation rule SET due_attempt = greatest(coalesce(due_attempt, 0), 1)
              FROM server_action_task task
             WHERE task.id = ANY(%s) AND task.action_id = %s AND rule.id = task.res_id
            """,
            [list(ids), action.id],
        )
        if self.env.cr.rowcount:
            self.env["base.automation"]._wake_at(fields.Datetime.now())
        return result
