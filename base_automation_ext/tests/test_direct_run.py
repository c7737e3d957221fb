from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.server_action_engine.tests.common import EngineCase


@tagged("post_install", "-at_install")
class TestDirectRun(EngineCase):
    def test_actions_of_a_rule_cannot_be_run_by_id(self):
        """A user cannot run a rule's action, or a part of it, on a record of their choice."""
        rule = self.env["base.automation"].create(
            {"name": "r", "model_id": self.partner_model.id, "trigger": "on_unlink"}
        )
        owned = {"base_automation_id": rule.id, "usage": "base_automation"}
        parent = self.new_action("multi", **owned)
        child = self.new_action("code", code="record.write({'ref': 'ran'})", parent_id=parent.id)
        user = new_test_user(
            self.env, "curious", groups="base.group_user,base.group_partner_manager"
        )
        for action in (parent, child):
            with self.assertRaisesRegex(AccessError, "belongs to an automation rule"):
                self.run_on(action.with_user(user), self.partner)
        self.assertFalse(self.partner.ref)
        self.run_on(parent, self.partner)
        self.assertEqual(self.partner.ref, "ran")

    def test_what_a_rule_runs_through_others_cannot_be_run_by_id(self):
        """Sides, bodies and fallbacks of a rule's action are part of it, unless users get them."""
        rule = self.env["base.automation"].create(
            {"name": "r", "model_id": self.partner_model.id, "trigger": "on_unlink"}
        )
        body = self.new_action("code", code="record.write({'ref': 'ran'})")
        loop = self.new_action("loop", loop_expression="[record]", loop_action_id=body.id)
        self.new_action(
            "branch",
            branch_condition="True",
            branch_then_id=loop.id,
            base_automation_id=rule.id,
            usage="base_automation",
        )
        user = new_test_user(
            self.env, "curious", groups="base.group_user,base.group_partner_manager"
        )
        for action in (loop, body):
            with self.assertRaisesRegex(AccessError, "belongs to an automation rule"):
                self.run_on(action.with_user(user), self.partner)
        self.assertFalse(self.partner.ref)
        body.create_action()
        self.run_on(body.with_user(user), self.partner)
        self.assertEqual(self.partner.ref, "ran")
