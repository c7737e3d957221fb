"""Timed rules: exactly once per record and moment, and for nothing that was over before."""

from datetime import datetime
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..core.due_item import DueItem
from ..models import due_pace, pass_memory, pass_progress
from .due_case import NOW, DueCase


@tagged("post_install", "-at_install")
class TestDue(DueCase):
    def test_fires_once_per_moment(self):
        """At the moment and not before, once, and once more when the date is put off."""
        rule = self.timed()
        leave, other = self.leaves("2026-03-03 08:00:00", "2026-03-03 08:00:00")
        other.name = "something else"
        for moment, name in (
            ("2026-03-04 07:59:00", "due"),
            ("2026-03-04 08:00:00", "due!"),
            ("2026-03-04 08:01:00", "due!"),
            ("2026-03-09 08:01:00", "due!"),
        ):
            self.run_cron(moment)
            self.assertEqual(leave.name, name, moment)
        with freeze_time("2026-03-09 09:00:00"):
            leave.date_from = "2026-03-10 08:00:00"
        self.run_cron("2026-03-11 08:00:00")
        self.assertEqual(leave.name, "due!!")
        self.assertEqual(other.name, "something else")
        rows = self.ledger(rule)
        self.assertEqual(rows.mapped("state"), ["done", "done"])
        self.assertEqual(rows[0].due_at, datetime(2026, 3, 4, 8))

    def test_history_does_not_fire(self):
        """What was due when the rule was activated is over; what comes late is not."""
        old, older = self.leaves("2026-02-27 08:00:00", "2025-02-27 08:00:00")
        entrant = self.leaves("2026-02-27 08:00:00", name="no")
        rule = self.timed()
        self.run_cron("2026-03-02 06:01:00")
        self.assertEqual(self.ledger(rule).mapped("state"), ["history"])
        back_dated, too_late = self.leaves("2026-02-26 08:00:00", "2026-02-01 08:00:00")
        entrant.name = "due late"
        self.run_cron("2026-03-02 06:02:00")
        self.assertEqual(
            (old | older | entrant | back_dated | too_late).mapped("name"),
            ["due", "due", "due late!", "due!", "due"],
        )

    def test_history_by_choice(self):
        """All of it, or since a date; the form says for how many records."""
        leaves = self.leaves("2020-01-01 08:00:00", "2026-01-01 08:00:00", "2026-03-02 08:00:00")
        rule = self.timed(due_history="date", due_history_from="2025-12-31 00:00:00")
        self.assertIn("1 ", rule.due_history_count)
        self.run_cron()
        self.assertEqual(leaves.mapped("name"), ["due", "due!", "due"])
        rule.due_history = "all"
        self.run_cron()
        self.assertEqual(leaves.mapped("name"), ["due!", "due!", "due"])
        rule.trg_date_range = 2
        self.run_cron()
        self.assertEqual(leaves.mapped("name"), ["due!", "due!", "due"])
        with self.assertRaises(ValidationError):
            rule.write({"due_history": "date", "due_history_from": False})

    def test_all_of_history_where_there_is_none(self):
        """What comes late fires all the same."""
        self.timed(due_history="all")
        leaf = self.leaves("2026-02-26 08:00:00")
        self.run_cron()
        self.assertEqual(leaf.name, "due!")

    def test_reactivated_and_resumed_rules_begin_anew(self):
        """What was due meanwhile is over."""
        rule = self.timed()
        leaves = self.leaves("2026-03-03 08:00:00", "2026-03-05 08:00:00", "2026-03-08 08:00:00")
        rule.active = False
        self.run_cron("2026-03-04 09:00:00")
        with freeze_time("2026-03-05 09:00:00"):
            rule.write({"active": True, "paused": True})
        self.run_cron("2026-03-06 09:00:00")
        with freeze_time("2026-03-06 10:00:00"):
            rule.paused = False
        self.run_cron("2026-03-10 09:00:00")
        self.assertEqual(leaves.mapped("name"), ["due", "due", "due!"])

    def test_takes_over_from_stock(self):
        """A rule stock Odoo has run goes on from there, however long ago that was."""
        leaves = self.leaves("2026-02-01 08:00:00", "2026-02-10 08:00:00", "2026-02-28 08:00:00")
        rule = self.timed()
        self.env.cr.execute(
            "UPDATE base_automation SET due_since = NULL, last_run = '2026-02-05' WHERE id = %s",
            [rule.id],
        )
        self.env.cr.execute("DELETE FROM base_automation_due")
        rule.invalidate_recordset()
        self.run_cron()
        self.assertEqual(leaves.mapped("name"), ["due", "due!", "due!"])

    def test_server_that_was_down_for_long(self):
        """What was due while nobody looked is made up for, also outside of the window."""
        self.timed()
        self.run_cron()
        leave = self.leaves("2026-03-05 08:00:00")
        self.run_cron("2026-05-05 08:00:00")
        self.assertEqual(leave.name, "due!")

    def test_longer_window_does_not_bring_back(self):
        """What a shorter window had left behind stays behind."""
        rule = self.timed(due_window_days=1)
        self.run_cron()
        leave = self.leaves("2026-02-25 08:00:00")
        rule.due_window_days = 30
        self.run_cron()
        self.assertEqual(leave.name, "due")

    def test_clocks_and_leap_days(self):
        """At 08:00 also on the day the clock changes, in either hemisphere; and on 29 February."""
        for zone, start, unit, early, due in (
            ("Europe/Berlin", "2026-03-28 11:00", "day", "2026-03-29 05:59", "2026-03-29 06:00"),
            ("Australia/Sydney", "2026-04-04 02:00", "day", "2026-04-04 21:59", "2026-04-04 22:00"),
            ("America/Santiago", "2026-04-04 15:00", "day", "2026-04-05 11:59", "2026-04-05 12:00"),
            ("UTC", "2028-01-31 10:00", "month", "2028-02-29 07:59", "2028-02-29 08:00"),
        ):
            with self.subTest(zone):
                plan = {"time_has_hour": True, "time_hour": 8, "trg_date_range_type": unit}
                rule = self.timed(time_tz=zone, **plan)
                leaf = self.leaves(f"{start}:00")
                self.run_cron(early)
                self.assertEqual(leaf.name, "due")
                self.run_cron(due)
                self.assertEqual(leaf.name, "due!")
                rule.active = False

    def test_archived_records(self):
        """They are left alone unless the rule asks for them."""
        field = "create_date"
        vals = {"model": "res.partner", "filter_domain": "[('function', '=', 'due')]"}
        action = self.code("record.write({'ref': 'x'})")
        self.timed(action, field, **vals)
        self.timed(
            self.code("record.write({'comment': 'y'})"), field, due_with_archived=True, **vals
        )
        with freeze_time(NOW), self.patch_now(NOW):
            partner = self.make_partners(1, function="due", active=False)
        self.run_cron("2026-03-04 06:00:00")
        self.assertFalse(partner.ref)
        self.assertIn("y", partner.comment)

    def patch_now(self, moment):
        return patch.object(self.env.cr, "_now", datetime.fromisoformat(moment))

    def test_own_writes_do_not_start_it_again(self):
        """A rule about the last change is not started by its own change, but by a user's."""
        rule = self.timed(
            self.code("record.write({'comment': 'x', 'color': record.color + 1})"),
            "write_date",
            model="res.partner",
            trigger="on_time_updated",
            filter_domain="[('function', '=', 'due')]",
        )
        with self.patch_now(NOW):
            partner = self.make_partners(1, function="due")
            self.assertEqual(partner.write_date, datetime(2026, 3, 2, 6))
        for moment, color in (
            ("2026-03-03 06:00:00", 1),
            ("2026-03-05 06:00:00", 1),
            ("2026-03-09 06:00:00", 1),
        ):
            with self.patch_now(moment):
                self.run_cron(moment)
            self.assertEqual(partner.color, color, moment)
        self.assertEqual(self.ledger(rule, "own").mapped("value"), [datetime(2026, 3, 3, 6)])
        with self.patch_now("2026-03-10 06:00:00"):
            partner.write({"phone": "1"})
            self.env.flush_all()
        self.run_cron("2026-03-11 06:00:00")
        self.assertEqual(partner.color, 2)

    def test_runs_in_the_company_of_the_record(self):
        """Sequences, accounts and the like are those of its company."""
        company = self.env["res.company"].create({"name": "Other"})
        self.timed(self.code("record.write({'name': env.company.name})"))
        leaf = self.leaves("2026-03-02 08:00:00")
        calendar = self.env["resource.calendar"].create(
            {"name": "theirs", "company_id": company.id}
        )
        leaf.calendar_id = calendar
        self.assertEqual(leaf.company_id, company)
        self.run_cron("2026-03-03 09:00:00")
        self.assertEqual(leaf.name, "Other")


