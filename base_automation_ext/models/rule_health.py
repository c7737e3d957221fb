"""How a rule has been doing: runs, the last error, who changed it."""

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.server_action_engine.models.server_action_run import TROUBLE_STATES

OK, TROUBLE, NEVER, PAUSED = "ok", "trouble", "never", "paused"
#: Runs of a rule in the last days say whether it works.
HEALTH_DAYS = 7


class ServerActionRun(models.Model):
    _inherit = "server.action.run"

    # Lists of rules ask for the last run of each.
    _rule_idx = models.Index("(origin_id, id) WHERE origin_model = 'base.automation'")


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    # Odoo follows the name, the model and the trigger; what changes when and on what a rule runs
    # belongs there too.
    active = fields.Boolean(tracking=True)
    filter_domain = fields.Char(tracking=True)
    filter_pre_domain = fields.Char(tracking=True)
    trigger_field_ids = fields.Many2many(tracking=True)
    on_change_field_ids = fields.Many2many(tracking=True)
    # The actions themselves cannot be followed: the name of a deleted one is gone when the chatter
    # asks for it, and all that changed with it would go untold.
    action_names = fields.Char(
        string="Names of the Actions", compute="_compute_action_names", store=True, tracking=True
    )

    last_run_date = fields.Datetime(
        string="Last Started", compute="_compute_last_runs", groups="base.group_system"
    )
    last_error_date = fields.Datetime(
        string="Last Failure", compute="_compute_last_runs", groups="base.group_system"
    )
    last_error = fields.Text(
        string="Last Error", compute="_compute_last_runs", groups="base.group_system"
    )
    health = fields.Selection(
        [
            (OK, "Works"),
            (TROUBLE, "Failing"),
            (NEVER, "Never ran"),
            (PAUSED, "Paused"),
        ],
        compute="_compute_last_runs",
        search="_search_health",
        groups="base.group_system",
        help="Failing: its last run failed, or a part of it did.",
    )
    is_globally_paused = fields.Boolean(compute="_compute_is_globally_paused")

    @api.depends("action_server_ids.name", "action_server_ids.sequence")
    def _compute_action_names(self):
        for rule in self:
            rule.action_names = ", ".join(rule.action_server_ids.mapped("name"))

    def _compute_last_runs(self):
        last = self._last_runs(Domain.TRUE)
        troubled = self._last_runs(Domain("state", "in", TROUBLE_STATES))
        for rule in self:
            run, trouble = last.get(rule.id), troubled.get(rule.id)
            rule.last_run_date = run and run.started
            rule.last_error_date = trouble and trouble.started
            rule.last_error = trouble and (trouble.error_message or trouble.reason)
            if rule.paused or not rule.active:
                rule.health = PAUSED
            elif not run:
                rule.health = NEVER
            else:
                rule.health = TROUBLE if run.state in TROUBLE_STATES else OK

    def _last_runs(self, domain):
        """Return the latest run of each rule that matches ``domain``: ``{rule id: run}``."""
        domain &= Domain("origin_model", "=", self._name) & Domain("origin_id", "in", self.ids)
        runs = self.env["server.action.run"]
        groups = runs._read_group(domain, ["origin_id"], ["id:max"])
        # One recordset, so that all are read together.
        latest = runs.browse([run_id for _rule, run_id in groups])
        return dict(zip([rule_id for rule_id, _run in groups], latest, strict=True))

    def _search_health(self, operator, value):
        if operator != "in":
            return NotImplemented
        rules = self.with_context(active_test=False).search_fetch([], ["paused", "active"])
        return [("id", "in", rules.filtered(lambda rule: rule.health in value).ids)]

    def _compute_is_globally_paused(self):
        self.is_globally_paused = self._is_globally_paused()

    def action_open_last_error(self):
        """Open the latest run that went wrong."""
        self.ensure_one()
        run = self._last_runs(Domain("state", "in", TROUBLE_STATES)).get(self.id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "server.action.run",
            "res_id": run.id if run else False,
            "views": [(False, "form")],
        }
