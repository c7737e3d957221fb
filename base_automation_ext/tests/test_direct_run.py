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
