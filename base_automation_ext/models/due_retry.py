"""Trying again what a timed rule has failed on: one background task for each record."""

from odoo import api, models

from odoo.addons.server_action_engine.models.server_action_task import CANCELLED

from .due_fire import STEP_KEY
from .due_ledger import DONE, FAILED, LEFT_OUT, WAITING

#: What the task of a retry carries: the id of the row it is about.
ROW_KEY = "due_row"


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _retry_due(self, rows, delayed=False):
        """Have tasks run the rule on the records of failed rows.

        :param delayed: whether they wait as long as the first retry of an action does
        """
        self.ensure_one()
        rule = self.sudo()
        rule = rule.with_env(rule._timed_environment(rule.time_tz))
        if not rule.later_action_id:
            rule._sync_tasks()
        tasks, action = rule.env["server.action.task"], rule.later_action_id
        for row in rows.sudo():
            record = rule.env[rule.model_name].browse(row.res_id)
            task = tasks._enqueue(
                action,
                record,
                origin=rule,
                delay_seconds=action.retry_delay_seconds if delayed else 0,
                idempotency_key=f"base.automation.due,{row.id}",
                values={ROW_KEY: row.id},
            )
            self.env.cr.execute(
                "UPDATE base_automation_due SET state = %s, task_id = %s WHERE id = %s",
                [WAITING, task.id, row.id],
            )
        rows.invalidate_recordset()

    def _run_due(self, records, values):
        row_id = (values or {}).get(ROW_KEY)
        if not row_id:
            return super()._run_due(records, values)
        row = self.env["base.automation.due"].sudo().browse(row_id).exists()
        step = {STEP_KEY: row.step} if row else {}
        ran = super()._run_due(records.with_context(**step), None)
        self.env.cr.execute(
            "UPDATE base_automation_due SET state = %s, error = CASE WHEN %s THEN NULL "
            "ELSE error END, fired_at = clock_timestamp() AT TIME ZONE 'UTC' WHERE id = %s",
            [DONE if ran else LEFT_OUT, bool(ran), row_id],
        )
        return ran


class ServerActionTask(models.Model):
    _inherit = "server.action.task"

    @api.model
    def _gave_up(self, ids):
        result = super()._gave_up(ids)
        self.env.cr.execute(
            """
            UPDATE base_automation_due due SET state = %s, error = task.error_message
              FROM server_action_task task
             WHERE task.id = ANY(%s) AND due.task_id = task.id AND due.state = %s
            """,
            [FAILED, list(ids), WAITING],
        )
        return result

    def action_cancel(self):
        result = super().action_cancel()
        self.env.cr.execute(
            "UPDATE base_automation_due due SET state = %s FROM server_action_task task "
            "WHERE task.id = ANY(%s) AND task.state = %s AND due.task_id = task.id "
            "AND due.state = %s",
            [FAILED, self.ids, CANCELLED, WAITING],
        )
        return result
