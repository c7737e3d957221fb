"""Why does a rule run on a record, or why not?"""

from odoo import api, fields, models


class BaseAutomationExplain(models.TransientModel):
    _name = "base.automation.explain"
    _description = "Explanation of an Automation Rule"

    rule_id = fields.Many2one(
        "base.automation",
        string="Rule",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self._default_rule_id(),
    )
    sentence = fields.Char(related="rule_id.sentence")
    model_name = fields.Char(related="rule_id.model_name")
    record_id = fields.Many2oneReference(
        string="Record",
        model_field="model_name",
        help="The record you expected the rule to run on, or not to run on.",
    )

    @api.model
    def _default_rule_id(self):
        context = self.env.context
        return context.get("active_model") == "base.automation" and context.get("active_id")

    @api.model
    def default_get(self, fields_list):
        """Start with the latest record: an answer says more than an empty form."""
        values = super().default_get(fields_list)
        rule = self.env["base.automation"].browse(values.get("rule_id"))
        if "record_id" in fields_list and rule and not values.get("record_id"):
            values["record_id"] = self.env[rule.model_name].search([], order="id desc", limit=1).id
        return values
