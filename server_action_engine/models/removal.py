"""What is left of actions when their type, or the whole engine, is uninstalled.

An action must not do more, or something else, than its author said. One whose type, condition,
values or rights go away becomes inactive, commented code, and whatever would start it is paused.
"""

from odoo import models

from ..core.openerp_import.python2 import commented
from .value_mapping import MAPPING_TYPES


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _on_type_removed(self, type_name):
        """Disarm actions whose type is being uninstalled.

        ``state`` is required and a cascade fails under a scheduled action, so neither of Odoo's
        ready-made policies fits.
        """
        for action in self:
            action._disarm(
                f"This action was of type “{type_name}”, which is not installed any more.\n"
                "Its rule or schedule was paused. Choose another type."
            )

    def _disarm_without_engine(self):
        """Disarm actions that would mean something else without the engine."""
        for action in self.filtered(lambda action: action._means_more_than_stock()):
            action._disarm(
                "This action had settings of the addon Server Action Engine (a condition, mapped "
                "values or access rights), which is not installed any more.\n"
                "Its rule or schedule was paused. Check it, then choose its type again."
            )

    def _means_more_than_stock(self):
        """Tell whether stock Odoo would do more, or something else, with this action."""
        self.ensure_one()
        return (
            self._has_condition()
            or self.run_as != "stock"
            or (self.state in MAPPING_TYPES and bool(self.value_line_ids))
        )

    def _disarm(self, note):
        """Keep the action as commented code, and pause what would start it."""
        self.ensure_one()
        lines = [note]
        if self.state == "code" and self.code:
            lines += ["", self.code]
        self.write({"state": "code", "code": commented("\n".join(lines)) + "\n"})
        self.ir_cron_ids.write({"active": False})
        if "base_automation_id" in self._fields:
            self._topmost_actions().base_automation_id.write({"active": False})

    def _topmost_actions(self):
        actions = self
        while actions.parent_id:
            actions = actions.parent_id | actions.filtered(lambda action: not action.parent_id)
        return actions
