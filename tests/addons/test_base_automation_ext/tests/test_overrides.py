"""Overrides of stock's methods by other modules keep working beside the rule index."""

from odoo.tests import tagged

from odoo.addons.base_automation_ext.tests.common import RuleCase


@tagged("post_install", "-at_install")
class TestOverrides(RuleCase):
    def setUp(self):
        super().setUp()
        self.calls = self.env["base.automation"]._calls()
        self.calls.clear()

    def called(self):
        found = set(self.calls)
        self.calls.clear()
        return found

    def test_write_calls_the_overrides(self):
        """An update goes through every method stock would call, and its override."""
        partners = self.make_partners(2)
        partners[1].name = "left out"
        self.make_rule(fields=["comment"], filter_domain="[('name', '!=', 'x')]")
        self.calls.clear()
        partners.write({"comment": "go"})
        self.assertEqual(partners.mapped("ref"), ["hit", False])
        self.assertLessEqual(
            {
                "_get_actions",
                "_filter_pre",
                "_filter_post_export_domain",
                "_check_trigger_fields",
                "_process",
                "_run_action_object_write",
            },
            self.called(),
        )

    def test_rule_hidden_by_an_override_does_not_run(self):
        """An override of ``_get_actions`` decides which rules run."""
        partner = self.make_partners(1)
        rule = self.make_rule(fields=["comment"], name="hidden")
        partner.write({"comment": "go"})
        self.assertFalse(partner.ref)
        rule.name = "shown"
        partner.write({"comment": "again"})
        self.assertEqual(partner.ref, "hit")

    def test_creation_and_deletion_call_the_overrides(self):
        """A creation and a deletion go through the overrides as well."""
        self.make_rule(trigger="on_create")
        partner = self.make_partners(1)
        self.assertLessEqual(
            {"_get_actions", "_filter_post_export_domain", "_process"}, self.called()
        )
        self.make_rule(self.code("x = 1"), trigger="on_unlink")
        self.calls.clear()
        partner.unlink()
        self.assertIn("_process", self.called())

    def test_webhook_and_registry_hook_are_called(self):
        """The address of a rule and the loading of the registry reach the overrides."""
        rule = self.make_rule(trigger="on_webhook", record_getter="model.search([], limit=1)")
        rule._execute_webhook({})
        self.assertLessEqual({"_execute_webhook", "_process"}, self.called())
        self.assertTrue(self.env.registry.test_base_automation_ext_hooked)

    def test_timed_rule_calls_the_override(self):
        """The scheduled search goes through its override."""
        field = self.env["ir.model.fields"]._get("res.partner", "create_date")
        rule = self.make_rule(
            trigger="on_time_created",
            trg_date_id=field.id,
            trg_date_range=1,
            trg_date_range_type="hour",
        )
        rule._search_time_based_automation_records(until=self.env.cr.now())
        self.assertIn("_search_time_based_automation_records", self.called())
