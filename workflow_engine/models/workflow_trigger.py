"""Triggers: records that an instance waits for."""

from odoo import fields, models


class WorkflowTrigger(models.Model):
    _name = "workflow.trigger"
    _inherit = ["workflow.record.owned"]
    _description = "Workflow Trigger"
    _log_access = False

    model = fields.Char(string="Model Name", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", required=True, readonly=True
    )
    instance_id = fields.Many2one(
        "workflow.instance", required=True, ondelete="cascade", index=True, readonly=True
    )
    workitem_id = fields.Many2one(
        "workflow.workitem", required=True, ondelete="cascade", index=True, readonly=True
    )
    transition_id = fields.Many2one(
        "workflow.transition", required=True, ondelete="cascade", readonly=True
    )

    _record_idx = models.Index("(model, res_id)")
