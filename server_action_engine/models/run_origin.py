"""The limits of an execution, what started it, and whether it is logged."""

import logging
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, models
from odoo.tools import ormcache

from ..core.errors import is_retryable_db_error
from ..core.frames import DEFAULT_MAX_ACTIONS, DEFAULT_MAX_DEPTH, state_of

_logger = logging.getLogger(__name__)

#: Seconds author-written code may take; 0 in the parameter is no limit.
DEFAULT_CODE_SECONDS = 120.0


class Limits(NamedTuple):
    """What protects against accidents of authors."""

    depth: int
    """Actions that may run inside each other."""
    actions: int
    """Actions one execution may start."""
    code_seconds: float
    """Seconds a block of code may take; 0 is no limit."""


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model
    # Emptied by every change of a system parameter.
    @ormcache(cache="stable")
    def _limits(self):
        """Return the :class:`Limits` the administrator has set."""
        return Limits(
            self._limit("max_depth", DEFAULT_MAX_DEPTH, int),
            self._limit("max_actions", DEFAULT_MAX_ACTIONS, int),
            self._limit("code_budget_seconds", DEFAULT_CODE_SECONDS, float),
        )

    @api.model
    def _limit(self, name, default, kind):
        # Parameters are for administrators, what they limit is for everybody.
        value = self.env["ir.config_parameter"].sudo().get_param(f"server_action_engine.{name}")
        try:
            return kind(value or default)
        except ValueError:
            _logger.warning(
                "System parameter server_action_engine.%s: %r is no number", name, value
            )
            return default

    def _trigger_of(self, state):
        """Return what started this execution: ``{kind, model, id, name, user_id, company_id}``."""
        trigger = {"user_id": self.env.uid, "company_id": self.env.company.id}
        if state.origin:
            return {**trigger, **state.origin}
        if state.is_due(self.id):
            return {
                **trigger,
                "kind": "task",
                "model": "server.action.task",
                "id": state.task.id,
                "name": self.env._("Task %(id)s", id=state.task.id),
            }
        if self.usage == "ir_cron":
            cron = self.ir_cron_ids[:1]
            return {**trigger, "kind": "cron", "model": "ir.cron", "id": cron.id, "name": self.name}
        if rule := self._own_rule():
            return {
                **trigger,
                "kind": "automation",
                "model": rule._name,
                "id": rule.id,
                "name": rule.name,
            }
        return {**trigger, "kind": "manual"}

    def _root_trigger(self):
        root = state_of(self.env.cr).root
        return dict(root.trigger) if root is not None else {}

    def _effective_log_level(self):
        return self.log_level or ("failures" if self.usage == "ir_cron" else "all")

    def _log_run(self, frame):
        """Hand the finished tree of frames to the run log."""
        level = self._effective_log_level()
        if level == "off" or state_of(self.env.cr).dry_run is not None:
            return
        exc = frame.scratch.get("exception")
        Run = self.env["server.action.run"].sudo()
        if frame.state == "failed":
            if exc is None or not is_retryable_db_error(exc):
                Run._record_failure_later(frame, frame.trigger)
        elif level == "all" or any(item.state == "isolated" for item in frame.walk()):
            if self.env.cr.readonly:
                self._log_after_read_only(frame)
            else:
                Run._record_soon(frame, frame.trigger)

    def _log_after_read_only(self, frame):
        """Log a run of a read-only request, whose own transaction cannot hold the log."""
        registry = self.pool

        @self.env.cr.postcommit.add
        def _record_in_own_transaction():
            with registry.cursor() as cr:
                run = api.Environment(cr, SUPERUSER_ID, {})["server.action.run"]
                run._record(frame, frame.trigger)
