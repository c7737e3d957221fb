"""Lanes: the scheduled actions that work off the tasks."""

from odoo import fields, models
from odoo.tools import config


class IrCron(models.Model):
    _inherit = "ir.cron"

    is_task_lane = fields.Boolean(
        string="Task Lane",
        help="This scheduled action works off background tasks. As many lanes as there are run at "
        "the same time, if the server has one more scheduler thread (max_cron_threads) than "
        "lanes. Duplicate a lane to get one more.",
    )

    def _get_task_lanes(self):
        """Return the active lanes, first one first."""
        return self.sudo().search([("is_task_lane", "=", True)], order="id")

    def _get_task_lanes_to_wake(self):
        """Return the lanes worth waking by a transaction of this process.

        A process without scheduler threads knows nothing of those of the server that has them; a
        lane that is not usable there ends at once.
        """
        if config["max_cron_threads"] <= 0:
            return self._get_task_lanes()
        return self._get_usable_task_lanes()

    def _get_usable_task_lanes(self):
        """Return the lanes this server may use: one scheduler thread stays free for the rest.

        A server with a single thread shares it.
        """
        return self._get_task_lanes()[: max(1, config["max_cron_threads"] - 1)]

    # -- buttons of the action's form, which is the form of a scheduled action, too
    # -----------------

    def action_open_flow_users(self):
        """Open the actions that run this one's action."""
        return self.ir_actions_server_id.action_open_flow_users()

    def action_open_runs(self):
        """Open the runs of this one's action."""
        return self.ir_actions_server_id.action_open_runs()
