"""From a run of an action to what became of the e-mails it wrote."""

from odoo import fields, models


class ServerActionRun(models.Model):
    _inherit = "server.action.run"

    delivery_count = fields.Integer(
        string="E-mail Deliveries", compute="_compute_delivery_count", compute_sudo=True
    )

    def _compute_delivery_count(self):
        deliveries = self.env["mail.mail.delivery"]
        for run in self:
            numbers = run._written_mails()
            run.delivery_count = (
                deliveries.search_count([("mail_number", "in", numbers)]) if numbers else 0
            )

    def _written_mails(self):
        """Return the ids of the e-mails the run created, also of those that are gone."""
        return [
            res_id
            for step in self.step_ids
            for model, res_id in step.created or []
            if model == "mail.mail"
        ]

    def action_open_deliveries(self):
        """Open the deliveries of the e-mails the run wrote."""
        self.ensure_one()
        return self.env["mail.mail.delivery"]._window_action(
            [("mail_number", "in", self._written_mails())],
            self.env._("E-mails of %(run)s", run=self.display_name),
        )
