"""An order which exceptions and reviews guard, as sales orders are in many companies."""

from odoo import api, fields, models


class CompatOrder(models.Model):
    _name = "test.compat.order"
    _inherit = ["base.exception", "tier.validation", "mail.thread"]
    _description = "Order Guarded by Exceptions and Reviews"

    name = fields.Char(required=True)
    amount = fields.Float()
    note = fields.Char()
    state = fields.Selection(
        [("draft", "Draft"), ("confirmed", "Confirmed"), ("cancel", "Cancelled")],
        default="draft",
    )
    company_id = fields.Many2one("res.company")

    @api.constrains("ignore_exception", "state", "amount")
    def _check_order_exceptions(self):
        self._check_exception()


class ExceptionRule(models.Model):
    _inherit = "exception.rule"

    model = fields.Selection(
        selection_add=[("test.compat.order", "Order")],
        ondelete={"test.compat.order": "cascade"},
    )


class TierDefinition(models.Model):
    _inherit = "tier.definition"

    @api.model
    def _get_tier_validation_model_names(self):
        return [*super()._get_tier_validation_model_names(), "test.compat.order"]
