"""Action type ``code``: Python, once per record or once per batch."""

from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from odoo import api, fields, models
from odoo.tools import safe_eval

from ..core.errors import ExpressionError
from ..core.expression import is_blank
from ..core.frames import state_of
from ..core.scope import (
    BATCH,
    RECORD,
    default_code_scope,
    needs_own_context,
    writes_constants_only,
)
from .budget import wall_clock_budget
from .record_environment import RecordEnvironment

#: Variables by which code hands something back.
_RESULT_NAMES = ("action", "response")


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    # Empty means exactly what stock Odoo does: all records at once when the action is called
    # directly, one by one under an automation rule. Actions that exist before the engine is
    # installed stay empty (see the pre-init hook), and so do those whose author empties it.
    code_scope = fields.Selection(
        [(RECORD, "Once per record"), (BATCH, "Once for all records")],
        string="Run the Code",
        help="Once per record: 'record' is the record at hand, and the first 'action' set is the "
        "result.\nOnce for all records: 'records' holds all of them.\nEmpty: as stock Odoo does.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state") == "code" and "code_scope" not in vals:
                vals["code_scope"] = default_code_scope(vals.get("code") or "")
        return super().create(vals_list)

    def write(self, vals):
        # Stock Odoo reads ``self.code`` here and fails on several actions.
        if "code" in vals and len(self) > 1:
            return all([action.write(vals) for action in self])
        if "code_scope" not in vals and ("code" in vals or "state" in vals):
            self._follow_code(vals)
        return super().write(vals)

    def _follow_code(self, vals):
        """Keep the scope in step with the code unless its author chose otherwise."""
        if len(self) != 1:
            return
        becomes_code = vals.get("state") == "code" and self.state != "code"
        follows = self.code_scope and self.code_scope == default_code_scope(self.code or "")
        if becomes_code or (self.state == "code" and follows):
            vals["code_scope"] = default_code_scope(vals.get("code", self.code) or "")

    @api.onchange("code", "state")
    def _onchange_code_scope(self):
        if self.state == "code" and (not self._origin or self._origin.code_scope):
            self.code_scope = default_code_scope(self.code or "")

    def _run_action_code_multi(self, eval_context):
        if is_blank(self.code):
            return None
        with self._code_budget():
            result = self._run_code(eval_context)
        self._check_transaction()
        return result

    def _run_code(self, eval_context):
        records = self._code_records(eval_context)
        if self.code_scope == RECORD and records:
            if self._may_write_at_once():
                self._evaluate(self.code, self._eval_scope(eval_context, records), mode="exec")
                return None
            return self._run_code_per_record(records, eval_context)
        self._evaluate(self.code, eval_context, mode="exec")
        return eval_context.get("action")

    def _may_write_at_once(self):
        """Tell whether one call may write all records, instead of one call for each of them.

        Only for tasks: if a model refuses to write several records, or one of them fails, those
        who run tasks try them in ever smaller parts, down to the single record.
        """
        state = state_of(self.env.cr)
        frame = state.current
        return bool(
            frame and state.is_due(self.id, frame.path) and writes_constants_only(self.code)
        )

    def _check_transaction(self):
        """Say so when the code caught a database error and left the transaction unusable.

        Otherwise whatever comes next fails, with an error that points at the wrong place.
        """
        connection = getattr(self.env.cr, "_cnx", None)
        if connection and connection.get_transaction_status() == TRANSACTION_STATUS_INERROR:
            raise ExpressionError(
                self.env._(
                    "The code of the action “%(action)s” caught a database error and went on. "
                    "After such an error nothing more can be saved. Check the values before "
                    "they are written, or put the statement into “with env.cr.savepoint():”.",
                    action=self.name,
                )
            )

    def _code_records(self, eval_context):
        if self.env.context.get("onchange_self") is not None:
            return eval_context["record"]
        return eval_context.get("records") or eval_context.get("record")

    def _run_code_per_record(self, records, eval_context):
        """Run the code on each record; the first ``action`` set is the result."""
        # A single record is the active one already.
        scoped = len(records) > 1 and records.ids and needs_own_context(self.code)
        if scoped:
            scoped = RecordEnvironment(eval_context["env"], records._name)
            eval_context = self._rebind(eval_context, scoped.env)
            records = records.with_env(scoped.env)
        # Looking at all names takes longer than most code; those of the records are records.
        safe_eval.check_values(eval_context)
        results = {}
        for record in records:
            if scoped:
                scoped.switch(record.id)
            names = self._eval_scope(eval_context, record)
            self._evaluate(self.code, names, mode="exec", is_checked=True)
            for name in _RESULT_NAMES:
                if names.get(name):
                    results.setdefault(name, names[name])
        eval_context.update(results)
        return results.get("action")

    def _code_budget(self):
        """Return the context manager that stops author-written code when its time is over.

        Scheduled actions have no budget: Odoo's own limits for crons apply to them.
        """
        return wall_clock_budget(
            0 if self.usage == "ir_cron" else self._limits().code_seconds,
            self.env.cr,
            lambda: self.env._("The code of the action “%(action)s”", action=self.name),
        )
