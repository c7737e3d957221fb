"""Erase what the run log knows about one record."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class ServerActionRunErase(models.TransientModel):
    _name = "server.action.run.erase"
    _description = "Erase Traces of a Record"

    model_id = fields.Many2one("ir.model", string="Model", required=True, ondelete="cascade")
    record_id = fields.Integer(string="Record ID", required=True)
    run_count = fields.Integer(string="Runs Found", compute="_compute_run_count")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        model, res_id = context.get("erase_model"), context.get("erase_record_id")
        if context.get("active_model") == "server.action.run" and not model:
            run = self.env["server.action.run"].browse(context.get("active_id")).exists()
            model, res_id = run.model, run.record_id
        if model:
            values["model_id"] = self.env["ir.model"]._get_id(model)
            values["record_id"] = res_id
        return values

    @api.depends("model_id", "record_id")
    def _compute_run_count(self):
        Run = self.env["server.action.run"]
        for wizard in self:
            wizard.run_count = (
                Run.search_count(
                    [
                        ("model", "=", wizard.model_id.model),
                        ("record_id", "=", wizard.record_id),
                    ]
                )
                if wizard.model_id and wizard.record_id
                else 0
            )

    def action_erase(self):
        """Erase the traces and say how many runs they were in."""
        self.ensure_one()
        if not self.record_id:
            raise UserError(self.env._("Enter the ID of the record whose traces to erase."))
        count = self.env["server.action.run"]._erase_traces(self.model_id.model, [self.record_id])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if count else "warning",
                "message": self.env._("Traces erased from %(count)s runs.", count=count)
                if count
                else self.env._("The run log holds no trace of this record."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
