"""Limits per record, per period and per key."""

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestRuleLimits(RuleCase):
    def setUp(self):
        super().setUp()
        self.number = 0

    def limited(self, **vals):
        vals = {"fields": ["function"], "trigger": "on_update", **vals}
        return self.make_rule(
            self.code("records.write({'ref': 'hit'})", code_scope="batch"), **vals
        )

    def fire(self, partners):
        """Change the partners; return on which of them the rule has run."""
        self.number += 1
        partners.write({"function": f"change {self.number}"})
        found = [partner.ref == "hit" for partner in partners]
        partners.with_context(automation_skip=True).write({"ref": False})
        return found

    def rows(self, rule):
        return self.env["base.automation.firing"].search_count(
            [("rule_id", "=", rule.id), ("fired_at", "!=", False)]
        )

    def test_firings_per_record(self):
        self.limited(limit_per_record=2)
        partners = self.make_partners(2)
        self.assertEqual(self.fire(partners[0]), [True])
        self.assertEqual(self.fire(partners), [True, True])
        self.assertEqual(self.fire(partners), [False, True])
        self.assertEqual(self.fire(partners), [False, False])

    def test_record_written_twice_at_once(self):
        """A recordset may hold a record twice; that is one firing."""
        rule = self.limited(limit_per_record=2)
        partner = self.make_partners(1)
        (partner + partner).write({"function": "x"})
        self.assertEqual(partner.ref, "hit")
        firing = self.env["base.automation.firing"].search([("rule_id", "=", rule.id)])
        self.assertEqual(firing.mapped("count"), [1])

    def test_cooldown(self):
        """A record is left alone for the time, counted from its last firing."""
        self.limited(cooldown_number=10, cooldown_unit="minutes")
        partners = self.make_partners(2)
        with freeze_time("2030-01-01 10:00:00"):
            self.assertEqual(self.fire(partners[0]), [True])
        with freeze_time("2030-01-01 10:09:59"):
            self.assertEqual(self.fire(partners), [False, True])
        with freeze_time("2030-01-01 10:10:00"):
            self.assertEqual(self.fire(partners), [True, False])

    def test_firings_per_period(self):
        """A sliding window over all records; the first ones of a batch have the chance."""
        self.limited(limit_count=3, limit_number=1, limit_unit="hours")
        partners = self.make_partners(5)
        with freeze_time("2030-01-01 10:00:00"):
            self.assertEqual(self.fire(partners[:2]), [True, True])
        with freeze_time("2030-01-01 10:30:00"):
            self.assertEqual(self.fire(partners), [True, False, False, False, False])
        with freeze_time("2030-01-01 11:00:00"):
            self.assertEqual(self.fire(partners), [True, True, False, False, False])
        with freeze_time("2030-01-01 11:30:00"):
            self.assertEqual(self.fire(partners), [True, False, False, False, False])

    def test_once_for_each_key(self):
        """One firing per value, also among the records of one batch; no value, no limit."""
        self.limited(unique_key="record.country_id.code")
        partners = self.make_partners(4)
        partners[:2].country_id = self.env.ref("base.be")
        partners[2].country_id = self.env.ref("base.fr")
        self.assertEqual(self.fire(partners), [True, False, True, True])
        self.assertEqual(self.fire(partners), [False, False, False, True])

    def test_key_is_free_again_after_a_time(self):
        self.limited(unique_key="record.country_id", unique_number=2, unique_unit="days")
        partner = self.make_partners(1, country_id=self.env.ref("base.be").id)
        for moment, expected in (
            ("2030-01-01 10:00:00", True),
            ("2030-01-03 09:59:59", False),
            ("2030-01-03 10:00:00", True),
            ("2030-01-04 10:00:00", False),
        ):
            with freeze_time(moment):
                self.assertEqual(self.fire(partner), [expected], moment)

    def test_key_from_the_change(self):
        """The expression may use the old value."""
        self.limited(unique_key="old.function")
        partner = self.make_partners(1, function="a")
        partner.function = "b"
        self.assertEqual(partner.ref, "hit")
        partner.with_context(automation_skip=True).write({"ref": False, "function": "a"})
        partner.function = "c"
        self.assertFalse(partner.ref)

    def test_limits_are_combined(self):
        """All limits must agree, and a refused record uses none of them up."""
        rule = self.limited(limit_per_record=1, limit_count=2, limit_unit="weeks")
        partners = self.make_partners(3)
        self.assertEqual(self.fire(partners[0]), [True])
        self.assertEqual(self.fire(partners), [False, True, False])
        rule.limit_count = 3
        self.assertEqual(self.fire(partners), [False, False, True])

    def test_what_is_undone_does_not_count(self):
        """A rolled-back firing leaves the limit as it was."""
        self.limited(limit_per_record=1)
        partner = self.make_partners(1)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.assertEqual(self.fire(partner), [True])
            raise ZeroDivisionError
        self.assertEqual(self.fire(partner), [True])

    def test_refused_records_are_explained(self):
        """The reason can be asked for, and asking counts nothing."""
        rule = self.limited(limit_per_record=1)
        partners = self.make_partners(2)
        self.fire(partners[0])
        for _time in range(2):
            refused = rule._refused_by_limits(partners)
            self.assertEqual(list(refused), partners[0].ids)
            self.assertIn("as often as it may", refused[partners[0].id])

    def test_rules_without_limits_write_nothing(self):
        rule = self.limited()
        self.fire(self.make_partners(3))
        self.assertEqual(self.rows(rule), 0)

    def test_statements_do_not_grow_with_the_records(self):
        """Two statements per kind of limit for five records and for fifty."""
        self.limited(limit_per_record=9, limit_count=999, limit_unit="days", unique_key="record.id")
        few, many, warm = self.make_partners(5), self.make_partners(50), self.make_partners(1)
        warm.function = "warm"
        few_count, many_count = (
            self.queries_of(lambda records=records: records.write({"function": "go"}))
            for records in (few, many)
        )
        self.assertEqual(few_count, many_count)
        self.assertEqual(set((few + many).mapped("ref")), {"hit"})

    def test_nested_events_count(self):
        """A limit also holds for firings inside a chain of rules."""
        self.limited(limit_per_record=1, fire_mode="every", sequence=1)
        source = "record.write({'function': 'end'}) if record.function != 'end' else None"
        self.make_rule(
            self.code(source), fields=["function"], fire_mode="every", trigger="on_update"
        )
        rule = self.env["base.automation"].search([("limit_per_record", "=", 1)])
        self.fire(self.make_partners(1))
        self.assertEqual(self.rows(rule), 1)

    def test_forgetting(self):
        """What no limit will ask for is deleted, by the vacuum or when the limit goes."""
        rule = self.limited(cooldown_number=1, cooldown_unit="hours", limit_per_record=0)
        partners = self.make_partners(2)
        with freeze_time("2020-01-01 10:00:00"):
            self.fire(partners)
        self.assertEqual(self.rows(rule), 2)
        self.env["base.automation.firing"]._gc_firings()
        self.assertEqual(self.rows(rule), 0)
        rule.write({"cooldown_number": 0, "limit_per_record": 5})
        self.fire(partners)
        partners[0].unlink()
        self.env["base.automation.firing"]._gc_firings()
        self.assertEqual(self.rows(rule), 1)
        rule.limit_per_record = 0
        self.assertEqual(self.rows(rule), 0)

    def test_slots_follow_the_limit(self):
        """As many slots as firings are allowed; shrinking keeps the newest firings."""
        rule = self.limited(limit_count=3, limit_unit="hours")
        slots = [("rule_id", "=", rule.id)]
        Firing = self.env["base.automation.firing"]
        self.assertEqual(Firing.search_count(slots), 3)
        self.fire(self.make_partners(2))
        rule.limit_count = 2
        self.assertEqual(Firing.search_count(slots), 2)
        self.assertEqual(self.rows(rule), 2)
        self.assertEqual(self.fire(self.make_partners(1)), [False])
        rule.limit_count = 0
        self.assertEqual(Firing.search_count(slots), 0)

    def test_impossible_limits_are_refused(self):
        for vals, message in (
            ({"limit_per_record": -1}, "Firings per Record.*cannot be negative"),
            ({"limit_count": 1_000_000}, "at most 10000|at most 10,000"),
            ({"limit_count": 1, "limit_number": 0}, "in which period"),
            ({"unique_key": "record.nothing"}, "Once For.*no field “nothing”"),
            ({"unique_key": "recrod.name"}, "Once For.*“recrod” is unknown"),
            ({"unique_key": "1 +"}, "Once For.*invalid syntax"),
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(ValidationError, message):
                self.limited(**vals)

    def test_failing_key_follows_the_policy(self):
        """A key that cannot be evaluated blocks only if the rule is to block."""
        rule = self.limited(unique_key="1 / record.color")
        partner = self.make_partners(1)
        partner.with_context(automation_skip=True).color = 0
        with self.assertRaisesRegex(ValueError, "Once For.*ZeroDivisionError"):
            partner.function = "a"
        rule.on_error = "isolate"
        with self.assertLogs("odoo.addons.base_automation_ext", "WARNING"):
            partner.write({"function": "b", "city": "kept"})
        self.assertEqual((partner.city, partner.ref), ("kept", False))
