"""Old definitions of SMS actions: OpenERP 5–7 wrote number and text themselves.

The original never sent anything: it evaluated neither.
"""

from odoo import api, models

from .ir_actions_server_sms_numbers import SMS


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model
    def _import_openerp_sms(self, old, source):
        number = old.text("mobile")
        written_down = self._is_address(number, SMS)
        return {
            "state": "sms",
            "sms_to": number if written_down else source.expression(old, "mobile"),
            "sms_text": source.template(old, "sms"),
            "sms_method": "sms",
        }
