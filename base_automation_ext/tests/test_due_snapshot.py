"""Dates that are computed whenever they are read: kept, followed, and found by an index."""

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models import due_snapshot, snapshot_fill
from .due_case import NOW, DueCase

#: Computed fields of working times: name → (type, depends, code for each record).
LAST = "record['x_last'] = max(record.leave_ids.mapped('date_from'), default=False)"
FIELDS = {
    "x_last": ("datetime", "leave_ids.date_from", LAST),
    "x_day": ("date", "x_last", "record['x_day'] = record.x_last"),
    "x_silent": ("datetime", "", LAST.replace("x_last", "x_silent")),
    "x_poisoned": (
        "datetime",
        "leave_ids.date_from, name",
        "1 / (record.name != 'due poison')\n" + LAST.replace("x_last", "x_poisoned"),
    ),
    "x_of_company": (
        "datetime",
        "leave_ids.date_from",
        "record['x_of_company'] = record.env.company == record.company_id "
        "and max(record.leave_ids.mapped('date_from'), default=False)",
    ),
}
HIT = "record.write({'name': record.name + '!'})"
#: What is due one day after the beginning of a leave.
STARTS, DUE = "2026-03-02 08:00:00", "2026-03-03 08:00:00"


class KeptCase(DueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo's own leaves would be some of those.
        for name, (kind, depends, code) in FIELDS.items():
            code = code.replace("\n", "\n    ")
            cls.env["ir.model.fields"].create(
                {
                    "name": name,
                    "field_description": name,
                    "model_id": cls.env["ir.model"]._get("resource.calendar").id,
                    "ttype": kind,
                    "store": False,
                    "readonly": True,
                    "depends": depends,
                    "compute": f"for record in self:\n    {code}",
                }
            )

    def calendars(self, *starts, name="due", **vals):
        """Create working times with one leave each."""
        found = self.env["resource.calendar"].create(
            [{"name": name, "leave_ids": [], **vals} for _start in starts]
        )
        self.env["resource.calendar.leaves"].create(
            [
                {"calendar_id": calendar.id, "date_from": start, "date_to": "2036-01-01"}
                for calendar, start in zip(found, starts, strict=True)
            ]
        )
        self.env.flush_all()
        return found

    def kept_rule(self, field="x_last", **vals):
        return self.timed(
            self.code(vals.pop("code", HIT)), field, model="resource.calendar", **vals
        )

    def known(self, rule):
        """Return the dates the rule knows, by record."""
        self.env.flush_all()
        rows = self.env["base.automation.snapshot"].search([("rule_id", "=", rule.id)])
        return {row.res_id: row.counted_from for row in rows}

    def drain(self, moment=NOW):
        """Run the background tasks that are waiting."""
        self.env.flush_all()
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.cr.precommit.run()
            self.env["server.action.task"]._drain()
        self.env.invalidate_all()

    def reads_nothing(self):
        """Make reading the date of all records an error."""

        def fail(*_args):
            raise AssertionError("all records were read")

        return patch.object(type(self.env["base.automation"]), "_due_rows_computed", fail)


@tagged("post_install", "-at_install")
class TestDueSnapshot(KeptCase):
    def test_found_by_the_index(self):
        """At the moment that follows from it, once, without reading the others."""
        rule = self.kept_rule()
        calendar, later = self.calendars(STARTS, "2026-03-05 08:00:00")
        self.assertTrue(rule.due_kept)
        self.assertIn(datetime(2026, 3, 3, 8), self.planned)
        with self.reads_nothing():
            for moment, name in (
                ("2026-03-03 07:59:00", "due"),
                (DUE, "due!"),
                ("2026-03-04 08:00:00", "due!"),
            ):
                self.run_cron(moment)
                self.assertEqual(calendar.name, name, moment)
        self.assertIn(datetime(2026, 3, 6, 8), self.planned)
        self.assertEqual(later.name, "due")
        self.assertEqual(self.ledger(rule, "done").mapped("value"), [datetime(2026, 3, 2, 8)])

    def test_change_of_what_it_is_computed_from(self):
        """On another model, by somebody who may not see rules: the moment moves with it."""
        self.kept_rule()
        calendar = self.calendars(STARTS)
        user = new_test_user(self.env, "planner", groups="base.group_user")
        planners = self.env["res.groups"].create({"name": "Planners", "user_ids": user.ids})
        vals = {
            "name": "planners",
            "model_id": self.env["ir.model"]._get("resource.calendar.leaves").id,
        }
        self.env["ir.model.access"].create(
            {**vals, "group_id": planners.id, "perm_read": True, "perm_write": True}
        )
        self.env["ir.rule"].create(
            {**vals, "groups": planners.ids, "domain_force": "[(1, '=', 1)]"}
        )
        with freeze_time("2026-03-02 09:00:00"):
            calendar.leave_ids.with_user(user).date_from = "2026-03-09 08:00:00"
            self.env.flush_all()
        self.run_cron(DUE)
        self.assertEqual(calendar.name, "due")
        self.assertIn(datetime(2026, 3, 10, 8), self.planned)
        self.run_cron("2026-03-10 07:59:00")
        self.assertEqual(calendar.name, "due")
        self.run_cron("2026-03-10 08:00:00")
        self.assertEqual(calendar.name, "due!")
        with freeze_time("2026-03-10 09:00:00"):
            calendar.leave_ids.unlink()
        self.run_cron("2026-03-30 08:00:00")
        self.assertEqual(calendar.name, "due!")

    def test_days(self):
        """A day is kept as its beginning, and counts in the time zone of the rule."""
        rule = self.kept_rule("x_day")
        calendar = self.calendars(STARTS)
        self.run_cron("2026-03-02 22:59:00")
        self.assertEqual(calendar.name, "due")
        with self.reads_nothing():
            self.run_cron("2026-03-02 23:00:00")
            self.run_cron("2026-03-03 12:00:00")
        self.assertEqual(calendar.name, "due!")
        self.assertEqual(self.known(rule)[calendar.id], datetime(2026, 3, 2))

    def test_days_of_each_company(self):
        """Zones that differ from record to record are asked for each."""
        self.kept_rule("x_day", time_zone_mode="company")
        self.env.company.partner_id.tz = "America/New_York"
        calendar = self.calendars(STARTS)
        self.run_cron("2026-03-03 04:59:00")
        self.assertEqual(calendar.name, "due")
        self.run_cron("2026-03-03 05:00:00")
        self.assertEqual(calendar.name, "due!")

    def test_value_of_the_company(self):
        """It is computed in the company of the record, as for other rules about such values."""
        other = self.env["res.company"].create({"name": "Other"})
        self.kept_rule("x_of_company")
        calendar = self.calendars(STARTS, company_id=other.id)
        self.run_cron(DUE)
        self.assertEqual(calendar.name, "due!")

    def test_record_that_comes_to_match_late(self):
        """The filter is asked when the rule looks; a change of it wakes the rule."""
        self.kept_rule()
        calendar = self.calendars(STARTS, name="other")
        self.run_cron(DUE)
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).unlink()
        with freeze_time("2026-03-04 10:00:00"):
            calendar.name = "due now"
            self.env.flush_all()
            self.assertEqual(self.planned, [datetime(2026, 3, 4, 10)])
        self.run_cron("2026-03-04 10:00:00")
        self.assertEqual(calendar.name, "due now!")

    def test_repetitions(self):
        self.kept_rule(time_repeats=True, time_every=1, time_every_unit="day", time_times=3)
        calendar = self.calendars(STARTS)
        with self.reads_nothing():
            for number in range(3, 9):
                self.run_cron(f"2026-03-0{number} 08:00:00")
        self.assertEqual(calendar.name, "due!!!")

    def test_own_change_does_not_start_it_again(self):
        """Neither of the date itself nor of what it is computed from; another's does."""
        other = self.calendars("2030-01-01 08:00:00")
        code = (
            f"{HIT}\nif record.id != {other.id}:\n    "
            f"(record + record.browse({other.id})).leave_ids.write("
            "{'date_from': '2026-03-05 08:00:00'})"
        )
        rule = self.kept_rule(code=code)
        calendar = self.calendars(STARTS)
        self.run_cron(DUE)
        self.run_cron("2026-03-06 08:00:00")
        self.assertEqual(calendar.name, "due!")
        self.assertEqual(len(self.ledger(rule, "own")), 1)
        self.env["base.automation.due"]._gc_due()
        self.assertEqual(len(self.ledger(rule, "own")), 1)
        self.assertEqual(other.name, "due!", "what it has done to others starts it for them")
        with freeze_time("2026-03-06 09:00:00"):
            calendar.leave_ids.date_from = "2026-03-06 08:00:00"
        self.run_cron("2026-03-07 08:00:00")
        self.assertEqual(calendar.name, "due!!")
        self.env["base.automation.due"]._gc_due()
        self.assertEqual(len(self.ledger(rule, "own")), 1)

    def test_rule_that_was_just_changed(self):
        """It is heard also when the first to ask for rules is the lookup of its own model."""
        rule = self.kept_rule()
        rule.sequence += 1
        self.env.invalidate_all()
        self.assertEqual(rule.model_name, "resource.calendar")
        calendar = self.calendars(STARTS)
        self.assertIn(calendar.id, self.known(rule))

    def test_statements(self):
        """What a look costs does not grow with the records, nor that of a change."""
        self.kept_rule()
        jobs, costs = self.env["base.automation"]._due_jobs, []
        for count in (3, 30):
            self.calendars(*["2026-04-01 08:00:00"] * count)
            self.run_cron("2026-03-02 10:00:00")
            jobs()
            costs.append(self.queries_of(jobs))
        self.assertEqual(costs[0], costs[1])
        costs = []
        for count in (3, 30):
            calendars = self.calendars(*["2026-04-01 08:00:00"] * count)
            vals = {"date_from": "2026-04-02 08:00:00"}
            costs.append(self.queries_of(lambda: calendars.leave_ids.write(vals)))  # noqa: B023
        self.assertEqual(costs[0], costs[1])


