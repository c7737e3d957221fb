"""Companies have a gateway."""

from odoo import fields, models

from .sms_api import GatewayApi


class ResCompany(models.Model):
    _inherit = "res.company"

    sms_gateway_id = fields.Many2one(
        "sms.gateway",
        string="SMS Gateway",
        ondelete="set null",
        help="Gateway for the SMS of the company. Empty: they leave by Odoo's own provider, unless "
        "a gateway is set up for the company, or for the country or prefix of the number.",
    )

    def _get_sms_api_class(self):
        self.ensure_one()
        # Whoever sends need not read gateways.
        if self.sudo().sms_gateway_id.active:
            return GatewayApi
        return super()._get_sms_api_class()
