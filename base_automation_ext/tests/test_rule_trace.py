"""Trace: what a rule has decided, written down for an hour."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestRuleTrace(RuleCase):
    def traced(self, *args, **vals):
        rule = self.make_rule(*args, **vals)
        action = rule.action_trace()
        self.assertEqual(action["res_model"], "base.automation.trace")
        self.assertTrue(rule.is_traced)
        return rule

    def decisions(self, rule):
        """Return (record, verdict, reason) of what was written down, and forget it."""
        self.env.flush_all()
        found = self.env["base.automation.trace"].search([("rule_id", "=", rule.id)], order="id")
        result = [(line.res_id, line.verdict, line.reason) for line in found]
        found.unlink()
        return result

    def test_who_says_no(self):
        """Each part of a rule that can refuse a record is named."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        group = self.env["res.groups"].create({"name": "Nobody"})
        write = {"function": "b"}
        for vals, values, said in (
            ({"fields": ["city"]}, write, "None of the fields"),
            ({"fields": ["function"]}, {"function": "a"}, "same values as before"),
            ({"filter_domain": "[('city', '=', 'Mons')]"}, write, "the city is “Mons”"),
            ({"filter_pre_domain": "[('function', '=', 'c')]"}, write, "before the change"),
            ({"filter_change": "changed('city')"}, write, "What has changed"),
            ({"only_group_ids": [(6, 0, group.ids)]}, write, "not meant for this user"),
            ({"company_ids": [(6, 0, other.ids)]}, write, "records of this company"),
            ({"unique_key": "'always'"}, write, "same value of “Once For”"),
        ):
            with self.subTest(said):
                partner, first = self.make_partners(2, function="a")
                rule = self.traced(**{"trigger": "on_update", **vals})
                if "unique_key" in vals:
                    first.write(write)
                    self.decisions(rule)
                partner.write(values)
                [(res_id, verdict, reason)] = self.decisions(rule)
                self.assertEqual((res_id, verdict), (partner.id, "no"))
                self.assertIn(said, reason)
                self.assertFalse(partner.ref)
                rule.unlink()

    def test_what_runs(self):
        """On which records it ran, and which it has put aside."""
        partners = self.make_partners(2)
        for vals, verdict in (({}, "ran"), ({"debounce_number": 5}, "later")):
            with self.subTest(verdict):
                rule = self.traced(trigger="on_update", fields=["function"], **vals)
                partners.write({"function": verdict})
                # What the rule itself writes then is none of the fields it watches.
                found = [line[:2] for line in self.decisions(rule) if line[1] != "no"]
                self.assertEqual(found, [(id_, verdict) for id_ in partners.ids])
                rule.unlink()

    def test_once_per_chain(self):
        """A rule that is not started again by what it does itself says so."""
        partner = self.make_partners(1)
        rule = self.traced(self.code("record.write({'function': 'again'})"), trigger="on_update")
        partner.function = "a"
        reasons = [reason for _id, verdict, reason in self.decisions(rule) if verdict == "no"]
        self.assertIn("chain of events", reasons[0])

    def test_many_records_are_few_lines(self):
        partners = self.make_partners(60)
        rule = self.traced(trigger="on_update", fields=["city"])
        partners.write({"function": "a"})
        lines = self.decisions(rule)
        self.assertEqual(len(lines), 51)
        self.assertIn("10 records more", lines[-1][2])

    def test_ends(self):
        """After an hour nothing is written any more, and the vacuum makes the rule deaf again."""
        partner = self.make_partners(1)
        rule = self.traced(trigger="on_update", fields=["city"])
        with freeze_time(fields.Datetime.now() + timedelta(minutes=61)):
            rule.invalidate_recordset(["is_traced"])
            self.assertFalse(rule.is_traced)
            partner.function = "a"
            partner.city = "Mons"
            self.assertEqual(partner.ref, "hit")
            self.assertEqual(self.decisions(rule), [])
            self.env["base.automation.trace"]._gc_traces()
        self.assertFalse(rule.trace_until)
        rule.action_trace()
        rule.action_trace_stop()
        partner.function = "b"
        self.assertEqual(self.decisions(rule), [])

    def test_traced_rule_does_the_same(self):
        """It hears of more, and runs on no more."""
        self.traced(trigger="on_update", fields=["city"], filter_domain="[('city', '=', 'Mons')]")
        partners = self.make_partners(3)
        partners.write({"function": "a"})
        partners[0].city = "Mons"
        partners[1].city = "Namur"
        self.assertEqual(partners.mapped("ref"), ["hit", False, False])

    def test_not_traced_costs_nothing(self):
        """The same statements before and after a trace."""
        rule = self.make_rule(trigger="on_update", filter_domain="[('city', '=', 'Mons')]")
        partner = self.make_partners(1)
        partner.function = "warm"
        before = self.queries_of(lambda: partner.write({"function": "a"}))
        rule.action_trace()
        partner.function = "b"
        rule.action_trace_stop()
        partner.function = "c"
        self.assertEqual(self.queries_of(lambda: partner.write({"function": "d"})), before)

    def test_rights(self):
        """An ordinary user is traced without any right on traces, and may not read them."""
        user = new_test_user(self.env, "clerk", groups="base.group_user,base.group_partner_manager")
        rule = self.traced(trigger="on_update", filter_domain="[('city', '=', 'Mons')]")
        partner = self.make_partners(1)
        partner.with_user(user).function = "a"
        line = self.env["base.automation.trace"].search(
            [("rule_id", "=", rule.id), ("user_id", "=", user.id)]
        )
        self.assertEqual((line.res_id, line.verdict), (partner.id, "no"))
        with self.assertRaises(AccessError):
            line.with_user(user).read(["reason"])
        with self.assertRaises(AccessError):
            rule.with_user(user).action_trace()


