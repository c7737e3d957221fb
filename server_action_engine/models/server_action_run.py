"""The run log: one record per execution of a server action."""

import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.frames import state_of
from .run_log_buffer import write_soon, write_waiting
from .run_log_fields import LooseMany2one
from .run_log_later import failures_of
from .run_log_rows import insert_rows, run_rows

_logger = logging.getLogger(__name__)

RUN_STATES = [
    ("done", "Done"),
    ("skipped", "Skipped"),
    ("queued", "Queued"),
    ("partly", "Partly Failed"),
    ("isolated", "Isolated"),
    ("failed", "Failed"),
]
#: States in which at least one record was not processed as it should have been.
TROUBLE_STATES = ("partly", "isolated", "failed")


class ServerActionRun(models.Model):
    _name = "server.action.run"
    _description = "Automation Run"
    _inherit = ["mail.activity.mixin"]
    _rec_name = "action_name"
    _order = "id desc"
    # Rows are written by SQL and never changed: nobody to blame, nothing to date.
    _log_access = False

    action_id = LooseMany2one("ir.actions.server", string="Action", readonly=True, index=True)
    action_name = fields.Char(string="Action Name", readonly=True)
    action_type = fields.Char(string="Type", readonly=True)
    trigger_kind = fields.Selection(
        [
            ("manual", "User"),
            ("button", "Button"),
            ("automation", "Rule"),
            ("cron", "Schedule"),
            ("task", "Task"),
            ("workflow", "Workflow"),
            ("other", "Other"),
        ],
        string="Started By",
        readonly=True,
    )
    origin_model = fields.Char(string="Origin Model", readonly=True)
    origin_id = fields.Many2oneReference(
        string="Origin ID", model_field="origin_model", readonly=True
    )
    origin_name = fields.Char(
        string="Origin", readonly=True, help="The rule, schedule or task that started the run."
    )
    user_id = LooseMany2one("res.users", string="User", readonly=True)
    company_id = LooseMany2one("res.company", string="Company", readonly=True)
    started = fields.Datetime(readonly=True, index=True)
    duration_ms = fields.Float(
        string="Duration (ms)", readonly=True, digits=(16, 1), aggregator="avg"
    )
    sql_count = fields.Integer(string="SQL Statements", readonly=True, aggregator="avg")
    model = fields.Char(readonly=True, index=True)
    record_ids = fields.Json(
        string="Record IDs", readonly=True, help="At most 1,000 are kept; the count is exact."
    )
    record_count = fields.Integer(string="Records", readonly=True)
    records_left_out = fields.Integer(
        string="Left Out",
        readonly=True,
        help="Records on which the action did not run because its condition was not met.",
    )
    reason = fields.Text(readonly=True, help="Why records were left out or nothing was done.")
    condition_text = fields.Text(string="Condition", readonly=True)
    state = fields.Selection(RUN_STATES, readonly=True)
    result = fields.Char(readonly=True)
    error_type = fields.Char(readonly=True)
    error_message = fields.Text(string="Error", readonly=True)
    traceback = fields.Text(readonly=True)
    step_count = fields.Integer(string="Steps", readonly=True)
    step_ids = fields.One2many("server.action.step", "run_id", readonly=True)
    model_name = fields.Char(string="Model Name", compute="_compute_model_name")
    timeline = fields.Json(compute="_compute_timeline")
    record_id = fields.Integer(
        string="Record ID",
        compute="_compute_record_id",
        search="_search_record_id",
        help="The record, if the run worked on just one. Search by it to find all runs that "
        "worked on a record.",
    )

    @api.depends("model")
    def _compute_model_name(self):
        for run in self:
            model = self.env.get(run.model) if run.model else None
            run.model_name = model._description if model is not None else run.model

    @api.depends("action_name")
    def _compute_display_name(self):
        # An action runs often: without the number, all its runs had the same title.
        for run in self:
            name = run.action_name or self.env._("Run")
            run.display_name = f"{name} #{run.id}"

    @api.depends("step_ids")
    def _compute_timeline(self):
        for run in self:
            run.timeline = run.step_ids._timeline()

    @api.depends("record_ids")
    def _compute_record_id(self):
        for run in self:
            ids = run.record_ids or []
            run.record_id = ids[0] if len(ids) == 1 else 0

    def _search_record_id(self, operator, value):
        if operator not in ("in", "="):
            return NotImplemented
        ids = [int(res_id) for res_id in (value if operator == "in" else [value]) if res_id]
        return Domain.OR(
            Domain.custom(
                to_sql=lambda model, alias, query, res_id=res_id: SQL(
                    "%s @> %s::jsonb", SQL.identifier(alias, "record_ids"), str(res_id)
                )
            )
            for res_id in ids
        )

    # What went wrong is what is looked for; the rest is nearly everything.
    _trouble_idx = models.Index("(id) WHERE state IN ('partly', 'isolated', 'failed')")

    # -- writing ------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super; refused
        raise UserError(self._read_only_message())

    def write(self, vals):  # pylint: disable=method-required-super; refused
        raise UserError(self._read_only_message())

    def _read_only_message(self):
        return self.env._(
            "The run log cannot be changed by hand. Administrators can erase the traces of a "
            "record, and old runs are removed automatically."
        )

    @api.model
    def _record(self, frame, trigger=None):
        """Write a finished execution to the log, in the current transaction.

        :param frame: root :class:`~..core.frames.Frame`
        :param trigger: ``{kind, model, id, name, user_id, company_id}``
        :returns: id of the run; False in a dry run or when the run cannot be described
        """
        row = self._row_of(frame, trigger)
        if row is None:
            return False
        cr = self.env.cr
        # In the order in which they happened.
        write_waiting(cr)
        [run_id] = insert_rows(cr, [row])
        if _has_error(frame):
            failures_of(cr).alert_later(self.env, run_id)
        return run_id

    @api.model
    def _record_soon(self, frame, trigger=None):
        """Like :meth:`_record`, together with the other runs of the transaction."""
        if _has_error(frame):
            self._record(frame, trigger)
        elif (row := self._row_of(frame, trigger)) is not None:
            write_soon(self.env.cr, row)

    @api.model
    def _record_failure_later(self, frame, trigger=None):
        """Keep a failed execution for the log, whatever becomes of the transaction.

        Written once: after the rollback, or with the commit if the error was caught. Parameters
        as for :meth:`_record`.
        """
        if (row := self._row_of(frame, trigger)) is not None:
            failures_of(self.env.cr).add(self.env, row)

    def _row_of(self, frame, trigger):
        """Return what is written about an execution, None in a dry run.

        The log is not worth an error of its own: what it cannot describe it leaves out.
        """
        if state_of(self.env.cr).dry_run is not None:
            return None
        try:
            return run_rows(self.env, frame, trigger)
        except psycopg2.Error:
            # The transaction cannot go on after it.
            raise
        except Exception:
            _logger.warning("The run log could not record %s", frame.action_name, exc_info=True)
            return None

    @api.model
    def _search(self, *args, **kwargs):
        write_waiting(self.env.cr)
        return super()._search(*args, **kwargs)

    @api.model
    def _recorded(self, ids):
        """Do nothing. Called with the ids of runs in which something failed; addons extend it.

        The runs are committed. Called in a transaction of its own, as superuser; what it raises is
        logged and keeps nobody from anything.
        """

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Nobody follows a run; activities ask for it without checking (``mail.activity``)."""
        return True

    # -- actions ------------------------------------------------------------------------------

    @api.model
    def action_open_runs_of(self, model, res_id):
        """Return the window action with the runs that worked on a record."""
        self.check_access("read")
        record = self.env[model].browse(res_id).exists()
        record.check_access("read")
        return self._window_action(
            [("model", "=", model), ("record_id", "=", res_id)],
            self.env._("Runs on %(record)s", record=record.display_name or res_id),
            erase_model=model,
            erase_record_id=res_id,
        )

    @api.model
    def action_open_runs_from(self, model, res_id):
        """Return the window action with the runs started by a rule, schedule or task."""
        self.check_access("read")
        return self._window_action([("origin_model", "=", model), ("origin_id", "=", res_id)])

    @api.model
    def _window_action(self, domain, name=None, **context):
        """Return the window action with the runs of a domain.

        :param name: its title; default is that of the menu
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "server_action_engine.server_action_run_action"
        )
        if name:
            # The web client prefers the second one, which came with the menu's action.
            action.update(name=name, display_name=name)
        return {**action, "domain": domain, "context": context}

    def action_open_records(self):
        """Open the records the run worked on."""
        self.ensure_one()
        if self.env.get(self.model) is None:
            raise UserError(
                self.env._("The model %(model)s does not exist any more.", model=self.model)
            )
        ids = self.env[self.model].browse(self.record_ids or []).exists().ids
        if not ids:
            raise UserError(self.env._("The records do not exist any more."))
        action = {
            "type": "ir.actions.act_window",
            "name": self.model_name,
            "res_model": self.model,
        }
        if len(ids) == 1:
            return {**action, "res_id": ids[0], "views": [(False, "form")]}
        return {
            **action,
            "domain": [("id", "in", ids)],
            "views": [(False, "list"), (False, "form")],
        }

    def action_open_origin(self):
        """Open the rule, schedule or task that started the run."""
        self.ensure_one()
        origin = self.env.get(self.origin_model) if self.origin_model else None
        if origin is None or not origin.browse(self.origin_id).exists():
            raise UserError(self.env._("What started this run does not exist any more."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.origin_model,
            "res_id": self.origin_id,
            "views": [(False, "form")],
        }


def _has_error(frame):
    """Tell whether something failed although the execution went on."""
    return any(step.error_type for step in frame.walk())
