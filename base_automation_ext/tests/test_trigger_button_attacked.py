"""The trigger “Button”, attacked: who may not press it, and what a caller cannot bring about."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_trigger_button import KEY, ButtonCase


@tagged("post_install", "-at_install")
class TestButtonAttacked(ButtonCase):
    def refused(self, rule_id, records, user=None):
        records = records.with_user(user or self.user).with_context(**{KEY: rule_id})
        with self.assertRaises(AccessError) as caught:
            records.action_run_automation_button()
        return str(caught.exception)

    def test_foreign_ids_are_refused_with_one_and_the_same_answer(self):
        """No rule, another trigger, another model, archived, not in the group, nonsense."""
        partner = self.make_partners(1)
        right = self.button(button_group_ids=[(6, 0, self.group.ids)])
        elsewhere = self.button(self.code("pass"), model="res.country")
        archived = self.button()
        archived.active = False
        event = self.make_rule()
        ids = [rule.id for rule in (right, elsewhere, archived, event)]
        ids += [10**9, 0, -1, None, False, True, "1", [right.id], {"id": right.id}, 1.5]
        answers = {self.refused(rule_id, partner) for rule_id in ids}
        self.assertEqual(len(answers), 1)
        self.assertIn("does not exist for you", answers.pop())
        self.assertFalse(partner.ref)
        self.user.group_ids += self.group
        self.press(right, partner)
        self.assertEqual(partner.ref, "hit")

    def test_paused_rule_says_so(self):
        """The button is gone; who still sees it on the page learns why it does nothing."""
        rule, partner = self.button(), self.make_partners(1)
        rule.paused = True
        self.assertEqual(self.labels(), [])
        with self.assertRaisesRegex(UserError, "“Do it” does nothing.*is paused"):
            self.press(rule, partner)
        # Only to whom it would be there at all.
        self.refused(rule.id, partner, self.reader)
        rule.button_group_ids = self.group
        self.refused(rule.id, partner)
        self.assertFalse(partner.ref)

    def test_all_rules_paused_at_once(self):
        """The button is gone, and a page that still shows it is told why."""
        rule, partner = self.button(), self.make_partners(1)
        self.env["ir.config_parameter"].set_param("base_automation_ext.paused", "True")
        self.assertEqual(self.labels(), [])
        with self.assertRaisesRegex(UserError, "All rules of this database are paused"):
            self.press(rule, partner)
        self.assertFalse(partner.ref)

    def test_limits_of_the_rule(self):
        """They hold for buttons, too."""
        rule = self.button(
            self.code("record.write({'color': record.color + 1})"), debounce_number=5
        )
        partner = self.make_partners(1)
        self.press(rule, partner)
        self.assertEqual(partner.color, 0)
        self.assertTrue(self.env["server.action.task"].search([("res_id", "=", partner.id)]))

    def test_without_a_rule_in_the_context(self):
        with self.assertRaises(AccessError):
            self.make_partners(1).with_user(self.user).action_run_automation_button()

    def test_user_needs_write_access(self):
        """Unless the rule says that who sees the record may press."""
        rule, partner = self.button(), self.make_partners(1)
        self.refused(rule.id, partner, self.reader)
        self.assertFalse(partner.ref)
        rule.button_access = "read"
        self.press(rule, partner, self.reader)
        self.assertEqual(partner.ref, "hit")

    def test_records_the_user_cannot_see(self):
        """One hidden record among the chosen ones is enough to refuse all."""
        visible, hidden = self.make_partners(2)
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.partner_model.id,
                "domain_force": [("id", "!=", hidden.id)],
            }
        )
        for access in ("read", "write"):
            rule = self.button(button_access=access)
            self.refused(rule.id, visible + hidden)
        self.assertEqual((visible + hidden).mapped("ref"), [False, False])

    def test_deleted_records(self):
        rule, partner = self.button(), self.make_partners(1)
        gone = self.make_partners(1)
        gone.unlink()
        self.press(rule, partner + gone)
        self.assertEqual(partner.ref, "hit")

    def test_skip_context_of_a_caller(self):
        """A caller can only make it do less."""
        rule, partner = self.button(), self.make_partners(1)
        self.assertIs(self.press(rule, partner.with_context(automation_skip=True)), False)
        self.assertFalse(partner.ref)

    def test_context_of_the_engine(self):
        """A caller cannot pretend to be a form, a task or a rule that has run already."""
        rule = self.button(self.code("record.write({'ref': str(sorted(env.context))})"))
        partner = self.make_partners(1)
        pretended = {
            "onchange_self": True,
            "server_action_engine_task": 1,
            "__action_done": {"x": 1},
            "__action_feedback": True,
            "old_values": {"x": 1},
        }
        self.press(rule, partner.with_context(**pretended, mine=1))
        self.assertIn("'mine'", partner.ref)
        self.assertNotIn("server_action_engine_task", partner.ref)
        self.assertNotIn("onchange_self", partner.ref)

    def test_action_of_a_rule_that_runs_because_of_it(self):
        """Nobody has pressed for that one, and so it opens nothing."""
        self.make_rule(
            self.code("action = {'type': 'ir.actions.act_url', 'url': '/other'}"),
            trigger="on_update",
            fields=["color"],
        )
        rule = self.button(self.code("record.write({'color': 5})"))
        self.assertIs(self.press(rule, self.make_partners(1)), False)

    def test_defaults_of_a_caller(self):
        """A caller chooses no values of what the rule creates with more rights than his."""
        rule = self.button(
            self.code("record.write({'ref': model.create({'name': 'Created'}).function or 'none'})")
        )
        partner = self.make_partners(1)
        self.press(rule, partner.with_context(default_function="forged"))
        self.assertEqual(partner.ref, "none")

    def test_portal_users(self):
        portal = new_test_user(self.env, "portal_presser", groups="base.group_portal")
        self.refused(self.button(button_access="write").id, portal.partner_id, portal)
