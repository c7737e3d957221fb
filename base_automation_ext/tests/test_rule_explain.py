"""Why a rule runs on a record, or why not."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import config

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestRuleExplain(RuleCase):
    def explain(self, rule, partner):
        """Return the explanation with its steps as ``{label: [(verdict, reason)]}``."""
        report = rule.get_explanation(partner.id)
        steps = {}
        for step in report["steps"]:
            steps.setdefault(step["label"], []).append((step["verdict"], step["reason"]))
        return report, steps

    def test_a_rule_that_runs(self):
        """Every part says yes; only the trigger depends on what happens."""
        rule = self.make_rule(filter_domain="[('function', '=', 'a')]")
        partner = self.make_partners(1, function="a")
        report, steps = self.explain(rule, partner)
        self.assertEqual(report["verdict"], "yes")
        self.assertEqual(steps["Switched on"][0][0], "yes")
        self.assertEqual(steps["Trigger"][0][0], "maybe")
        self.assertIn("When a contact is created or changed.", steps["Trigger"][0][1])
        self.assertEqual(steps["Filter"], [("yes", "Yes: the job position is “a”.")])
        self.assertEqual(steps["Action “Test action”"][0][0], "yes")

    def test_the_condition_that_says_no_is_named_with_the_value(self):
        """Of several conditions only the one that fails is blamed."""
        belgium = self.env.ref("base.be")
        rule = self.make_rule(
            filter_domain=f"['&', ('function', '=', 'a'), ('country_id', '=', {belgium.id})]"
        )
        partner = self.make_partners(1, function="a", country_id=self.env.ref("base.fr").id)
        report, steps = self.explain(rule, partner)
        self.assertEqual(report["verdict"], "no")
        self.assertEqual(
            steps["Filter"],
            [
                ("yes", "Yes: the job position is “a”."),
                ("no", "Not true: the country is Belgium. It is France."),
            ],
        )
        self.assertIn("the country is Belgium", report["text"])

    def test_values_the_trigger_waits_for_are_told(self):
        """Whoever wonders why a change did not fire sees what the value is now."""
        partner = self.make_partners(1, function="a")
        field = self.env["ir.model.fields"]._get("res.partner", "function")
        rule = self.make_rule(trigger="on_field_change", change_field_id=field.id, change_to="b")
        _report, steps = self.explain(rule, partner)
        self.assertIn("changes to “b”. Now the job position is “a”.", steps["Trigger"][0][1])

    def test_filter_before_the_change(self):
        rule = self.make_rule(trigger="on_update", filter_pre_domain="[('email', '!=', False)]")
        partner = self.make_partners(1)
        _report, steps = self.explain(rule, partner)
        self.assertEqual(steps["Before the change"][0][0], "no")
        self.assertIn("“Email” is not empty", steps["Before the change"][0][1])

    def test_switches(self):
        """Archived, paused, and switched off for the whole server."""
        rule = self.make_rule()
        partner = self.make_partners(1)
        rule.paused = True
        _report, steps = self.explain(rule, partner)
        self.assertEqual(steps["Switched on"], [("no", "The rule is paused.")])
        rule.write({"paused": False, "active": False})
        _report, steps = self.explain(rule, partner)
        self.assertEqual(steps["Switched on"], [("no", "The rule is archived.")])
        rule.active = True
        with patch.dict(config.options, {"automation_disabled": "True"}):
            _report, steps = self.explain(rule, partner)
        self.assertIn("configuration of the server", steps["Switched on"][0][1])

    def test_condition_of_an_action(self):
        """Each action answers for itself, and an expression that needs the change cannot yet."""
        partner = self.make_partners(1)
        write = {"state": "object_write", "update_path": "ref", "value": "hit"}
        rule = self.make_rule(
            [
                {**write, "name": "Yes", "condition": "record.name"},
                {**write, "name": "No", "condition_domain": "[('function', '=', 'x')]"},
                {**write, "name": "Depends", "condition": "missing_name > 1"},
            ]
        )
        _report, steps = self.explain(rule, partner)
        self.assertEqual(steps["Action “Yes”"][0][0], "yes")
        self.assertEqual(steps["Action “No”"], [("no", "Not true: the job position is “x”.")])
        self.assertEqual(steps["Action “Depends”"][0][0], "maybe")

    def test_last_run_is_told(self):
        partner = self.make_partners(1)
        rule = self.make_rule()
        self.assertIn("no run on this record", self.explain(rule, partner)[1]["Trigger"][0][1])
        partner.function = "b"
        reason = self.explain(rule, partner)[1]["Trigger"][0][1]
        self.assertIn("It last ran on this record on", reason)

    def test_explaining_changes_nothing(self):
        """An expression that does something does it in vain."""
        partner = self.make_partners(1)
        rule = self.make_rule(
            {
                "state": "object_write",
                "update_path": "ref",
                "value": "hit",
                "condition": "record.write({'function': 'changed'})",
            }
        )
        self.explain(rule, partner)
        self.assertFalse(partner.function)

    def test_only_authors_of_rules_may_ask(self):
        rule = self.make_rule()
        user = new_test_user(self.env, "explain_user", groups="base.group_user")
        with self.assertRaises(AccessError):
            rule.with_user(user).get_explanation(self.make_partners(1).id)

    def test_wizard_starts_with_the_latest_record(self):
        rule = self.make_rule()
        partner = self.make_partners(1)
        wizard = (
            self.env["base.automation.explain"]
            .with_context(active_model="base.automation", active_id=rule.id)
            .create({})
        )
        self.assertEqual((wizard.rule_id, wizard.record_id), (rule, partner.id))

    def test_scope(self):
        """Companies are known of a record, users only when somebody makes the change."""
        mine, other = self.env["res.company"].create([{"name": "Mine"}, {"name": "Other"}])
        group = self.env.ref("base.group_user")
        partner = self.make_partners(1, company_id=mine.id)
        rule = self.make_rule(
            company_ids=[(6, 0, other.ids)], only_group_ids=[(6, 0, group.ids)], skip_import=True
        )
        report, steps = self.explain(rule, partner)
        self.assertEqual(
            [verdict for verdict, _reason in steps["For whom"]], ["no", "maybe", "maybe"]
        )
        self.assertIn("Only records of Other.", report["text"])
        rule.company_ids = mine
        _report, steps = self.explain(rule, partner)
        self.assertEqual(steps["For whom"][0], ("yes", "Only records of Mine."))

    def test_limits(self):
        """A limit that is used up says so; asking uses nothing up."""
        partner = self.make_partners(1)
        rule = self.make_rule(limit_per_record=1)
        for _time in range(2):
            _report, steps = self.explain(rule, partner)
            self.assertEqual(steps["Limits"][0][0], "yes")
        partner.function = "b"
        report, steps = self.explain(rule, partner)
        self.assertEqual(steps["Limits"][0][0], "no")
        self.assertIn("as often as it may", report["text"])

    def test_filter_on_the_change(self):
        rule = self.make_rule(filter_change="changed('function')")
        _report, steps = self.explain(rule, self.make_partners(1))
        self.assertEqual(steps["Only If"][0][0], "maybe")
        self.assertIn("if “changed('function')” is true", rule.sentence)

    def test_all_rules_are_paused(self):
        """The form shows a banner, the explanation the reason."""
        partner = self.make_partners(1)
        rule = self.make_rule()
        self.assertFalse(rule.is_globally_paused)
        self.env["ir.config_parameter"].set_param("base_automation_ext.paused", "True")
        rule.invalidate_recordset()
        self.assertTrue(rule.is_globally_paused)
        _report, steps = self.explain(rule, partner)
        self.assertIn("All rules of this database are paused", steps["Switched on"][0][1])