@tagged("post_install", "-at_install")
class TestDueSnapshotUndeclared(KeptCase):
    def change_behind(self, calendar, start):
        """Change a leave where nobody hears of it."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE resource_calendar_leaves SET date_from = %s WHERE calendar_id = %s",
            [start, calendar.id],
        )
        self.env.invalidate_all()

    def test_later(self):
        """What is known is computed again before the rule runs, and corrected."""
        rule = self.kept_rule()
        calendar = self.calendars(STARTS)
        self.change_behind(calendar, "2026-03-06 08:00:00")
        self.run_cron(DUE)
        self.assertEqual(calendar.name, "due")
        self.assertFalse(self.ledger(rule, "done"))
        self.assertEqual(self.known(rule)[calendar.id], datetime(2026, 3, 6, 8))
        self.assertIn(datetime(2026, 3, 7, 8), self.planned)
        self.run_cron("2026-03-07 08:00:00")
        self.assertEqual(calendar.name, "due!")

    def test_sooner(self):
        """It is noticed when all dates are read again."""
        self.kept_rule()
        calendar = self.calendars("2026-03-06 08:00:00")
        self.change_behind(calendar, STARTS)
        self.run_cron("2026-03-03 09:00:00")
        self.assertEqual(calendar.name, "due")
        with freeze_time("2026-03-03 10:00:00"):
            self.env["base.automation"]._read_dates_again()
        self.drain("2026-03-03 10:00:00")
        self.assertIn(datetime(2026, 3, 3, 10), self.planned)
        self.run_cron("2026-03-03 10:00:00")
        self.assertEqual(calendar.name, "due!")

    def test_read_again_by_hand(self):
        """The button forgets nothing, and is not about what is going on already."""
        rule = self.kept_rule()
        calendar = self.calendars(STARTS)
        self.change_behind(calendar, "2026-03-04 08:00:00")
        tasks = self.env["server.action.task"]
        before = tasks.search_count([])
        rule.action_renew_snapshot()
        rule.action_renew_snapshot()
        self.assertEqual(tasks.search_count([]), before + 1)
        self.assertEqual(self.known(rule)[calendar.id], datetime(2026, 3, 2, 8))
        self.drain()
        self.assertEqual(self.known(rule)[calendar.id], datetime(2026, 3, 4, 8))
        self.assertEqual(rule.snapshot_state, "ready")
        self.assertEqual(rule.snapshot_done, rule.snapshot_total)

    def test_date_that_does_not_say_what_it_depends_on(self):
        """All records are read whenever the rule is looked at, as nothing can be kept."""
        rule = self.kept_rule("x_silent")
        self.assertFalse(rule.due_kept or rule.snapshot_state)
        calendar = self.calendars(STARTS)
        self.run_cron("2026-03-03 07:59:00")
        self.assertEqual(calendar.name, "due")
        self.run_cron(DUE)
        self.assertEqual(calendar.name, "due!")
        self.assertFalse(self.known(rule))

    def test_update_that_says_more_or_less(self):
        """What an update makes of the field shows the next day, and until then nothing is lost."""
        rule = self.kept_rule()
        calendar = self.calendars(STARTS)
        rules = type(rule)
        with patch.object(rules, "_paths_of_on_time", lambda rule: ()):
            self.env.registry.clear_cache()
            self.run_cron(DUE)
            self.assertEqual(calendar.name, "due!")
            rule._read_dates_again()
            self.assertFalse(rule.due_kept)
        self.assertFalse(self.known(rule))
        second = self.calendars(STARTS)
        with freeze_time("2026-03-03 09:00:00"):
            rule._read_dates_again()
            self.assertTrue(rule.due_kept)
            self.assertIn(datetime(2026, 3, 3, 9), self.planned)
        self.run_cron("2026-03-03 09:00:00")
        self.assertEqual((calendar.name, second.name), ("due!", "due!"))

    @mute_logger("odoo.addons.base_automation_ext.models.due_snapshot")
    def test_record_that_cannot_be_computed(self):
        """It counts as one without a date; it keeps nobody from saving, nor the others waiting."""
        self.assert_isolated("x_poisoned")

    @mute_logger("odoo.addons.base_automation_ext.models.due_snapshot")
    def test_record_that_cannot_be_read(self):
        """The same for a date that is not kept."""
        self.patch(type(self.env["base.automation"]), "_paths_of_on_time", lambda rule: ())
        self.assert_isolated("x_poisoned")

    def assert_isolated(self, field):
        rule = self.kept_rule(field)
        bad, good = self.calendars(STARTS, STARTS)
        bad.name = "due poison"
        self.env.flush_all()
        self.run_cron(DUE)
        self.assertEqual((bad.name, good.name), ("due poison", "due!"))
        bad.name = "due"
        self.run_cron("2026-03-03 09:00:00")
        self.assertEqual(bad.name, "due!")
        self.assertEqual(len(self.ledger(rule, "done")), 2)


@tagged("post_install", "-at_install")
class TestDueSnapshotFill(KeptCase):
    def setUp(self):
        super().setUp()
        # So that the records of a test are very many.
        self.patch(due_snapshot, "BATCH", 1)
        self.patch(snapshot_fill, "BATCH", 2)

    def test_history(self):
        """What was over when the rule was activated is told from what comes late."""
        over, changed, coming = self.calendars("2026-02-27 08:00:00", "2026-04-01 08:00:00", STARTS)
        rule = self.kept_rule()
        self.assertEqual(rule.snapshot_state, "filling")
        with freeze_time("2026-03-02 06:00:10"):
            # Before it was read for the first time, and so not history.
            changed.leave_ids.date_from = "2026-02-28 08:00:00"
            self.env.flush_all()
        self.drain()
        self.assertEqual(rule.snapshot_state, "ready")
        self.assertEqual(self.ledger(rule, "history").mapped("res_id"), over.ids)
        self.run_cron("2026-03-03 09:00:00")
        self.assertEqual((over.name, changed.name, coming.name), ("due", "due!", "due!"))

    def test_history_that_could_not_be_read_at_first(self):
        """It is none the less history when it is read the next day."""
        over, coming = self.calendars("2026-02-27 08:00:00", STARTS)
        rule = self.kept_rule()
        rule._cancel_fill_tasks()
        self.assertFalse(self.known(rule))
        with freeze_time("2026-03-02 12:00:00"):
            rule._read_dates_again()
        self.drain("2026-03-02 12:00:00")
        self.assertEqual(self.ledger(rule, "history").mapped("res_id"), over.ids)
        self.run_cron("2026-03-03 09:00:00")
        self.assertEqual((over.name, coming.name), ("due", "due!"))

    def test_all_of_history(self):
        """Passes that came before a record was read do not leave it behind."""
        old, older = self.calendars("2025-01-01 08:00:00", "2024-01-01 08:00:00")
        rule = self.kept_rule(due_history="all")
        self.run_cron("2026-03-02 06:30:00")
        self.assertEqual((old.name, older.name), ("due", "due"))
        self.drain("2026-03-02 06:31:00")
        self.assertIn(datetime(2026, 3, 2, 6, 31), self.planned)
        self.run_cron("2026-03-02 06:31:00")
        self.assertEqual((old.name, older.name), ("due!", "due!"))
        self.assertFalse(self.ledger(rule, "history"))

    def test_what_becomes_due_meanwhile(self):
        """It runs as soon as it is read."""
        calendar, _other = self.calendars("2026-03-01 07:00:00", STARTS)
        self.kept_rule()
        self.run_cron("2026-03-02 08:00:00")
        self.assertEqual(calendar.name, "due")
        self.drain("2026-03-02 08:30:00")
        self.assertIn(datetime(2026, 3, 2, 8, 30), self.planned)
        self.run_cron("2026-03-02 08:30:00")
        self.assertEqual(calendar.name, "due!")

    def test_other_date(self):
        """Another field is read anew; a stored one needs nothing, and a pause forgets."""
        calendar = self.calendars(STARTS)
        rule = self.kept_rule()
        self.drain()
        self.assertIn(calendar.id, self.known(rule))
        fields_ = self.env["ir.model.fields"]
        rule.trg_date_id = fields_._get("resource.calendar", "x_day")
        self.assertFalse(self.known(rule))
        self.drain()
        self.assertEqual(self.known(rule)[calendar.id], datetime(2026, 3, 2))
        rule.trg_date_id = fields_._get("resource.calendar", "create_date")
        self.assertFalse(rule.due_kept or self.known(rule))
        rule.trg_date_id = fields_._get("resource.calendar", "x_last")
        self.drain()
        self.assertTrue(rule.due_kept and self.known(rule))
        rule.paused = True
        self.assertFalse(rule.due_kept or self.known(rule))
        rule.paused = False
        self.drain()
        self.assertTrue(rule.due_kept and self.known(rule))
        copied = rule.copy({"active": True})
        self.drain()
        self.assertEqual(self.known(copied), self.known(rule))
        rule_id = rule.id
        rule.unlink()
        self.assertFalse(self.env["base.automation.snapshot"].search([("rule_id", "=", rule_id)]))

    def test_deleted_records(self):
        """Their rows disturb nobody until the vacuum."""
        rule = self.kept_rule()
        calendar = self.calendars(STARTS)
        calendar.unlink()
        self.run_cron(DUE)
        self.assertFalse(self.ledger(rule, "done", "failed"))
        self.env["base.automation.snapshot"]._gc_values()
        self.assertNotIn(calendar.id, self.known(rule))