@tagged("post_install", "-at_install")
class TestDueFailures(DueCase):
    def test_poisoned_record(self):
        """Of 1,000 records 999 are done, one is set aside, told of, and tried again."""
        action = self.code(
            "if record.name == 'due 500':\n    raise UserError('poison')\n"
            "record.write({'name': record.name + '!'})"
        )
        rule = self.timed(action)
        leaves = self.env["resource.calendar.leaves"].create(
            [
                {"name": f"due {at}", "date_from": "2026-03-02 08:00:00", "date_to": "2036-01-01"}
                for at in range(1000)
            ]
        )
        self.run_cron("2026-03-03 08:00:00")
        self.assertEqual(sum(name.endswith("!") for name in leaves.mapped("name")), 999)
        self.assertEqual(len(self.ledger(rule, "done")), 999)
        failed = self.ledger(rule, "failed")
        self.assertEqual(failed.res_id, leaves[500].id)
        self.assertIn("poison", failed.error)
        self.assertEqual(rule.due_failed_count, 1)
        self.assertIn("poison", rule.activity_ids.note)
        leaves[500].name = "due cured"
        failed.action_retry()
        self.assertEqual(failed.state, "waiting")
        self.drain()
        self.assertEqual((failed.state, failed.error), ("done", False))
        self.assertEqual(leaves[500].name, "due cured!")
        self.assertFalse(rule.due_failed_count)

    def test_failed_again(self):
        """Who tries again in vain finds the record set aside as before, with the new error."""
        rule = self.timed(self.code("raise UserError(record.name)"))
        leaf = self.leaves("2026-03-02 08:00:00")
        self.run_cron("2026-03-03 08:00:00")
        leaf.name = "due again"
        row = self.ledger(rule, "failed")
        row.action_retry()
        self.drain()
        self.assertEqual(row.state, "failed")
        self.assertIn("due again", row.error)
        leaf.name = "not any more"
        row.action_retry()
        self.drain()
        self.assertEqual(row.state, "left_out")

    def drain(self):
        """Let the background tasks run."""
        with self.enter_registry_test_mode():
            self.env["server.action.task"]._drain()
        self.env.invalidate_all()

    def test_failing_rule_does_not_stop_the_others(self):
        """Nor is it run again and again; each record is tried once."""
        broken = self.timed(self.code("raise UserError('no')"), on_error="isolate")
        works = self.timed()
        leaves = self.leaves(*["2026-03-02 08:00:00"] * 60)
        # A transaction of the test's has savepoints for so many only.
        for _turn in range(8):
            self.run_cron("2026-03-03 08:00:00")
        self.assertEqual(set(leaves.mapped("name")), {"due!"})
        self.assertEqual(len(self.ledger(broken, "failed")), 60)
        self.assertEqual(len(self.ledger(works, "done")), 60)
        runs = self.env["server.action.run"].search_count([("origin_id", "=", broken.id)])
        self.run_cron("2026-03-03 08:10:00")
        self.assertEqual(
            self.env["server.action.run"].search_count([("origin_id", "=", broken.id)]), runs
        )

    @mute_logger("odoo.addons.base_automation_ext.models.rule_pause")
    def test_broken_filter_pauses_its_rule_only(self):
        """The rule whose filter cannot be evaluated any more says so, the others go on."""
        broken, works = self.timed(), self.timed()
        leaf = self.leaves("2026-03-02 08:00:00")
        self.env.cr.execute(
            "UPDATE base_automation SET filter_domain = '[(unknown, 1)]' WHERE id = %s", [broken.id]
        )
        self.env.invalidate_all()
        self.run_cron("2026-03-03 08:00:00")
        self.assertTrue(broken.paused)
        self.assertTrue(broken.pause_reason)
        self.assertFalse(works.paused)
        self.assertEqual(leaf.name, "due!")

    @mute_logger("odoo.addons.base_automation_ext.models.schedule_run")
    def test_worker_that_dies_on_one_record(self):
        """After its third crash the record is set aside, and the others are run."""
        rule = self.timed()
        first, second = self.leaves("2026-03-02 07:00:00", "2026-03-02 08:00:00")
        self.env.cr.execute("UPDATE base_automation SET due_attempt = 3 WHERE id = %s", [rule.id])
        self.run_cron("2026-03-03 08:00:00")
        self.assertEqual((first | second).mapped("name"), ["due", "due!"])
        self.assertEqual(self.ledger(rule, "failed").res_id, first.id)

    def test_starved_rule(self):
        """When the time of a pass is over, the rules that had no turn come first in the next."""
        # Small ones share a turn: these are to have one each.
        self.patch(due_pace, "TRIED_RECORDS", 0)
        slow, other = self.timed(name="slow"), self.timed(name="other")
        self.leaves(*["2026-03-02 08:00:00"] * 3)
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda cron, *a, **k: 0)
        self.patch(pass_progress, "PROGRESS_SECONDS", 0)
        self.run_pass("2026-03-03 08:00:00")
        self.assertEqual(len(self.ledger(slow, "done")), 3)
        self.assertFalse(self.ledger(other, "done"))
        self.run_pass("2026-03-03 08:00:00")
        self.assertEqual(len(self.ledger(other, "done")), 3)

    def test_cut_short(self):
        """Who goes on with a pass looks at what is due since; whoever is called, at all."""
        self.timed()
        late = self.leaves("2026-03-01 08:00:00", name="later")
        moments = [datetime(2026, 3, 4, 8), datetime(2026, 3, 4, 8, 1)]
        leaf = self.leaves("2026-03-03 08:00:30")
        self.assertTrue(self.planned)
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).unlink()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            rules = self.env(cr=cr)["base.automation"]
            with freeze_time(moments[0]):
                trigger = rules._wake_at(moments[0])
                # Without the event hook: nobody is told.
                cr.execute(
                    "UPDATE resource_calendar_leaves SET name = 'due' WHERE id = %s", late.ids
                )
            pass_memory.leave(cr.dbname, trigger.id, moments[0], float("inf"))
            with freeze_time(moments[1]):
                rules._run_timed_rules()
            self.env.invalidate_all()
            self.assertEqual((leaf | late).mapped("name"), ["due!", "due"])
            pass_memory.leave(cr.dbname, trigger.id, moments[0], float("inf"))
            with freeze_time(moments[1]):
                rules._wake_at(moments[1])
                rules._run_timed_rules()
        self.env.invalidate_all()
        self.assertEqual((leaf | late).mapped("name"), ["due!", "due!"])

    def run_pass(self, moment):
        """Do one pass over the rules, without the scheduled action around it."""
        with freeze_time(moment), self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["base.automation"]._run_timed_rules()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestDueLedger(DueCase):
    """What is kept, for how long, and who sees it."""

    def test_kept_longer_than_the_window(self):
        """Rows go once they can keep nothing from running twice; failures stay for a year."""
        rule = self.timed()
        done, failed = self.leaves("2026-03-02 08:00:00", "2026-03-02 08:00:00")
        self.run_cron("2026-03-03 08:00:00")
        ledger = self.env["base.automation.due"]
        ledger._settle(rule, [row_item(self.ledger(rule)[1])], "failed", "no")
        for moment, states in (
            ("2026-04-08 08:00:00", ["done", "failed"]),
            ("2026-04-15 08:00:00", ["failed"]),
        ):
            self.run_cron(moment)
            with freeze_time(moment):
                ledger._gc_due()
            self.env.invalidate_all()
            self.assertEqual(self.ledger(rule).mapped("state"), states, moment)
        self.assertEqual((done | failed).mapped("name"), ["due!", "due!"])
        rule.unlink()
        self.assertFalse(ledger.search([("res_id", "in", (done | failed).ids)]))

    def test_only_administrators_see_it(self):
        """It says which records exist; and nobody writes it by hand."""
        user = new_test_user(self.env, "due_user", "base.group_user")
        ledger = self.env["base.automation.due"]
        with self.assertRaises(AccessError):
            ledger.with_user(user).search([])
        admin = new_test_user(self.env, "due_admin", "base.group_system")
        ledger.with_user(admin).search([])
        with self.assertRaises(AccessError):
            ledger.with_user(admin).create({"rule_id": 1, "res_id": 1, "due_at": NOW})

    def test_of_one_record(self):
        """From a row one comes to the record, and to all rows about it."""
        self.timed()
        leaf = self.leaves("2026-03-02 08:00:00")
        rule = self.timed()
        self.run_cron("2026-03-03 08:00:00")
        row = self.ledger(rule)
        self.assertEqual(row.action_open_record()["res_id"], leaf.id)
        action = row.action_open_of_record()
        self.assertEqual(len(row.search(action["domain"])), 2)
        self.assertEqual(rule.due_count, 1)
        self.assertEqual(len(row.search(rule.action_open_due()["domain"])), 1)
        self.assertFalse(row.search(rule.action_open_failed_due()["domain"]))
        with self.assertRaises(UserError):
            row.action_retry()


