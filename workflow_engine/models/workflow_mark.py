"""Marks: transitions to a join that were crossed while it still waits."""

from odoo import fields, models


class WorkflowMark(models.Model):
    _name = "workflow.mark"
    _inherit = ["workflow.record.owned"]
    _description = "Crossed Workflow Transition"
    _log_access = False

    instance_id = fields.Many2one(
        "workflow.instance", required=True, ondelete="cascade", readonly=True
    )
    transition_id = fields.Many2one(
        "workflow.transition", required=True, ondelete="cascade", index=True, readonly=True
    )
    count = fields.Integer(readonly=True, help="Crossings that the join has not used up yet.")

    _pair_uniq = models.Constraint(
        "UNIQUE (instance_id, transition_id)", "A transition is marked once in an instance."
    )
