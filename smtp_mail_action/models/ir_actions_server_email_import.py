"""Old definitions of e-mail actions: OpenERP 5–7 wrote address, subject and text themselves."""

import re

from odoo import api, models

from .ir_actions_server_email_addresses import EMAIL

_TAG = re.compile(r"<[a-z!/][^>]*>", re.IGNORECASE)


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model
    def _import_openerp_email(self, old, source):
        if old.values.get("template_id"):
            return super()._import_openerp_email(old, source)
        address = old.text("email")
        message = source.template(old, "message")
        return {
            "state": "email",
            "email_to": address
            if self._is_address(address, EMAIL)
            else source.expression(old, "email"),
            "email_subject": source.template(old, "subject"),
            "email_message": message,
            # OpenERP sent everything as HTML; a text without tags lost its line ends that way.
            "email_format": "html" if _TAG.search(message) else "text",
            "email_in_chatter": False,
        }
