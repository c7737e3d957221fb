"""What tasks need to know about the action they run."""

from odoo import models

from ..core.frames import state_of
from ..core.retry import RetryPolicy
from ..core.scope import RECORD
from .error_policy import RETRY


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _is_task_divisible(self, _seen=()):
        """Tell whether the action does the same on each record, whatever others run with it.

        Code that runs once per batch (or as stock Odoo runs it) may sum up or compare its
        records: neither may it miss some nor may it get those of another call.
        """
        self.ensure_one()
        if self.id in _seen:
            return True
        if self.state == "code":
            return self.code_scope == RECORD
        return all(part._is_task_divisible((*_seen, self.id)) for part in self._get_task_parts())

    def _get_task_parts(self):
        """Return the actions that run on the records of this one. Types with parts extend this."""
        names = {
            "multi": ("child_ids",),
            "loop": ("loop_action_id",),
            "branch": ("branch_then_id", "branch_else_id"),
        }
        parts = self.browse()
        for name in names.get(self.state, ()):
            parts |= self[name]
        return parts

    def _get_task_retry_policy(self):
        """Return how often a task of this action is tried: once, unless it is to be retried."""
        self.ensure_one()
        if self.on_error != RETRY:
            return RetryPolicy()
        return RetryPolicy(
            max_attempts=max(1, self.retry_max),
            delay_seconds=self.retry_delay_seconds,
            factor=self.retry_factor,
            max_delay_seconds=self.retry_max_delay_seconds,
        )

    def unlink(self):
        # Their link is no foreign key.
        self.env["server.action.task"].sudo().search([("action_id", "in", self.ids)]).unlink()
        return super().unlink()

    def _log_run(self, frame):
        # A batch of tasks that fails is halved until the failing task is alone. Only that last
        # attempt is worth a line; the drainer writes it when the savepoint is gone.
        state = state_of(self.env.cr)
        if frame.state == "failed" and state.is_due(self.id):
            state.failed_task_frame = frame
            return
        super()._log_run(frame)