def row_item(row):
    """Return the item a row of the ledger is about."""
    return DueItem(row.res_id, row.due_at, row.step, row.value)


@tagged("post_install", "-at_install")
class TestDueWakeUp(DueCase):
    def test_woken_for_the_next_moment(self):
        """Saving a rule, changing a date and running all plan the next moment; nothing polls."""
        leaf = self.leaves("2026-03-10 08:00:00")
        self.timed()
        self.assertEqual(self.planned, [datetime(2026, 3, 11, 8)])
        leaf.date_from = "2026-03-05 08:00:00"
        self.assertEqual(self.planned[0], datetime(2026, 3, 6, 8))
        self.leaves("2026-03-20 08:00:00")
        self.assertEqual(len(self.planned), 2)
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).unlink()
        self.run_cron("2026-03-06 08:00:00")
        with freeze_time("2026-03-06 08:00:00"):
            self.assertEqual(self.planned, [datetime(2026, 3, 21, 8)])

    def test_late_record_wakes_at_once(self):
        """What comes to match too late does not wait for the next moment of another record."""
        leaf = self.leaves("2026-02-27 08:00:00", name="no")
        self.timed()
        self.assertEqual(self.planned, [])
        leaf.name = "due now"
        self.assertEqual(self.planned, [datetime(2026, 3, 2, 6)])

    def test_a_rule_that_cannot_be_asked_keeps_nobody_from_saving(self):
        """Errors of the database pass, since Odoo tries again what can be tried again."""
        leaf = self.leaves("2026-03-10 08:00:00")
        self.timed()
        subscriber = self.env.registry["base.automation.due.subscriber"]
        with patch.object(subscriber, "_soonest", side_effect=ValueError("no such zone")):
            leaf.date_from = "2026-03-05 08:00:00"
        self.assertEqual(leaf.date_from, datetime(2026, 3, 5, 8))
        with (
            patch.object(subscriber, "_soonest", side_effect=psycopg2.errors.SerializationFailure),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            leaf.date_from = "2026-03-06 08:00:00"

    def test_due_behind_the_back_of_a_pass(self):
        """What becomes due after its rule was looked at is the next moment; what has run is not."""
        self.timed()
        self.leaves("2026-03-03 08:00:00")
        began, due = datetime(2026, 3, 4, 7, 59), datetime(2026, 3, 4, 8)
        with freeze_time("2026-03-04 08:00:01"):
            self.assertEqual(self.env["base.automation"]._next_timed_moment(began), due)
        self.run_cron("2026-03-04 08:00:02")
        with freeze_time("2026-03-04 08:00:03"):
            self.assertFalse(self.env["base.automation"]._next_timed_moment(began))

    def test_nothing_to_wait_for(self):
        """Without a date in the future there is no wake-up, and other fields plan none."""
        leaf = self.leaves("2026-02-20 08:00:00")
        self.timed()
        leaf.date_to = "2036-02-01"
        self.run_cron()
        self.assertEqual(self.planned, [])

    def test_the_action_of_stock_when_its_interval_is_over(self):
        """It leaves all to ours, which is called once an hour for what nobody was told of."""
        self.timed()
        leaf = self.leaves("2026-03-02 08:00:00")
        self.assertTrue(self.planned)
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).unlink()
        stock = self.env.ref("base_automation.ir_cron_data_base_automation_check")
        for nextcall, lastcall, planned, name in (
            ("2026-03-03 07:59:00", "2026-03-03 07:01:00", [], "due"),
            ("2026-03-03 07:59:00", "2026-03-03 06:59:00", [datetime(2026, 3, 3, 8)], "due"),
            # Somebody has pressed “Run Manually”.
            ("2026-03-03 08:59:00", "2026-03-03 07:59:00", [datetime(2026, 3, 3, 8)], "due!"),
        ):
            self.cron.lastcall = lastcall
            stock.nextcall = nextcall
            self.env.flush_all()
            with freeze_time("2026-03-03 08:00:00"), self.enter_registry_test_mode():
                stock.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(self.planned, planned)
            self.assertEqual(leaf.name, name)
