"""Running rules: in bulk, with the semantics of stock."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import config

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestRuleRun(RuleCase):
    def test_action_runs_once_for_all_records(self):
        """One execution of the action covers the whole batch."""
        partners = self.make_partners(7)
        rule = self.make_rule(fields=["comment"])
        self.env["server.action.run"].search([]).unlink()
        partners.write({"comment": "go"})
        runs = self.env["server.action.run"].search([])
        self.assertEqual(len(runs), 1)
        self.assertEqual(rule.action_server_ids, runs.action_id)

    def test_code_without_scope_runs_record_by_record(self):
        """Code written for stock sees one record, and that one as the active record."""
        source = (
            "record.write({'ref': '%s/%s/%s' % (len(records), "
            "env.context['active_id'] == record.id, env.context['active_ids'] == record.ids)})"
        )
        rule = self.make_rule(self.code(source), fields=["comment"])
        rule.action_server_ids.code_scope = False
        partners = self.make_partners(3)
        partners.write({"comment": "go"})
        self.assertEqual(partners.mapped("ref"), ["1/True/True"] * 3)

    def test_code_for_the_batch_runs_once(self):
        """Code that works on ``records`` sees all of them at once."""
        self.make_rule(
            self.code("records.write({'ref': str(len(records))})", code_scope="batch"),
            fields=["comment"],
        )
        partners = self.make_partners(3)
        partners.write({"comment": "go"})
        self.assertEqual(partners.mapped("ref"), ["3"] * 3)

    def test_only_records_that_match_are_handed_over(self):
        """Conditions before and after the change choose the records."""
        partners = self.make_partners(4, function="old", email="a@example.com")
        partners[1].email = False
        partners[2].function = "other"
        partners[3].is_company = True
        self.make_rule(
            trigger="on_write",
            filter_pre_domain="[('function', '=', 'old')]",
            filter_domain="[('email', '!=', False), ('is_company', '=', False)]",
            fields=["function"],
        )
        partners.write({"function": "new"})
        self.assertEqual(partners.mapped("ref"), ["hit", False, False, False])

    def test_unchanged_value_does_not_fire(self):
        """Writing the value a watched field already has is no change."""
        self.make_rule(fields=["function"])
        partners = self.make_partners(2, function="old")
        partners.write({"ref": False})
        partners[0].function = "new"
        partners.write({"ref": False, "function": "new"})
        self.assertEqual(partners.mapped("ref"), [False, "hit"])

    def test_domain_with_names_is_evaluated_each_time(self):
        """A domain that names the user is evaluated for the user who writes."""
        self.make_rule(filter_domain="[('user_id', '=', user.id)]", fields=["comment"])
        partners = self.make_partners(2)
        partners[0].user_id = self.env.user
        partners.write({"comment": "go"})
        self.assertEqual(partners.mapped("ref"), ["hit", False])

    def test_domain_over_a_path_is_left_to_odoo(self):
        """A domain that is not plain selects the same records as a search."""
        country = self.env.ref("base.be")
        self.make_rule(filter_domain="[('country_id.code', '=', 'BE')]", fields=["comment"])
        partners = self.make_partners(2)
        partners[1].country_id = country
        partners.write({"comment": "go"})
        self.assertEqual(partners.mapped("ref"), [False, "hit"])

    def test_rules_run_in_their_order_and_see_each_other(self):
        """The sequence decides; a later rule's condition sees what an earlier one wrote."""
        second = self.make_rule(
            self.code("record.write({'ref': record.ref + 'b'})"),
            filter_domain="[('ref', '=', 'a')]",
            fields=["comment"],
            sequence=2,
        )
        self.make_rule(self.code("record.write({'ref': 'a'})"), fields=["comment"], sequence=1)
        partner = self.make_partners(1)
        partner.write({"comment": "go"})
        self.assertEqual(partner.ref, "ab")
        second.sequence = 0
        partner.write({"ref": False, "comment": "again"})
        self.assertEqual(partner.ref, "a")

    def test_creation_fires_once_when_its_filter_computes_the_field(self):
        """A rule whose condition forces a computation during creation runs once (T4)."""
        self.make_rule(
            self.code("record.write({'ref': (record.ref or '') + 'x'})"),
            filter_domain="[('commercial_partner_id', '!=', False)]",
            fields=["commercial_partner_id"],
        )
        self.assertEqual(self.make_partners(1).ref, "x")

    def test_rule_stops_on_its_own_writes(self):
        """A rule is run once per record and chain of events."""
        self.make_rule(self.code("record.write({'comment': (record.comment or '') + 'x'})"))
        partner = self.make_partners(1)
        partner.write({"comment": "go"})
        self.assertEqual(str(partner.comment).count("x"), 1)

    def test_deletion_is_seen_before_it_happens(self):
        """A rule on deletion works on records that still exist."""
        partners = self.make_partners(2)
        other = self.make_partners(1)
        self.make_rule(
            self.code(
                f"env['res.partner'].browse({other.id}).write("
                "{'ref': ','.join(records.mapped('name'))})",
                code_scope="batch",
            ),
            trigger="on_unlink",
        )
        partners.unlink()
        self.assertEqual(other.ref, "Partner 0,Partner 1")

    def test_error_names_its_rule(self):
        """A failing action names its rule to the error dialog, as stock does."""
        partner = self.make_partners(1)
        rule = self.make_rule(self.code("raise UserError('no')"), fields=["comment"])
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            partner.write({"comment": "go"})
        self.assertEqual(caught.exception.context["base_automation"]["id"], rule.id)


