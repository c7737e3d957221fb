"""What the web client has to know of rules that change views."""

from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Make browsers forget the views they keep when rules have changed them.

        They keep views on disk for as long as this value is the same. Stock Odoo changes it with
        every rule, because it reloads the registry; here the registry stays.
        """
        info = super().session_info()
        if "registry_hash" in info and (mark := self.env["base.automation"]._mark_of_views()):
            info["registry_hash"] += mark
        return info
