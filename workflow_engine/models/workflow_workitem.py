"""Workitems: the positions of an instance, its tokens."""

from odoo import api, fields, models
from odoo.tools import sql

from odoo.addons.server_action_engine.models.run_log_fields import LooseMany2one

from ..core import constants as words


class WorkflowWorkitem(models.Model):
    _name = "workflow.workitem"
    _inherit = ["workflow.record.owned"]
    _description = "Workflow Workitem"
    _order = "inst_id desc, number"
    _log_access = False

    # Without a foreign key, which would lock the row of the activity for each token that comes.
    # Activities of used versions are not deleted, and with a whole workflow its instances go.
    act_id = LooseMany2one(
        "workflow.activity",
        string="Activity",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    inst_id = fields.Many2one(
        "workflow.instance",
        string="Instance",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    subflow_id = fields.Many2one(
        "workflow.instance",
        string="Waits for",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        help="The instance of a subflow it waits for.",
    )
    state = fields.Selection(
        [
            (words.ACTIVE, "Arrived"),
            (words.RUNNING, "Running"),
            (words.COMPLETE, "Done"),
            (words.ERROR, "Failed"),
            (words.BLOCKED, "Condition failed"),
        ],
        required=True,
        readonly=True,
        help="Done: what the activity does is done, and it waits for its next transition. "
        "Running: it waits for a subflow.",
    )
    number = fields.Integer(
        required=True,
        readonly=True,
        aggregator=None,
        help="Counts the visits of activities within the instance.",
    )
    entered_at = fields.Datetime(string="Since", readonly=True)
    wkf_id = fields.Many2one(related="inst_id.wkf_id")
    res_type = fields.Char(related="inst_id.res_type", string="Model")
    res_id = fields.Many2oneReference(
        related="inst_id.res_id", model_field="res_type", string="Record"
    )

    def init(self):
        # Databases of before these decisions.
        self.env.cr.execute(
            "ALTER TABLE workflow_workitem DROP CONSTRAINT IF EXISTS workflow_workitem_act_id_fkey"
        )
        if sql.column_exists(self.env.cr, "workflow_instance", "awaited"):
            self.env.cr.execute(
                "UPDATE workflow_instance SET awaited = true WHERE awaited IS NOT TRUE AND id IN "
                "(SELECT subflow_id FROM workflow_workitem WHERE subflow_id IS NOT NULL)"
            )

    @api.depends("act_id.name")
    def _compute_display_name(self):
        for workitem in self:
            workitem.display_name = workitem.sudo().act_id.name
