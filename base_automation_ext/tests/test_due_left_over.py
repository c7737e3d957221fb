"""What a pass leaves for later is not forgotten, however short the window of the rule is."""

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import config

from ..models import due_run
from .due_case import DueCase

DUE = "2026-03-02 08:00:00"
LATER = "2026-03-03 08:00:10"


@tagged("post_install", "-at_install")
class TestDueLeftOver(DueCase):
    def drain(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env["server.action.task"]._drain()
        self.env.invalidate_all()

    def test_what_lanes_have_not_done(self):
        """A pass that goes on behind them does not say that all is done."""
        self.patch(due_run, "SLICE", 10)
        rule = self.timed(due_window_days=0)
        leaves = self.leaves(*[DUE] * 45)
        with patch.dict(config.options, {"max_cron_threads": 2}):
            self.run_cron(LATER)
            self.drain("2026-03-03 08:00:20")
        self.assertEqual(set(leaves.mapped("name")), {"due!"})
        self.assertEqual(len(self.ledger(rule, "done")), 45)

    def test_what_could_not_be_decided(self):
        """The savepoints of a transaction do not suffice for so many failures."""
        rule = self.timed(self.code("raise UserError('no')"), due_window_days=0)
        self.leaves(*[DUE] * 60)
        for seconds in range(10, 18):
            self.run_cron(f"2026-03-03 08:00:{seconds}")
        self.assertEqual(len(self.ledger(rule, "failed")), 60)

    def test_rule_that_stopped_between_look_and_run(self):
        """It was not run, so what was due is done when it goes on, even much later."""
        rule = self.timed()
        leaf = self.leaves(DUE)
        with freeze_time(LATER):
            turn = rule._look_for_due()
            rule.write({"paused": True, "pause_reason": "Stopped"})
            rule._fire_due({**turn, "is_all": True})
        self.assertEqual(leaf.name, "due")
        with freeze_time("2026-03-20 08:00:00"):
            rule.write({"paused": False, "pause_reason": False})
        self.run_cron("2026-03-20 08:01:00")
        self.assertEqual(leaf.name, "due!")

    def test_look_at_what_is_new(self):
        """It says nothing about what is older: somebody else may still be at that."""
        rule = self.timed()
        self.run_cron()
        leaf = self.leaves(DUE)
        with freeze_time("2026-03-20 08:00:00"):
            found, _rest = rule._survey_due(before=fields.Datetime.now())
        self.assertEqual(found, {rule.id: None})
        self.run_cron("2026-03-20 08:00:00")
        self.assertEqual(leaf.name, "due!")

    def test_new_records_do_not_hide_old_ones(self):
        """Nor does a pass that runs on what is new."""
        rule = self.timed()
        self.run_cron()
        old, new = self.leaves(DUE, "2026-03-19 08:00:00")
        with (
            freeze_time("2026-03-20 08:00:00"),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            rules = self.env(cr=cr)["base.automation"]
            rules._work_off(rules._due_jobs(new.date_from.replace(day=20)))
        self.env.invalidate_all()
        self.assertEqual((old | new).mapped("name"), ["due", "due!"])
        self.run_cron("2026-03-20 08:01:00")
        self.assertEqual((old | new).mapped("name"), ["due!", "due!"])
        self.assertTrue(rule.last_run)

    def test_clock_that_was_put_back(self):
        """A last run in the future ends with the next look."""
        rule = self.timed(due_window_days=0)
        self.leaves("2026-03-02 09:00:00")
        self.run_cron("2026-03-03 09:00:00")
        self.run_cron("2026-03-03 08:00:00")
        self.assertEqual(str(rule.last_run), "2026-03-03 08:00:00")
        leaf = self.leaves("2026-03-02 08:01:00")
        self.run_cron("2026-03-03 08:01:10")
        self.assertEqual(leaf.name, "due!")

    def test_rule_changed_before_its_turn(self):
        """Who has it make up for the past meanwhile gets that."""
        old, new = self.leaves("2020-01-01 08:00:00", DUE)
        rule = self.timed()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            rules = self.env(cr=cr)["base.automation"]
            with freeze_time(LATER):
                jobs = rules._due_jobs()
            with freeze_time("2026-03-03 08:00:20"), patch.object(cr, "_now", None):
                rules.browse(rule.id).due_history = "all"
                rules.env.flush_all()
            with freeze_time("2026-03-03 08:00:30"):
                rules._work_off(jobs)
            self.env.invalidate_all()
            self.assertEqual((old | new).mapped("name"), ["due!", "due!"])

    def test_rule_changed_in_its_turn(self):
        """The run says nothing about what the rule has to do since."""
        rule = self.timed()
        old, new = self.leaves("2026-02-01 08:00:00", DUE)
        with freeze_time(LATER):
            turn = rule._look_for_due()
        with freeze_time("2026-03-03 08:00:20"), self.patch_now("2026-03-03 08:00:20"):
            rule.write({"due_history": "date", "due_history_from": "2026-01-01"})
            self.env.flush_all()
            rule._fire_due({**turn, "is_all": True})
        self.run_cron("2026-03-03 08:01:00")
        self.assertEqual((old | new).mapped("name"), ["due!", "due!"])

    def patch_now(self, moment):
        return patch.object(self.env.cr, "_now", datetime.fromisoformat(moment))

    def test_rule_deleted_before_its_turn(self):
        """It was found to be due; the others have their turns all the same."""
        gone, other = self.timed(), self.timed()
        leaf = self.leaves(DUE)
        with (
            freeze_time(LATER),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            rules = self.env(cr=cr)["base.automation"]
            jobs = rules._due_jobs()
            rules.browse(gone.id).unlink()
            self.assertEqual(rules._work_off(jobs), (True, True))
        self.env.invalidate_all()
        self.assertEqual(leaf.name, "due!")
        self.assertEqual(len(self.ledger(other, "done")), 1)

    def test_collision_in_the_pass_of_stock(self):
        """Stock's scheduled action comes seldom; ours makes up for what it could not do."""
        self.timed()
        self.leaves(DUE)
        self.assertTrue(self.planned)
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).unlink()
        rules = self.registry["base.automation"]
        with (
            freeze_time(LATER),
            patch.object(rules, "_in_own_transaction", return_value=False),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            self.env(cr=cr)["base.automation"]._cron_process_time_based_actions()
        self.env.invalidate_all()
        self.assertEqual([str(moment) for moment in self.planned], ["2026-03-03 08:01:10"])
