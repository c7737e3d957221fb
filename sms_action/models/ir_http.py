"""What the web client has to know of gateways."""

from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Say for which companies the price of Odoo's own provider means nothing."""
        info = super().session_info()
        if self.env.user._is_internal():
            companies = self.env["sms.gateway"]._companies_carried(self.env.user.company_ids)
            info["sms_gateway_company_ids"] = companies.ids
        return info
