"""From a run of an action to what became of the SMS it wrote."""

from odoo import fields, models


class ServerActionRun(models.Model):
    _inherit = "server.action.run"

    sms_message_count = fields.Integer(
        string="SMS", compute="_compute_sms_message_count", compute_sudo=True
    )

    def _compute_sms_message_count(self):
        counts = dict(
            self.env["sms.message"]._read_group(
                [("run_id", "in", self.ids)], ["run_id"], ["__count"]
            )
        )
        for run in self:
            run.sms_message_count = counts.get(run, 0)

    def action_open_sms_messages(self):
        """Open the SMS the run wrote."""
        self.ensure_one()
        return self.env["sms.message"]._window_action(
            [("run_id", "=", self.id)], self.env._("SMS of %(run)s", run=self.display_name)
        )
