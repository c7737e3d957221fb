"""From any view to the rules of its model."""

from odoo import api, models


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model
    def action_open_rules_of_model(self, model_name):
        """Return the window action with all rules on a model; a new one is for that model."""
        self.check_access("read")
        model = self.env["ir.model"]._get(model_name)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "base_automation.base_automation_act"
        )
        name = self.env._("Automations on %(model)s", model=model.name)
        action.update(
            name=name,
            # What breadcrumbs show.
            display_name=name,
            domain=[("model_id", "=", model.id)],
            context={"default_model_id": model.id, "active_test": False},
        )
        return action
