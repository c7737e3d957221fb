"""Timed rules that are due more than once for a record: repetitions and escalations."""

from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .due_case import DueCase

HIT_A = "record.write({'name': record.name + 'A'})"
HIT_B = "record.write({'name': record.name + 'B'})"


@tagged("post_install", "-at_install")
class TestDueSeries(DueCase):
    def test_repeats_until_the_filter_no_longer_holds(self):
        """Every two days, three times at most."""
        self.timed(time_repeats=True, time_every=2, time_every_unit="day", time_times=3)
        one, cured = self.leaves("2026-03-02 08:00:00", "2026-03-02 08:00:00")
        for moment, name in (
            ("2026-03-03 08:00:00", "due!"),
            ("2026-03-05 07:00:00", "due!"),
            ("2026-03-05 08:00:00", "due!!"),
            ("2026-03-07 08:00:00", "due!!!"),
            ("2026-03-09 08:00:00", "due!!!"),
        ):
            self.run_cron(moment)
            self.assertEqual(one.name, name, moment)
            if name == "due!":
                cured.name = "cured"
        self.assertEqual(cured.name, "cured")

    def test_missed_repetitions_are_made_up_for_once(self):
        """A server that was down sends one reminder, and the ledger says what became of others."""
        rule = self.timed(time_repeats=True, time_every=1, time_every_unit="day", time_times=9)
        leaf = self.leaves("2026-03-02 08:00:00")
        self.run_cron("2026-03-05 09:00:00")
        self.assertEqual(leaf.name, "due!")
        self.assertEqual(self.ledger(rule).mapped("state"), ["missed", "missed", "done"])

    def test_escalation(self):
        """After one day one action, after three another; a new date begins anew."""
        rule = self.timed([self.code(HIT_A, sequence=1), self.code(HIT_B, sequence=2)])
        second = rule.action_server_ids[1]
        rule.time_step_ids = [(0, 0, {"number": 3, "unit": "day", "action_ids": [second.id]})]
        leaf = self.leaves("2026-03-02 08:00:00")
        self.run_cron("2026-03-03 08:00:00")
        self.assertEqual(leaf.name, "dueA")
        self.run_cron("2026-03-05 08:00:00")
        self.assertEqual(leaf.name, "dueAB")
        with freeze_time("2026-03-05 09:00:00"):
            leaf.date_from = "2026-03-06 08:00:00"
        self.run_cron("2026-03-07 08:00:00")
        self.assertEqual(leaf.name, "dueABA")
        copied = rule.copy()
        self.assertEqual(copied.time_step_ids.action_ids, copied.action_server_ids[1])
        with self.assertRaises(ValidationError):
            rule.time_step_ids.action_ids = copied.action_server_ids[0]


@tagged("post_install", "-at_install")
class TestDueComputed(DueCase):
    def test_date_that_is_not_stored(self):
        """It is read from the records: once for each moment, and the next one is planned."""
        rule = self.timed(
            self.code("record.write({'ref': (record.ref or '') + '!'})"),
            "activity_date_deadline",
            model="res.partner",
            filter_domain="[('function', '=', 'due')]",
        )
        partner, other = self.make_partners(2, function="due")
        activity = partner.activity_schedule(
            "mail.mail_activity_data_todo", date_deadline="2026-03-03"
        )
        self.run_cron("2026-03-03 22:59:00")
        self.assertFalse(partner.ref)
        self.assertIn(datetime(2026, 3, 3, 23), self.planned)
        for moment, ref in (("2026-03-03 23:00:00", "!"), ("2026-03-04 09:00:00", "!")):
            self.run_cron(moment)
            self.assertEqual(partner.ref, ref)
        with freeze_time("2026-03-04 10:00:00"):
            activity.date_deadline = "2026-03-10"
        self.run_cron("2026-03-10 22:59:00")
        self.assertEqual(partner.ref, "!")
        self.run_cron("2026-03-10 23:00:00")
        self.assertEqual(partner.ref, "!!")
        self.assertFalse(other.ref)
        self.assertEqual(self.ledger(rule, "done").mapped("res_id"), partner.ids * 2)
