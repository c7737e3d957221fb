"""What a rule would do: records that match, and dry runs of the whole rule."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models import rule_preview
from .common import RuleCase


@tagged("post_install", "-at_install")
class TestMatchCounts(RuleCase):
    def counts(self, **filters):
        return self.env["base.automation"].get_match_counts("res.partner", filters)

    def test_both_filters_are_counted(self):
        """Each filter on its own, with what is needed to look at the records."""
        self.make_partners(3, ref="count", function="a")
        self.make_partners(2, ref="count", function="b")
        found = self.counts(
            filter_domain="[('ref', '=', 'count')]",
            filter_pre_domain="[('ref', '=', 'count'), ('function', '=', 'b')]",
        )
        self.assertEqual(found["filter_domain"]["count"], 5)
        self.assertEqual(found["filter_pre_domain"]["count"], 2)
        self.assertFalse(found["filter_domain"]["more"])
        domain = found["filter_domain"]["domain"]
        self.assertEqual(self.env["res.partner"].search_count(domain), 5)

    def test_names_of_filters_are_known(self):
        """A filter may say `uid`, as when the rule evaluates it."""
        self.env["res.partner"].create({"name": "Mine", "ref": "mine", "user_id": self.env.uid})
        found = self.counts(filter_domain="[('ref', '=', 'mine'), ('user_id', '=', uid)]")
        self.assertEqual(found["filter_domain"]["count"], 1)

    def test_counting_ends_at_a_limit(self):
        """A table of millions is not counted to its end."""
        self.make_partners(4, ref="limit")
        self.patch(rule_preview, "COUNT_LIMIT", 3)
        found = self.counts(filter_domain="[('ref', '=', 'limit')]")["filter_domain"]
        self.assertEqual((found["count"], found["more"]), (3, True))

    def test_a_wrong_filter_is_explained(self):
        """While a filter is being written it is often wrong; that is no error."""
        for text in ("[('name', '=', ", "[('no_such_field', '=', 1)]", "[('name', '=', nobody)]"):
            problem = self.counts(filter_domain=text)["filter_domain"]["problem"]
            self.assertIn("cannot be used on Contact", problem)

    def test_only_authors_of_rules_may_ask(self):
        """Evaluating an expression is for those who may write rules."""
        user = new_test_user(self.env, "preview_user", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["base.automation"].with_user(user).get_match_counts("res.partner", {"x": "[]"})


@tagged("post_install", "-at_install")
class TestRuleTest(RuleCase):
    def wizard(self, rule, **vals):
        return self.env["base.automation.test"].create({"rule_id": rule.id, **vals})

    def report(self, rule, **vals):
        wizard = self.wizard(rule, **vals)
        wizard.action_dry_run()
        return wizard.report

    def changes(self, report):
        return {
            entry["name"]: {field["name"]: field["after"] for field in entry["fields"]}
            for entry in report["changed"]
            if entry["model"] == "res.partner"
        }

    def test_all_actions_on_the_latest_match_and_nothing_stays(self):
        """The second action sees what the first one did; afterwards nothing has happened."""
        older, latest = self.env["res.partner"].create(
            [{"name": name, "ref": "try"} for name in ("Older", "Latest")]
        )
        self.env.flush_all()
        rule = self.make_rule(
            [
                {"state": "object_write", "update_path": "function", "value": "first"},
                self.code("record.write({'comment': record.function})", sequence=20),
            ],
            filter_domain="[('ref', '=', 'try')]",
        )
        changes = self.changes(self.report(rule))
        self.assertEqual(list(changes), ["Latest"])
        self.assertEqual(changes["Latest"]["function"], "first")
        self.assertIn("first", changes["Latest"]["comment"])
        self.assertFalse(latest.function)
        self.assertFalse(older.function)

    def test_matching_records_are_counted(self):
        """The wizard says how many records there are to choose from, however they are chosen."""
        partners = self.make_partners(3)
        partners.write({"ref": "counted"})
        rule = self.make_rule(filter_domain="[('ref', '=', 'counted')]")
        self.assertEqual(self.wizard(rule).record_count, 3)
        ids = f"{partners[0].id}, {partners[1].id}"
        self.assertEqual(self.wizard(rule, choose_by="ids", record_ids_text=ids).record_count, 2)

    def test_records_the_filter_excludes_are_named(self):
        """Whoever tries a rule on the wrong record learns that it would not run."""
        partner = self.make_partners(1)
        rule = self.make_rule(filter_domain="[('email', '!=', False)]")
        report = self.report(rule, choose_by="record", record_id=partner.id)
        condition = report["conditions"][0]
        self.assertEqual(condition["left_out"][0]["name"], partner.display_name)
        self.assertIn("filter", condition["left_out"][0]["reason"])
        self.assertEqual(self.changes(report), {})

    def test_paused_rule_can_be_tried(self):
        """A rule is tried before it is let loose."""
        rule = self.make_rule(paused=True)
        partner = self.make_partners(1)
        report = self.report(rule, choose_by="ids", record_ids_text=str(partner.id))
        self.assertEqual(self.changes(report)[partner.display_name]["ref"], "hit")

    def test_an_error_is_part_of_the_report(self):
        partner = self.make_partners(1)
        rule = self.make_rule(self.code("raise UserError('no paper')"))
        report = self.report(rule, choose_by="record", record_id=partner.id)
        self.assertIn("no paper", report["error"]["message"])

    def test_nothing_to_try(self):
        """No action, or no record: the wizard says so."""
        rule = self.make_rule(filter_domain="[('ref', '=', 'no such thing')]")
        with self.assertRaisesRegex(UserError, "No record matches"):
            self.wizard(rule).action_dry_run()
        rule.action_server_ids.unlink()
        with self.assertRaisesRegex(UserError, "no action yet"):
            self.wizard(rule).action_dry_run()