@tagged("post_install", "-at_install")
class TestLiveFormTrace(RuleCase):
    def traced(self, **vals):
        watched = self.env["ir.model.fields"]._get("res.partner", "function")
        rule = self.make_rule(
            vals.pop("action", None),
            trigger="on_change",
            on_change_field_ids=[(6, 0, watched.ids)],
            **vals,
        )
        rule.action_trace()
        return rule

    def edited(self, rule, partner, **values):
        """Edit fields in a form and return (record, verdict, reason) of what was written down."""
        spec = {name: {} for name in ("function", "name", "ref", "city")}
        partner.onchange(values, list(values), spec)
        lines = self.env["base.automation.trace"].search([("rule_id", "=", rule.id)], order="id")
        found = [(line.model, line.res_id, line.verdict, line.reason) for line in lines]
        lines.unlink()
        return found

    def test_what_it_has_done(self):
        """The fields it has set, and its warning; on a saved record, and on one that is none."""
        rule = self.traced(live_warning_message="Mind")
        partner = self.make_partners(1)
        [(model, res_id, verdict, reason)] = self.edited(rule, partner, function="x")
        self.assertEqual((model, res_id, verdict), ("res.partner", partner.id, "ran"))
        self.assertEqual(reason, "The actions were run. Set: Reference. A warning was shown.")
        [(model, res_id, verdict, reason)] = self.edited(rule, partner.browse(), function="x")
        self.assertEqual((model, res_id, verdict), ("res.partner", 0, "ran"))
        self.assertIn("new and not saved yet", reason)

    def test_who_says_no(self):
        group = self.env["res.groups"].create({"name": "Nobody"})
        other = self.env["res.company"].create({"name": "Elsewhere"})
        partner = self.make_partners(1)
        for vals, values, said in (
            ({}, {"city": "Mons"}, "not watched by the rule: City."),
            ({"filter_domain": "[('function', '=', 'y')]"}, {"function": "x"}, "is “y”"),
            ({"only_group_ids": [(6, 0, group.ids)]}, {"function": "x"}, "not meant for this user"),
            ({"company_ids": [(6, 0, other.ids)]}, {"function": "x"}, "records of this company"),
        ):
            with self.subTest(said):
                rule = self.traced(**vals)
                [(_model, res_id, verdict, reason)] = self.edited(rule, partner, **values)
                self.assertEqual((res_id, verdict), (partner.id, "no"))
                self.assertIn(said, reason)
                rule.action_trace_stop()
                self.assertEqual(self.edited(rule, partner, **values), [])
                rule.unlink()

    def test_opening_a_new_form_is_no_edit(self):
        rule = self.traced()
        self.env["res.partner"].onchange({}, [], {"name": {}, "city": {}})
        lines = self.env["base.automation.trace"].search([("rule_id", "=", rule.id)])
        self.assertEqual(len(lines.filtered(lambda line: "not watched" in line.reason)), 0)

    def test_ordinary_user(self):
        """Needs no right on rules or traces."""
        user = new_test_user(self.env, "clerk", groups="base.group_user,base.group_partner_manager")
        rule = self.traced(filter_domain="[('function', '=', 'y')]")
        partner = self.make_partners(1)
        self.assertTrue(self.edited(rule, partner.with_user(user), function="x"))
        self.assertTrue(self.edited(rule, partner.with_user(user), function="y"))
        self.assertTrue(self.edited(rule, partner.with_user(user), city="y"))
