"""What the form of a timed rule shows of its ledger."""

from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.base_automation.models.base_automation import TIME_TRIGGERS

from .due_ledger import DONE, FAILED, OWN, WAITING


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    is_timed = fields.Boolean(compute="_compute_is_timed")
    due_count = fields.Integer(
        string="Due Moments", compute="_compute_due_counts", groups="base.group_system"
    )
    due_failed_count = fields.Integer(
        string="Failed Records", compute="_compute_due_counts", groups="base.group_system"
    )
    due_next = fields.Datetime(
        string="Due Next",
        compute="_compute_due_next",
        groups="base.group_system",
        help="When the rule is due next for a record that matches its filter now.",
    )

    due_reads_all = fields.Boolean(
        string="Reads All Records",
        compute="_compute_due_reads_all",
        help="The date is not stored, and does not say what it depends on.",
    )

    @api.depends("trigger")
    def _compute_is_timed(self):
        for rule in self:
            rule.is_timed = rule.trigger in TIME_TRIGGERS

    @api.depends("trigger", "model_id", "trg_date_id")
    def _compute_due_reads_all(self):
        for rule in self:
            field = rule.trigger in TIME_TRIGGERS and rule._due_field()
            rule.due_reads_all = bool(field) and not field.store and not rule._paths_of_on_time()

    def _compute_due_counts(self):
        groups = self.env["base.automation.due"]._read_group(
            [("rule_id", "in", self.ids), ("state", "in", (DONE, FAILED, WAITING))],
            ["rule_id", "state"],
            ["__count"],
        )
        counts = {(rule.id, state): count for rule, state, count in groups}
        for rule in self:
            rule.due_count = counts.get((rule.id, DONE), 0)
            rule.due_failed_count = sum(counts.get((rule.id, one), 0) for one in (FAILED, WAITING))

    def _compute_due_next(self):
        now = fields.Datetime.now()
        for rule in self:
            saved = rule._origin
            # Where all records have to be read for it, nobody wants to wait for the form.
            is_known = saved and saved._waits_for_time() and not saved.due_reads_all
            rule.due_next = bool(is_known) and saved._next_due_or_none(now)

    def action_open_due(self):
        """Open the ledger of the rule."""
        name = self.env._("Due moments of %(rule)s", rule=self.name)
        return self._window_of_due([("state", "!=", OWN)], name)

    def action_open_failed_due(self):
        """Open what failed, to try it again."""
        name = self.env._("Failed records of %(rule)s", rule=self.name)
        empty = self.env._("No record is left that the rule failed on.")
        return self._window_of_due([("state", "in", (FAILED, WAITING))], name, empty)

    def _window_of_due(self, domain, name, empty=None):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "base_automation_ext.base_automation_due_action"
        )
        if empty:
            action["help"] = Markup('<p class="o_view_nocontent_smiling_face">%s</p>') % empty
        return {
            **action,
            "name": name,
            "domain": [("rule_id", "=", self.id), *domain],
            "context": {"due_of_one_rule": True},
        }
