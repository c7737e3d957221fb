"""One action working on one batch, inside a run."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .run_log_buffer import write_waiting
from .run_log_fields import LooseMany2one
from .run_log_rows import STEP_COLUMNS
from .run_log_timeline import timeline
from .server_action_run import RUN_STATES


class ServerActionStep(models.Model):
    _name = "server.action.step"
    _description = "Automation Run Step"
    _rec_name = "action_name"
    _order = "run_id desc, sequence, id"
    _log_access = False

    run_id = LooseMany2one("server.action.run", required=True, readonly=True, index=True)
    sequence = fields.Integer(readonly=True)
    path = fields.Char(
        readonly=True, help="Place in the tree of actions, such as multi/2/loop/0; empty: the root."
    )
    parent_path = fields.Char(readonly=True)
    depth = fields.Integer(readonly=True)
    action_id = LooseMany2one("ir.actions.server", string="Action", readonly=True, index=True)
    action_name = fields.Char(string="Action Name", readonly=True)
    action_type = fields.Char(string="Type", readonly=True)
    model = fields.Char(readonly=True)
    record_ids = fields.Json(string="Record IDs", readonly=True)
    record_count = fields.Integer(string="Records", readonly=True)
    records_left_out = fields.Integer(string="Left Out", readonly=True)
    reason = fields.Text(readonly=True)
    condition_text = fields.Text(string="Condition", readonly=True)
    started = fields.Datetime(readonly=True)
    duration_ms = fields.Float(string="Duration (ms)", readonly=True, digits=(16, 1))
    sql_count = fields.Integer(string="SQL Statements", readonly=True)
    state = fields.Selection(RUN_STATES, readonly=True)
    result = fields.Char(readonly=True)
    changed_values = fields.Json(
        string="What Changed",
        readonly=True,
        help="Field → value written, or → the values before and after. Values of restricted, "
        "secret and binary fields are hidden.",
    )
    values_model = fields.Char(
        string="Model of the Values",
        readonly=True,
        help="Technical name of the model the values were written to.",
    )
    created = fields.Json(string="Records Created", readonly=True)
    messages = fields.Json(readonly=True)
    error_type = fields.Char(readonly=True)
    error_message = fields.Text(string="Error", readonly=True)
    traceback = fields.Text(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super; refused
        raise UserError(self.env["server.action.run"]._read_only_message())

    def write(self, vals):  # pylint: disable=method-required-super; refused
        raise UserError(self.env["server.action.run"]._read_only_message())

    @api.model
    def _search(self, *args, **kwargs):
        write_waiting(self.env.cr)
        return super()._search(*args, **kwargs)

    def _timeline(self):
        """Return the steps as the timeline widget shows them: a list of plain dicts."""
        return timeline(self.env, [{name: step[name] for name in STEP_COLUMNS} for step in self])
