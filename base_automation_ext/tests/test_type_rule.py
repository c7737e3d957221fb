"""Action type ``rule``: run the actions of a rule."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestTypeRule(RuleCase):
    def action_on(self, rule, model="res.partner"):
        return self.env["ir.actions.server"].create(
            {
                "name": "Run it",
                "model_id": self.env["ir.model"]._get_id(model),
                "state": "rule",
                "rule_run_id": rule.id,
            }
        )

    def run_on(self, action, records):
        action.with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id
        ).run()

    def test_runs_the_actions_inside_filter_and_limits(self):
        """Whatever its trigger is; records that do not meet the filter are left out."""
        rule = self.make_rule(
            trigger="on_unlink", filter_domain="[('city', '=', 'Mons')]", limit_per_record=1
        )
        partners = self.make_partners(2)
        partners[0].city = "Mons"
        action = self.action_on(rule)
        self.run_on(action, partners)
        self.assertEqual(partners.mapped("ref"), ["hit", False])
        partners.with_context(automation_skip=True).ref = False
        self.run_on(action, partners)
        self.assertEqual(partners.mapped("ref"), [False, False])

    def test_paused_rule_does_nothing(self):
        rule = self.make_rule(trigger="on_unlink", paused=True)
        partner = self.make_partners(1)
        self.run_on(self.action_on(rule), partner)
        self.assertFalse(partner.ref)

    def test_part_of_another_rule(self):
        """One rule may run the actions of another one, in the same chain."""
        inner = self.make_rule(trigger="on_unlink")
        self.make_rule({"state": "rule", "rule_run_id": inner.id}, fields=["function"])
        partner = self.make_partners(1)
        partner.with_context(automation_skip=True).ref = False
        partner.function = "x"
        self.assertEqual(partner.ref, "hit")

    def test_warnings(self):
        """An action without rule, or with one about another model, says what is missing."""
        action = self.action_on(self.env["base.automation"])
        self.assertIn("Choose the rule", action.warning)
        rule = self.make_rule(self.code("x = 1"), model="res.partner.category")
        self.assertIn("another model", self.action_on(rule).warning)
        with self.assertRaises(ValidationError):
            self.make_rule({"state": "rule"}, fields=["function"])

    def test_name_and_card(self):
        rule = self.make_rule(name="Greets")
        self.assertIn("Greets", self.action_on(rule)._generate_action_name())
        self.assertIn("rule", self.env["ir.actions.server"]._get_type_cards())
