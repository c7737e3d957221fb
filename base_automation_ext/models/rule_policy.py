"""What a rule says about failures of its actions, and what its runs were."""

from odoo import fields, models

from odoo.addons.server_action_engine.models.error_policy import BLOCK, ISOLATE, RETRY


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    on_error = fields.Selection(
        [
            (BLOCK, "Stop and undo everything"),
            (ISOLATE, "Go on without the failing records"),
            (RETRY, "Try the failing records again later"),
        ],
        string="If It Fails",
        default=BLOCK,
        required=True,
        tracking=True,
        help="Stop and undo everything: the user gets the error and cannot save, as in stock "
        "Odoo.\n"
        "Go on without the failing records: the user saves; what the action did to the failing "
        "records is undone, and the run log says so.\n"
        "Try again later: as before, and a background task repeats the action.\n"
        "An action that says something else itself is not affected.",
    )
    run_count = fields.Integer(
        string="Runs", compute="_compute_run_count", groups="base.group_system"
    )
    run_trouble_count = fields.Integer(
        string="Failed Runs", compute="_compute_run_count", groups="base.group_system"
    )

    def _compute_run_count(self):
        Run = self.env["server.action.run"]
        groups = Run._read_group(
            [("origin_model", "=", self._name), ("origin_id", "in", self.ids)],
            ["origin_id", "state"],
            ["__count"],
        )
        total, trouble = {}, {}
        for rule_id, state, count in groups:
            total[rule_id] = total.get(rule_id, 0) + count
            if state in ("partly", "isolated", "failed"):
                trouble[rule_id] = trouble.get(rule_id, 0) + count
        for rule in self:
            rule.run_count = total.get(rule.id, 0)
            rule.run_trouble_count = trouble.get(rule.id, 0)

    def action_open_runs(self):
        """Open the runs this rule has started."""
        self.ensure_one()
        return self.env["server.action.run"]._window_action(
            [("origin_model", "=", self._name), ("origin_id", "=", self.id)],
            self.env._("Runs of %(rule)s", rule=self.name),
        )

    def action_pause(self):
        """Keep the rules from running until they are resumed."""
        self.paused = True

    def action_resume(self):
        """Let paused rules run again."""
        self.paused = False


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _get_error_policy(self, frame):
        # Parts of an action fail together with it, so only the outermost asks its rule.
        if not self.on_error and not frame.path and self.base_automation_id:
            rule = self.base_automation_id
            return rule._get_due_policy(rule.on_error or BLOCK)
        return super()._get_error_policy(frame)
