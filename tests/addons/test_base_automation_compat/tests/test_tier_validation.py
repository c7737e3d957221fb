"""OCA's tier validation guards records beside automation rules."""

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .common import OrderCase


@tagged("post_install", "-at_install")
class TestTierValidation(OrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, login="clerk", groups="base.group_user")
        cls.boss = new_test_user(cls.env, login="boss", groups="base.group_user")
        cls.env["tier.definition"].create(
            {
                "name": "Big orders",
                "model_id": cls.env["ir.model"]._get_id("test.compat.order"),
                "review_type": "individual",
                "reviewer_id": cls.boss.id,
                "definition_domain": "[('amount', '>', 100)]",
            }
        )

    def big_order(self):
        """Return an order of the clerk's that waits for the boss."""
        order = self.make_order(amount=500).with_user(self.clerk)
        order.request_validation()
        self.env.flush_all()
        return order

    def approve(self, order):
        order.with_user(self.boss).validate_tier()
        self.env.flush_all()
        self.env.invalidate_all()

    def test_rule_asks_for_the_review(self):
        """A rule requests the validation as soon as an order is big enough."""
        self.order_rule(
            self.code("record.request_validation()"),
            fields=["amount"],
            filter_pre_domain="[('amount', '<=', 100)]",
            filter_domain="[('amount', '>', 100)]",
        )
        order = self.make_order(amount=10).with_user(self.clerk)
        order.amount = 50
        self.assertFalse(order.review_ids)
        order.amount = 150
        self.assertEqual(order.sudo().review_ids.reviewer_id, self.boss)

    def test_record_under_validation_is_protected_from_rules(self):
        """What nobody may write a rule may not write either; its policy decides what follows."""
        order, partner = self.big_order(), self.make_partners(1)
        code = self.code("env['test.compat.order'].search([]).write({'note': 'hit'})")
        rule = self.make_rule(code, fields=["comment"])
        with self.assertRaisesRegex(ValidationError, "not allowed to write those fields"):
            with self.env.cr.savepoint():
                partner.comment = "go"
        rule.on_error = "isolate"
        partner.comment = "again"
        self.assertIn("again", partner.comment)
        self.assertFalse(order.note)

    def test_rule_on_the_approval(self):
        """The stored status which reviews compute triggers a rule, which may then confirm."""
        self.order_rule(
            self.update("state", "confirmed"),
            fields=["validation_status"],
            filter_domain="[('validation_status', '=', 'validated')]",
        )
        order = self.big_order()
        self.assertEqual((order.validation_status, order.state), ("pending", "draft"))
        self.approve(order)
        self.assertEqual((order.validation_status, order.state), ("validated", "confirmed"))

    def test_refused_confirmation_runs_no_rule(self):
        """An order that needs a review is not confirmed, so the rule on it has nothing to do."""
        self.order_rule(trigger="on_state_set", **self.confirmed())
        order = self.make_order(amount=500).with_user(self.clerk)
        with self.assertRaisesRegex(ValidationError, "needs to be validated"):
            with self.env.cr.savepoint():
                order.state = "confirmed"
        self.assertFalse(order.note)
        small = self.make_order(amount=5).with_user(self.clerk)
        small.state = "confirmed"
        self.assertEqual(small.note, "hit")

    def confirmed(self):
        """Return what a rule on the state “Confirmed” is made of."""
        state = self.env["ir.model.fields"]._get("test.compat.order", "state")
        return {
            "trg_selection_field_id": state.selection_ids.filtered(
                lambda option: option.value == "confirmed"
            ).id,
            "trigger_field_ids": [(6, 0, state.ids)],
            "filter_domain": "[('state', '=', 'confirmed')]",
        }
