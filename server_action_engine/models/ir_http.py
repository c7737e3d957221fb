"""What the web client knows from the start."""

from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client about which models there are rows: forms of others ask nothing."""
        info = super().session_info()
        if self.env.user._is_internal():
            kinds = self.env.registry.descendants(["server.action.document.owned"], "_inherit")
            # Names of models only; who may see which rows is asked form by form.
            kinds = (self.env[name].sudo() for name in kinds if not self.env[name]._abstract)
            info["document_rows"] = {rows._name: rows._document_models() for rows in kinds}
        return info
