"""Companies have a gateway."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sms_gateway_id = fields.Many2one(
        "sms.gateway",
        string="SMS Gateway",
        ondelete="set null",
        help="Gateway for the SMS of the company. Empty: they leave by Odoo's own provider.",
    )
