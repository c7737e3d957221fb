"""Where a text message in Odoo's queue comes from: sender, company and record."""

from odoo import fields, models


class SmsSms(models.Model):
    _inherit = "sms.sms"

    sender = fields.Char(
        help="Who the message comes from: a number, a short code or a name. Empty: as the gateway "
        "has it.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        help="The company whose gateway and account send the message.",
    )
    res_model = fields.Char(string="Document Model")
    res_id = fields.Many2oneReference(
        string="Document ID", model_field="res_model", aggregator=None
    )

    def _get_sms_company(self):
        """Send each message with the account of its own company."""
        return self.company_id or super()._get_sms_company()
