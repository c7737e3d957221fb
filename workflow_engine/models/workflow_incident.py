"""Incidents: something failed, and the record waits for a person."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.server_action_engine.models.run_log_fields import LooseMany2one


class WorkflowIncident(models.Model):
    _name = "workflow.incident"
    _inherit = ["workflow.record.owned"]
    _description = "Workflow Incident"
    _order = "id desc"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved")], required=True, readonly=True, index=True
    )
    instance_id = fields.Many2one(
        "workflow.instance", required=True, ondelete="cascade", index=True, readonly=True
    )
    workitem_id = LooseMany2one(
        "workflow.workitem", string="Workitem", readonly=True, index="btree_not_null"
    )
    activity_id = LooseMany2one("workflow.activity", string="Activity", readonly=True)
    transition_id = LooseMany2one("workflow.transition", string="Transition", readonly=True)
    message = fields.Text(readonly=True)
    traceback = fields.Text(readonly=True, groups="base.group_system")
    resolved_at = fields.Datetime(string="Resolved", readonly=True)
    res_type = fields.Char(related="instance_id.res_type", string="Model")
    res_id = fields.Many2oneReference(
        related="instance_id.res_id", model_field="res_type", string="Record"
    )

    @api.depends("message")
    def _compute_display_name(self):
        for incident in self:
            incident.display_name = (incident.message or "").partition("\n")[0][:80]

    def action_retry(self):
        """Try again what failed, as the current user."""
        self.check_access("read")
        self._check_record_access("write")
        for incident in self.sudo():
            if incident.state == "open" and not incident.workitem_id:
                raise UserError(
                    self.env._(
                        "%(instance)s is at no activity any more, so there is nothing to try "
                        "again. An administrator can move it to an activity.",
                        instance=incident.instance_id.display_name,
                    )
                )
        self.env["workflow.engine"]._retry(self.sudo())
        return True
