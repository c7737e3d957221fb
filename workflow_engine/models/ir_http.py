"""What the web client knows about workflows before it asks."""

from odoo import api, models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client which models have workflows: forms of others ask nothing."""
        info = super().session_info()
        if self.env.user._is_internal():
            info["workflow_models"] = self.env["workflow"].models_with_workflow()
        return info


class Workflow(models.Model):
    _inherit = "workflow"

    @api.model
    @api.readonly
    def models_with_workflow(self):
        """Return the names of the models whose records are, or will be, in a workflow."""
        # Definitions need not be readable for those whose records go through them.
        versions = self.env["workflow.version"].sudo()
        used = ["|", ("state", "!=", "draft"), ("publishes_itself", "=", True)]
        groups = versions.with_context(active_test=False)._read_group(used, ["wkf_id"])
        return sorted({workflow.osv for [workflow] in groups})
