"""Instances: one record on its way through one version of a definition.

Rows are written by the store (``workflow_store.py``), by SQL and by nobody else.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import constants as words


class _ActivitiesOfWorkitems(fields.Many2many):
    """The activities an instance is at, to filter and group by: its table is that of workitems."""

    def update_db(self, model, columns):
        return


class WorkflowInstance(models.Model):
    _name = "workflow.instance"
    _inherit = ["workflow.record.owned"]
    _description = "Workflow Instance"
    _order = "id desc"
    _log_access = False

    wkf_id = fields.Many2one(
        "workflow", string="Workflow", required=True, ondelete="cascade", index=True, readonly=True
    )
    version_id = fields.Many2one(
        "workflow.version",
        string="Version",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    res_type = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_type", required=True, readonly=True
    )
    uid = fields.Many2one(
        "res.users",
        string="Started By",
        ondelete="set null",
        readonly=True,
        help="The user who caused it to start.",
    )
    state = fields.Selection(
        [
            (words.ACTIVE, "Active"),
            (words.COMPLETE, "Complete"),
            (words.STUCK, "Stuck"),
            (words.CANCELLED, "Cancelled"),
        ],
        required=True,
        readonly=True,
        help="Stuck: no activity is left, and no stop activity was reached.",
    )
    results = fields.Char(
        readonly=True, help="The stop activities it ended on; workflows above it hear their names."
    )
    number = fields.Integer(readonly=True, aggregator=None)
    awaited = fields.Boolean(
        readonly=True, help="Whether another workflow has ever waited for this one."
    )
    started_at = fields.Datetime(string="Started", readonly=True)
    ended_at = fields.Datetime(string="Ended", readonly=True)
    workitem_ids = fields.One2many("workflow.workitem", "inst_id", string="Workitems")
    mark_ids = fields.One2many("workflow.mark", "instance_id", string="Crossed Transitions")
    activity_ids = _ActivitiesOfWorkitems(
        "workflow.activity",
        "workflow_workitem",
        "inst_id",
        "act_id",
        string="Activity",
        readonly=True,
        copy=False,
    )
    present = fields.Char(
        string="Present Activities",
        compute="_compute_present",
        help="Where the record is in the workflow now.",
    )

    _record_idx = models.Index("(res_type, res_id, state)")

    @api.depends("wkf_id.name", "res_type", "res_id")
    def _compute_display_name(self):
        for instance in self:
            instance.display_name = (
                f"{instance.sudo().wkf_id.name} ({instance.res_type},{instance.res_id})"
            )

    @api.depends("workitem_ids.act_id")
    def _compute_present(self):
        for instance in self:
            instance.present = ", ".join(instance.workitem_ids.act_id.mapped("name"))

    def action_open_records(self):
        """Open the records of these instances in a list of their own."""
        names = set(self.mapped("res_type"))
        if len(names) != 1:
            raise UserError(
                self.env._(
                    "The chosen instances are about records of %(count)s models. Choose instances "
                    "of one model, for example by grouping them by workflow.",
                    count=len(names),
                )
            )
        [name] = names
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(name).name,
            "res_model": name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", list(dict.fromkeys(self.mapped("res_id"))))],
        }

    def action_open_record(self):
        """Open the record."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_type,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
