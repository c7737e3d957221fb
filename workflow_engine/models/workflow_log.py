"""The log: what happened to every instance, when, by whom and why. Lines are only ever added."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.server_action_engine.models.run_log_fields import LooseMany2one

from ..core import rows
from .workflow_words import REASONS


class WorkflowLog(models.Model):
    _name = "workflow.log"
    _inherit = ["workflow.record.owned"]
    _description = "Workflow Log Line"
    _order = "id desc"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True, index=True)
    event = fields.Selection(
        [
            (rows.START, "Started"),
            (rows.MOVE, "Entered"),
            (rows.ARRIVE, "Arrived at a join"),
            (rows.MERGE, "Merged at a join"),
            (rows.JOIN, "Joined"),
            (rows.KILL, "Ended"),
            (rows.DROP, "Branch ended"),
            (rows.REFUSED, "Refused"),
            (rows.DEFERRED, "Postponed"),
            (rows.FAILED, "Failed"),
            (rows.RETRY, "Tried again"),
            (rows.JUMP, "Moved by hand"),
            (rows.REDIRECT, "Redirected"),
            (rows.FINISH, "Finished"),
            (rows.CANCEL, "Cancelled"),
            (rows.DELETE, "Deleted"),
        ],
        required=True,
        readonly=True,
    )
    # Without foreign keys: the log outlives instances and records, and is written in bulk.
    instance_id = LooseMany2one("workflow.instance", string="Instance", readonly=True, index=True)
    wkf_id = LooseMany2one("workflow", string="Workflow", readonly=True)
    version_id = LooseMany2one("workflow.version", string="Version", readonly=True)
    res_type = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_type", readonly=True)
    uid = LooseMany2one("res.users", string="By", readonly=True)
    activity_id = LooseMany2one("workflow.activity", string="Activity", readonly=True)
    transition_id = LooseMany2one("workflow.transition", string="Transition", readonly=True)
    signal = fields.Char(readonly=True)
    reason = fields.Selection(
        REASONS, readonly=True, help="What caused it, or why a signal was refused."
    )
    detail = fields.Char(readonly=True)
    number = fields.Integer(string="Visit", readonly=True, aggregator=None)
    origin = fields.Integer(
        string="Left Visit",
        readonly=True,
        aggregator=None,
        help="The visit that a transition left.",
    )

    _record_idx = models.Index("(res_type, res_id, id)")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super; refused
        raise UserError(self.env._("The workflow engine writes this log; nobody else can."))

    def write(self, vals):  # pylint: disable=method-required-super; refused
        raise UserError(self.env._("The workflow log cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The workflow log cannot be deleted."))
