"""How rules have been doing, and who changed them."""

from odoo.tests import tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestRuleHealth(RuleCase):
    def health(self, rule):
        rule.invalidate_recordset()
        return rule.health

    def failing_rule(self, **vals):
        code = "if record.function == 'bad': raise UserError('no paper')"
        return self.make_rule(self.code(code), on_error="isolate", **vals)

    def test_health_follows_the_last_run(self):
        """Never ran, works, failing, works again; paused says nothing about runs."""
        partner = self.make_partners(1)
        rule = self.failing_rule()
        self.assertEqual(self.health(rule), "never")
        partner.function = "good"
        self.assertEqual(self.health(rule), "ok")
        self.assertFalse(rule.last_error)
        partner.function = "bad"
        self.assertEqual(self.health(rule), "trouble")
        self.assertIn("no paper", rule.last_error)
        self.assertTrue(rule.last_error_date)
        run = self.env["server.action.run"].browse(rule.action_open_last_error()["res_id"])
        self.assertIn("no paper", run.error_message)
        partner.function = "good"
        self.assertEqual(self.health(rule), "ok")
        # The error of yesterday stays readable.
        self.assertIn("no paper", rule.last_error)
        rule.action_pause()
        self.assertEqual(self.health(rule), "paused")

    def test_rules_are_found_by_health(self):
        """The filters of the list: failing, never ran."""
        partner = self.make_partners(1)
        failing, fresh = self.failing_rule(), self.failing_rule(trigger="on_unlink")
        partner.function = "bad"
        Rule = self.env["base.automation"]
        self.assertEqual(Rule.search([("health", "in", ["trouble"])]), failing)
        self.assertIn(fresh, Rule.search([("health", "=", "never")]))
        self.assertNotIn(failing, Rule.search([("health", "=", "never")]))

    def test_a_list_of_rules_asks_twice(self):
        """The statements do not depend on the number of rules."""
        partner = self.make_partners(1)
        rules = self.env["base.automation"].union(*(self.failing_rule() for _number in range(6)))
        partner.function = "bad"
        self.env.flush_all()

        def read(some):
            self.env.invalidate_all()
            return self.queries_of(lambda: some.mapped("last_error"))

        read(rules)
        self.assertEqual(read(rules[:2]), read(rules))

    def test_changes_of_a_rule_are_followed(self):
        """The chatter says who switched a rule off, and what was changed in its filters."""
        rule = self.make_rule(fields=["function"])
        self.flush_tracking()
        rule.write({"filter_domain": "[('email', '!=', False)]", "active": False})
        rule.write({"trigger_field_ids": [(5, 0, 0)]})
        self.flush_tracking()
        tracked = rule.message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertLessEqual({"filter_domain", "active", "trigger_field_ids"}, set(tracked))
        rule.write({"action_server_ids": [(5, 0, 0)], "on_error": "isolate"})
        self.flush_tracking()
        rule.invalidate_recordset(["message_ids"])
        values = rule.message_ids[0].tracking_value_ids
        self.assertEqual(set(values.field_id.mapped("name")), {"action_names", "on_error"})
        self.assertIn("Test action", values.mapped("old_value_char"))

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
