"""What an administrator does with tasks (requeue, cancel, pause, run now), and clearing up."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.constants import GC_UNLINK_LIMIT

from .server_action_task import CANCELLED, DONE, FAILED, PAUSED, PENDING

#: Days finished tasks are kept, by state; config parameters of these names override them.
KEEP_DAYS = {
    "server_action_engine.task_keep_done_days": (7, (DONE, CANCELLED)),
    "server_action_engine.task_keep_failed_days": (90, (FAILED,)),
}


class ServerActionTask(models.Model):
    _inherit = "server.action.task"

    def action_requeue(self):
        """Run failed and cancelled tasks again, with all their attempts."""
        tasks = self._lock_in_states(FAILED, CANCELLED)
        tasks -= tasks._with_taken_key()
        tasks._restart()
        return self._tell(tasks, self.env._("%(count)s tasks run again.", count=len(tasks)))

    def action_cancel(self):
        """Never run the tasks. One that runs at the moment cannot be stopped."""
        tasks = self._lock_in_states(PENDING, PAUSED, FAILED)
        tasks.write({"state": CANCELLED, "finished_at": fields.Datetime.now()})
        return self._tell(tasks, self.env._("%(count)s tasks cancelled.", count=len(tasks)))

    def action_pause(self):
        """Keep waiting tasks from starting until they are resumed."""
        tasks = self._lock_in_states(PENDING)
        tasks.write({"state": PAUSED})
        return self._tell(tasks, self.env._("%(count)s tasks paused.", count=len(tasks)))

    def action_resume(self):
        """Let paused tasks start when they are due."""
        tasks = self._lock_in_states(PAUSED)
        tasks.write({"state": PENDING})
        self._wake_lanes_after_commit()
        return self._tell(tasks, self.env._("%(count)s tasks resumed.", count=len(tasks)))

    def action_run_now(self):
        """Let waiting and paused tasks start as soon as a lane is free."""
        tasks = self._lock_in_states(PENDING, PAUSED)
        tasks.write({"state": PENDING, "due_at": fields.Datetime.now()})
        self._wake_lanes_after_commit()
        return self._tell(tasks, self.env._("%(count)s tasks are due now.", count=len(tasks)))

    def action_open_records(self):
        """Open what the task runs on."""
        self.ensure_one()
        ids = self.record_ids or ([self.res_id] if self.res_id else [])
        return self._open(self.model, ids)

    def action_open_origin(self):
        """Open what created the task."""
        self.ensure_one()
        return self._open(self.origin_model, [self.origin_id] if self.origin_id else [])

    def action_open_runs(self):
        """Open the run log of the task's attempts."""
        self.ensure_one()
        return self.env["server.action.run"]._window_action(
            [("origin_model", "=", self._name), ("origin_id", "=", self.id)],
            self.env._("Runs of %(task)s", task=self.display_name),
        )

    @api.model
    def _open(self, model, ids):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(model).name or model,
            "res_model": model,
            "view_mode": "form" if len(ids) == 1 else "list,form",
            "views": [(False, "form")] if len(ids) == 1 else [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
        }
        if len(ids) == 1:
            action["res_id"] = ids[0]
        return action

    def _lock_in_states(self, *states):
        """Return the tasks in these states, locked so that no lane starts them meanwhile."""
        self.check_access("write")
        self.flush_recordset()
        tasks = self.sudo().try_lock_for_update(allow_referencing=True)
        tasks.invalidate_recordset(["state"])
        return tasks.filtered(lambda task: task.state in states)

    def _with_taken_key(self):
        """Return the tasks whose idempotency key belongs to another unfinished task by now."""
        keys = [key for key in self.mapped("idempotency_key") if key]
        if not keys:
            return self.browse()
        self.flush_model()
        self._free_expired_keys(keys)
        taken = set(self.browse(self._tasks_with_keys(keys, [])).mapped("idempotency_key"))
        blocked = self.browse()
        for task in self:
            if task.idempotency_key and task.idempotency_key in taken:
                blocked |= task
            elif task.idempotency_key:
                taken.add(task.idempotency_key)
        return blocked

    def _restart(self):
        for mergeable, tasks in self.grouped("mergeable").items():
            kind = "b" if mergeable else "e"
            for key, same in tasks.grouped("batch_key").items():
                same.write(
                    {
                        "state": PENDING,
                        "attempt": 0,
                        "crash_count": 0,
                        "due_at": fields.Datetime.now(),
                        "finished_at": False,
                        "batch_key": kind + (key or "")[1:],
                    }
                )
        self._wake_lanes_after_commit()

    def _tell(self, changed, message):
        """Return a notification about what happened.

        :raises UserError: nothing could be changed
        """
        left = len(self) - len(changed)
        if self and not changed:
            raise UserError(
                self.env._(
                    "None of the tasks is in a state that allows this. A running task cannot be "
                    "stopped or changed, and a task does not run again while another one with the "
                    "same idempotency key is unfinished."
                )
            )
        if left:
            message = f"{message} " + self.env._(
                "%(count)s were left as they are: they are running, or their state or idempotency "
                "key does not allow it.",
                count=left,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if left else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.autovacuum
    def _gc_tasks(self):
        """Delete finished tasks after some time.

        :returns: (number deleted, whether more are waiting)
        """
        deleted, more = 0, False
        for parameter, (default, states) in KEEP_DAYS.items():
            now = fields.Datetime.now()
            days = int(self.env["ir.config_parameter"].sudo().get_param(parameter) or default)
            tasks = self.sudo().search(
                [
                    ("state", "in", states),
                    ("finished_at", "<", fields.Datetime.subtract(now, days=days)),
                    "|",
                    ("key_held", "=", False),
                    ("key_held_until", "<", now),
                ],
                limit=GC_UNLINK_LIMIT,
                order="finished_at",
            )
            tasks.unlink()
            deleted += len(tasks)
            more = more or len(tasks) == GC_UNLINK_LIMIT
        return deleted, more
