"""Try a rule out on real records without doing anything."""

from odoo import api, fields, models
from odoo.exceptions import UserError

LATEST, RECORD = "latest", "record"


class BaseAutomationTest(models.TransientModel):
    _name = "base.automation.test"
    _inherit = ["server.action.dry.run"]
    _description = "Test of an Automation Rule"

    rule_id = fields.Many2one(
        "base.automation",
        string="Rule",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self._default_rule_id(),
    )
    sentence = fields.Char(related="rule_id.sentence")
    # A test is about all actions of the rule.
    action_id = fields.Many2one(required=False, default=False)
    model_name = fields.Char(related="rule_id.model_name")
    choose_by = fields.Selection(
        selection_add=[
            (LATEST, "The latest that match"),
            (RECORD, "One record"),
            ("domain",),
            ("ids",),
        ],
        ondelete={LATEST: "cascade", RECORD: "cascade"},
        default=LATEST,
    )
    record_id = fields.Many2oneReference(string="Record", model_field="model_name")
    record_limit = fields.Integer(default=1)

    @api.model
    def _default_rule_id(self):
        context = self.env.context
        return context.get("active_model") == "base.automation" and context.get("active_id")

    @api.depends("rule_id", "record_id")
    def _compute_record_count(self):
        return super()._compute_record_count()

    def _chosen_model(self):
        model = self.env[self.model_name]
        by_name = self.choose_by in ("ids", RECORD)
        return model.with_context(active_test=False) if by_name else model

    def _chosen_domain(self):
        if self.choose_by == LATEST:
            return self.rule_id._filter_now(self.rule_id._filter_text())
        if self.choose_by == RECORD:
            return [("id", "=", self.record_id)]
        return super()._chosen_domain()

    def _chosen_records(self):
        if self.choose_by == LATEST:
            return self.rule_id._matching_records(limit=max(1, self.record_limit))
        return super()._chosen_records()

    def action_dry_run(self):
        """Run the rule without effects and show what it would do."""
        self.ensure_one()
        if not self.rule_id.action_server_ids:
            raise UserError(self.env._("The rule has no action yet: there is nothing to try."))
        records = self._chosen_records()
        if not records:
            raise UserError(
                self.env._("No record matches. Choose other records to try the rule on.")
            )
        self.report = self.rule_id._dry_run(records)
        return self._reopen()

    def _reopen(self):
        return {**super()._reopen(), "name": self.env._("Test: %(rule)s", rule=self.rule_id.name)}