@tagged("post_install", "-at_install")
class TestRuleRights(RuleCase):
    def test_action_for_another_group_does_not_block_the_save(self):
        """A user outside the groups of an action can save; the action is left out (X11)."""
        user = new_test_user(self.env, "clerk", groups="base.group_user,base.group_partner_manager")
        partner = self.make_partners(1)
        self.make_rule(
            [
                {
                    "state": "code",
                    "code": "record.write({'ref': 'admin'})",
                    "group_ids": [(6, 0, self.env.ref("base.group_system").ids)],
                },
                {"state": "code", "code": "record.write({'function': 'all'})"},
            ],
            fields=["comment"],
        )
        partner.with_user(user).write({"comment": "go"})
        self.assertEqual((partner.ref, partner.function), (False, "all"))

    def test_user_without_rights_on_rules_fires_them(self):
        """An ordinary user's change runs the rule although the user may not read rules."""
        user = new_test_user(self.env, "clerk", groups="base.group_user,base.group_partner_manager")
        partner = self.make_partners(1)
        self.make_rule(fields=["comment"], filter_domain="[('name', 'like', 'Partner')]")
        partner.with_user(user).write({"comment": "go"})
        self.assertEqual(partner.ref, "hit")


@tagged("post_install", "-at_install")
class TestRuleSwitches(RuleCase):
    def test_context_switches_rules_off(self):
        """``automation_skip`` silences all rules, or those it names."""
        partner = self.make_partners(1)
        rule = self.make_rule(fields=["comment"])
        partner.with_context(automation_skip=True).write({"comment": "a"})
        partner.with_context(automation_skip=[f"base.automation,{rule.id}"]).write({"comment": "b"})
        partner.with_context(automation_skip=["base.automation.subscriber"]).write({"comment": "c"})
        self.assertFalse(partner.ref)
        partner.with_context(automation_skip=["base.automation,0"]).write({"comment": "d"})
        self.assertEqual(partner.ref, "hit")

    def test_configuration_file_switches_rules_off(self):
        """``automation_disabled`` stops rules even when they are called by name."""
        with patch.dict(config.options, {"automation_disabled": "True"}):
            rule = self.make_rule(fields=["comment"])
            partner = self.make_partners(1)
            partner.write({"comment": "a"})
            rule._process(partner)
        self.assertFalse(partner.ref)

    def test_paused_rule_ignores_its_webhook(self):
        """A paused rule does nothing when its address is called."""
        rule = self.make_rule(trigger="on_webhook", record_getter="model.search([], limit=1)")
        rule.paused = True
        self.assertIsNone(rule._execute_webhook({}))


@tagged("post_install", "-at_install")
class TestRulePolicy(RuleCase):
    FAILING = (
        "if record.name == 'Partner 1':\n    raise UserError('no')\nrecord.write({'ref': 'hit'})"
    )

    def test_isolating_rule_lets_the_user_save(self):
        """The failing record is left out, the others are processed, the change is kept."""
        partners = self.make_partners(3)
        self.make_rule(self.code(self.FAILING), fields=["comment"], on_error="isolate")
        partners.write({"function": "new", "comment": "go"})
        self.assertEqual(partners.mapped("ref"), ["hit", False, "hit"])
        self.assertEqual(partners.mapped("function"), ["new"] * 3)

    def test_action_keeps_its_own_policy(self):
        """What an action says itself is stronger than its rule."""
        partners = self.make_partners(2)
        self.make_rule(
            self.code(self.FAILING, on_error="block"), fields=["comment"], on_error="isolate"
        )
        with self.assertRaises(UserError):
            partners.write({"comment": "go"})

    def test_runs_name_their_rule(self):
        """The run log leads from a run to its rule and back."""
        partners = self.make_partners(2)
        rule = self.make_rule(fields=["comment"], name="My rule")
        partners.write({"comment": "go"})
        run = self.env["server.action.run"].search(rule.action_open_runs()["domain"])
        self.assertEqual((run.trigger_kind, run.origin_name), ("automation", "My rule"))
        self.assertEqual((run.record_count, rule.run_count, rule.run_trouble_count), (2, 1, 0))

    def test_failing_filter_does_not_block_when_the_rule_must_not(self):
        """A filter that cannot be evaluated blocks the user only if the rule is to block."""
        partners = self.make_partners(1)
        self.env.user.partner_id.color = 1
        rule = self.make_rule(
            filter_domain="[('color', '<', 1 / user.partner_id.color)]", fields=["comment"]
        )
        self.env.user.partner_id.color = 0
        with self.assertRaises(ValueError):
            partners.write({"comment": "go"})
        rule.on_error = "isolate"
        with self.assertLogs("odoo.addons.base_automation_ext", "WARNING"):
            partners.write({"comment": "go", "function": "new"})
        self.assertEqual((partners.ref, partners.function), (False, "new"))
