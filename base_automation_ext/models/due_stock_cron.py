"""Stock's own scheduled action for timed rules: one more occasion to look, and seldom needed."""

from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.server_action_engine.models.event_hook_gate import is_disabled

from .due_run import QUIET
from .schedule_run import RETRY_AFTER


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model
    def _cron_process_time_based_actions(self):
        """Do what is due."""
        if is_disabled() or self._leaves_due_to_ours():
            return
        is_over, all_done = self._work_off(self.sudo()._due_jobs())
        if not (is_over and all_done):
            self._wake_at(fields.Datetime.now() + (RETRY_AFTER if is_over else timedelta()))

    @api.model
    def _leaves_due_to_ours(self):
        """Tell whether the action was called because its interval is over, and need not look.

        Ours is called for all that is known to become due. What nobody was told of, such as a
        change made behind Odoo's back, it finds as well; so it is called once in a while, and the
        rules, the ledger and the records are not read every few minutes meanwhile.
        """
        stock = "base_automation.ir_cron_data_base_automation_check"
        stock = self.env.ref(stock, raise_if_not_found=False)
        ours, now = self._timed_cron(), fields.Datetime.now()
        if not stock or not ours or self.env.context.get("cron_id") != stock.id:
            return False
        if self._overridden_time_methods():
            # Other modules expect to be asked by this action.
            return False
        self.env.cr.execute(
            "SELECT ours.lastcall FROM ir_cron ours JOIN ir_cron stock ON stock.id = %s "
            "WHERE ours.id = %s AND ours.active AND stock.nextcall <= %s",
            [stock.id, ours.id, now],
        )
        found = self.env.cr.fetchone()
        if not found or not found[0]:
            # Somebody wants it now, or nobody has looked yet.
            return False
        if found[0] < now - QUIET:
            self._wake_at(now)
        return True
