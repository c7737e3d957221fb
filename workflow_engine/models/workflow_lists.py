"""Workflows whose records can be grouped by activity in lists."""

from odoo import api, fields, models


class Workflow(models.Model):
    _inherit = "workflow"

    in_lists = fields.Boolean(
        string="Activity in Lists",
        help="Adds the field “Workflow Activity” to the documents, to group, filter and export "
        "their lists by. Switching it on or off lets every server process read its models anew, "
        "which takes some seconds; saved filters that use the field fail without it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        workflows = super().create(vals_list)
        workflows.filtered("in_lists")._sync_lists()
        return workflows

    def write(self, vals):
        if not {"in_lists", "osv", "model_id"} & set(vals):
            return super().write(vals)
        before = set(self.mapped("osv"))
        result = super().write(vals)
        self._sync_lists(before)
        return result

    def unlink(self):
        listed = set(self.filtered("in_lists").mapped("osv"))
        result = super().unlink()
        if listed:
            self.env["ir.model.fields"]._sync_workflow_places(listed)
        return result

    @api.model
    def _in_lists(self, model_names):
        """Return the workflows of models that want the field, also archived ones."""
        workflows = self.sudo().with_context(active_test=False)
        return workflows.search([("osv", "in", list(model_names)), ("in_lists", "=", True)])

    def _sync_lists(self, others=()):
        self.env["ir.model.fields"]._sync_workflow_places({*self.mapped("osv"), *others})
