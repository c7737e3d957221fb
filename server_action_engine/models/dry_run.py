"""What an action would do, without doing it."""

import time

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..core.errors import is_retryable_db_error
from ..core.frames import DueTask, state_of
from .dry_run_changes import ChangeTracker
from .dry_run_outgoing import note_callbacks
from .dry_run_recorder import Recorder, dry_run_of
from .dry_run_report import ReportBuilder
from .dry_run_sandbox import sandbox


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _dry_run(self, records, run=None, title=None):
        """Run actions on records in a savepoint that is rolled back, and tell what happened.

        :param records: recordset of the actions' model
        :param run: function ``(action, records)`` that starts one action, for callers who start
            it in their own way
        :param title: what the report is about; default is the name of the action
        :returns: the report, plain data (see :class:`~.dry_run_report.ReportBuilder`)
        :raises AccessError: the user is no administrator
        """
        for action in self:
            action._check_dry_run(records)
        recorder, cr = Recorder(), self.env.cr
        tracker = ChangeTracker(cr)
        report = ReportBuilder(self, records, recorder, title)
        with sandbox(self.env, recorder) as undo:
            tracker.start()
            if tracker.is_blind:
                recorder.not_simulated(
                    self.env._("Changes cannot be shown: PostgreSQL's setting track_counts is off.")
                )
            started, statements = time.perf_counter(), cr.sql_log_count
            try:
                for action in self:
                    action._run_dry(records, run)
                # Pending changes, and what happens just before a commit (tracking messages …).
                cr.flush()
            except Exception as exc:
                if is_retryable_db_error(exc):
                    raise
                report.failed(exc)
            report.measured((time.perf_counter() - started) * 1000, cr.sql_log_count - statements)
            if not report.error:
                tracker.finish()
                note_callbacks(recorder, cr.postcommit)
                report.read_after(tracker)
            undo()
            tracker.compare()
            report.read_before(tracker)
        return report.build(tracker)

    def _check_dry_run(self, records):
        if not (self.env.su or self.env.user._is_system()):
            raise AccessError(self.env._("Only administrators may try actions out."))
        if dry_run_of(self.env.cr) is not None:
            raise UserError(self.env._("A dry run cannot start another one."))
        if records._name != self.model_name:
            raise UserError(
                self.env._(
                    "The action “%(action)s” works on %(model)s, not on %(other)s.",
                    action=self.name,
                    model=self.model_id.name,
                    other=records._description,
                )
            )

    def _run_dry(self, records, run=None):
        action = self.with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id
        )
        # Shown is what the task would do; that it waits for one is said in the report.
        task = DueTask(0, self.id) if self.execution == "task" else None
        with state_of(self.env.cr).carrying_out(task):
            if run is None:
                action.run()
            else:
                run(action, records)

    # -- what the recorder hears ----------------------------------------------------------------

    def _log_run(self, frame):
        recorder = dry_run_of(self.env.cr)
        if recorder is not None:
            recorder.frames.append(frame)
            return
        super()._log_run(frame)

    def _filter_by_domain(self, records, eval_context):
        kept = super()._filter_by_domain(records, eval_context)
        recorder = dry_run_of(self.env.cr)
        if recorder is not None:
            recorder.domain_kept[self.id] = set(kept.ids)
        return kept

    def _filter_by_condition(self, records, eval_context):
        kept = super()._filter_by_condition(records, eval_context)
        recorder = dry_run_of(self.env.cr)
        if recorder is not None and self._has_condition():
            matching = recorder.domain_kept.pop(self.id, None)
            recorder.conditions.append(
                {
                    "action": self.name,
                    "model": records._name,
                    "domain": self.condition_domain or "",
                    "expression": self.condition or "",
                    "kept": kept.ids,
                    # Which of the two refused the record.
                    "left_out": [
                        (record.id, matching is None or record.id in matching)
                        for record in records - kept
                    ],
                }
            )
        return kept

    def _logging_function(self, stock_log):
        log = super()._logging_function(stock_log)
        recorder = state_of(self.env.cr).dry_run
        if recorder is None:
            return log

        def quiet_log(message, level="info"):
            recorder.not_simulated(
                self.env._("Lines written by log() do not reach the server log; see the steps.")
            )
            log(message, level)

        return quiet_log
