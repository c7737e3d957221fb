"""The trigger “On a schedule”."""

from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import RuleCase

LOGGER = "odoo.addons.base_automation_ext.models.schedule_run"
NOW = "2026-03-02 06:00:00"  # a Monday


class ScheduleCase(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("base_automation_ext.ir_cron_timed_rules")
        cls.env["ir.cron.trigger"].search([("cron_id", "=", cls.cron.id)]).unlink()

    @property
    def triggers(self):
        """The planned wake-ups."""
        return self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])

    def schedule(self, action=None, **vals):
        """Create a rule that runs every day at 08:00 in Berlin on the partners of the test."""
        return self.make_rule(
            action,
            trigger="on_schedule",
            **{
                "schedule_tz": "Europe/Berlin",
                "schedule_start": "2026-01-01",
                "filter_domain": "[('function', '=', 'due')]",
                **vals,
            },
        )

    def run_cron(self):
        """Let the scheduled action do its work, commits included."""
        with self.enter_registry_test_mode():
            self.assertIs(self.cron.method_direct_trigger(), True)


@tagged("post_install", "-at_install")
class TestSchedule(ScheduleCase):
    def test_fires_when_due_and_only_then(self):
        """On all records that match, once, and again at the next moment."""
        with freeze_time(NOW):
            self.schedule(self.code("record.write({'color': record.color + 1})"))
        partners = self.make_partners(3, function="due") + self.make_partners(1)
        for moment, expected in (
            ("2026-03-02 06:59:00", [0, 0, 0, 0]),
            ("2026-03-02 07:00:00", [1, 1, 1, 0]),
            ("2026-03-02 07:01:00", [1, 1, 1, 0]),
            ("2026-03-03 07:30:00", [2, 2, 2, 0]),
        ):
            with freeze_time(moment):
                self.run_cron()
            self.assertEqual(partners.mapped("color"), expected, moment)

    def test_missed_moments_fire_once(self):
        """A server that was down for a week makes up for one moment, not for seven."""
        with freeze_time(NOW):
            rule = self.schedule(self.code("record.write({'color': record.color + 1})"))
        partner = self.make_partners(1, function="due")
        with freeze_time("2026-03-09 12:00:00"):
            self.run_cron()
            self.run_cron()
        self.assertEqual(partner.color, 1)
        self.assertEqual(rule.schedule_next, datetime(2026, 3, 10, 7))

    def test_is_woken_for_its_next_moment(self):
        """Saving a rule plans one wake-up, running it the next; nothing polls."""
        with freeze_time(NOW):
            rule = self.schedule()
            self.assertEqual(self.triggers.mapped("call_at"), [datetime(2026, 3, 2, 7)])
            self.assertEqual(self.cron.interval_type, "days")
            rule.schedule_time = 7.5
            self.assertIn(datetime(2026, 3, 2, 6, 30), self.triggers.mapped("call_at"))
        self.triggers.unlink()
        with freeze_time("2026-03-02 06:30:00"):
            self.run_cron()
            self.run_cron()
            self.assertEqual(self.triggers.mapped("call_at"), [datetime(2026, 3, 3, 6, 30)])

    def test_paused_and_archived_rules_wait_for_nothing(self):
        """What was missed meanwhile is not made up for."""
        with freeze_time(NOW):
            paused, archived = self.schedule(), self.schedule()
            paused.paused = True
            archived.active = False
        self.assertFalse(paused.schedule_next)
        self.assertFalse(archived.schedule_next)
        partner = self.make_partners(1, function="due")
        with freeze_time("2026-03-04 12:00:00"):
            self.run_cron()
            paused.paused = False
            self.run_cron()
        self.assertFalse(partner.ref)
        self.assertEqual(paused.schedule_next, datetime(2026, 3, 5, 7))

    def test_all_rules_paused_at_once(self):
        """Neither with nor without records; what was missed is not made up for."""
        with freeze_time(NOW):
            self.schedule()
            self.schedule(
                self.code("env['res.partner'].create({'name': 'made by schedule'})"),
                schedule_without_records=True,
            )
        partner = self.make_partners(1, function="due")
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("base_automation_ext.paused", "True")
        with freeze_time("2026-03-02 08:00:00"):
            self.run_cron()
            parameters.set_param("base_automation_ext.paused", "False")
            self.run_cron()
        self.assertFalse(partner.ref)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "made by schedule")]))

    def test_switched_off_by_context(self):
        """`automation_skip` is honoured, with and without records."""
        with freeze_time(NOW):
            self.schedule()
            self.schedule(
                self.code("env['res.partner'].create({'name': 'made by schedule'})"),
                schedule_without_records=True,
            )
        partner = self.make_partners(1, function="due")
        rules = self.env["base.automation"]
        with freeze_time("2026-03-02 08:00:00"):
            self.patch(
                type(rules),
                "_timed_environment",
                lambda rules, tz=None: rules.env(context={"automation_skip": True}, su=True),
            )
            self.run_cron()
        self.assertFalse(partner.ref)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "made by schedule")]))

    def test_failing_rule_does_not_stop_the_others(self):
        """Its changes are undone, its failure is in the run log, it goes on at its next moment."""
        partner = self.make_partners(1, function="due")
        with freeze_time(NOW):
            broken = self.schedule(
                self.code("record.write({'color': 7})\nraise UserError('no')"), sequence=1
            )
            self.schedule(sequence=2)
        self.env.flush_all()
        with freeze_time("2026-03-02 07:00:00"), self.assertLogs(LOGGER, "WARNING") as logs:
            self.run_cron()
        self.assertIn("Test rule", logs.output[0])
        self.assertEqual((partner.color, partner.ref), (0, "hit"))
        self.assertEqual(broken.schedule_next, datetime(2026, 3, 3, 7))
        run = self.env["server.action.run"].search([("origin_id", "=", broken.id)])
        self.assertEqual((run.state, run.trigger_kind), ("failed", "cron"))

    def test_without_records(self):
        """The actions run once, whatever the filter says."""
        with freeze_time(NOW):
            self.schedule(
                self.code("env['res.partner'].create({'name': 'once', 'ref': str(records)})"),
                schedule_without_records=True,
            )
        self.make_partners(2, function="due")
        with freeze_time("2026-03-02 07:00:00"):
            self.run_cron()
        self.assertEqual(
            self.env["res.partner"].search([("name", "=", "once")]).ref, "res.partner()"
        )

    def test_archived_records(self):
        """Left alone, unless the rule or its filter says otherwise; actions look as ever."""
        counting = "record.write({'ref': str(len(env['res.partner'].search(%s)))})"
        domain = [("function", "=", "due")]
        for vals, expected in (
            ({}, ["1", False]),
            ({"schedule_with_archived": True}, ["1", "1"]),
            ({"filter_domain": "[('function', '=', 'due'), ('active', '=', False)]"}, [False, "1"]),
        ):
            with self.subTest(**vals):
                with freeze_time(NOW):
                    rule = self.schedule(self.code(counting % domain), **vals)
                partners = self.make_partners(2, function="due")
                partners[1].active = False
                with freeze_time("2026-03-02 07:00:00"):
                    self.run_cron()
                self.assertEqual(partners.mapped("ref"), expected)
                partners.unlink()
                rule.unlink()

    def recordless(self, **vals):
        """Create a rule that creates a partner at each of its moments, without records."""
        return self.schedule(
            self.code("env['res.partner'].create({'name': 'tick'})"),
            schedule_without_records=True,
            **vals,
        )

    def ticks_after(self, days):
        """Return how often rules have run, one moment a day."""
        for day in range(days):
            with freeze_time(f"2026-03-{2 + day:02} 07:00:00"):
                self.run_cron()
        return self.env["res.partner"].search_count([("name", "=", "tick")])

    def test_limits_hold_without_records(self):
        """Each limit counts the moments, where there is no record it could count by."""
        for vals, expected in (
            ({}, 4),
            ({"limit_per_record": 2}, 2),
            ({"limit_count": 1, "limit_number": 2, "limit_unit": "days"}, 2),
            ({"cooldown_number": 36, "cooldown_unit": "hours"}, 2),
            ({"unique_key": "today.month"}, 1),
            ({"unique_key": "record.name"}, 4),
            ({"only_group_ids": [(6, 0, self.env.ref("base.group_portal").ids)]}, 0),
        ):
            with self.subTest(**vals):
                with freeze_time(NOW):
                    rule = self.recordless(**vals)
                self.assertEqual(self.ticks_after(4), expected)
                rule.unlink()
                self.env["res.partner"].search([("name", "=", "tick")]).unlink()

    def test_firings_without_a_record_are_not_forgotten(self):
        """There is no record that could have been deleted."""
        with freeze_time(NOW):
            self.recordless(limit_per_record=1)
        self.assertEqual(self.ticks_after(1), 1)
        self.env["base.automation.firing"]._gc_firings()
        self.assertEqual(self.ticks_after(2), 1)

    def test_rule_without_records_is_part_of_the_chain(self):
        """What it starts is one deeper, and the error names it."""
        with freeze_time(NOW):
            rule = self.recordless(name="Clock")
        self.make_rule(name="Started", trigger="on_create", max_chain_depth=1)
        with self.assertLogs(LOGGER, "WARNING") as logs:
            self.assertEqual(self.ticks_after(1), 0)
        self.assertIn("Clock (res.partner) → Started (res.partner)", logs.output[0])
        self.assertEqual(rule.schedule_next, datetime(2026, 3, 3, 7))

    def test_nothing_to_put_aside_without_records(self):
        for vals in ({"debounce_number": 5}, {"rate_limit": 5}):
            with self.subTest(vals), self.assertRaisesRegex(ValidationError, "without records"):
                self.recordless(**vals)

    def test_many_records_are_handed_to_tasks(self):
        """Each is a task that runs the rule, together with others; the runs are the rule's."""
        rules = self.env["base.automation"]
        self.patch(type(rules), "_batch_size", lambda rules: 2)
        self.env["server.action.task"].search([]).unlink()
        with freeze_time(NOW):
            rule = self.schedule(self.code("records.write({'color': 4})", code_scope="batch"))
        partners = self.make_partners(5, function="due")
        with freeze_time("2026-03-02 07:00:00"):
            self.run_cron()
        tasks = self.env["server.action.task"].search([])
        self.assertEqual(sorted(tasks.mapped("res_id")), partners.ids)
        self.assertEqual(tasks.action_id, rule.later_action_id)
        self.assertEqual(set(tasks.mapped("origin_id")), {rule.id})
        self.assertEqual(set(partners.mapped("color")), {0})
        # No longer due, whatever becomes of the tasks.
        self.assertEqual(rule.schedule_next, datetime(2026, 3, 3, 7))
        partners[0].unlink()
        with self.enter_registry_test_mode():
            self.env["server.action.task"]._drain()
        self.assertEqual(set(tasks.mapped("state")), {"done"})
        self.assertEqual(set(partners[1:].mapped("color")), {4})
        [run] = self.env["server.action.run"].search([("origin_id", "=", rule.id)])
        self.assertEqual((run.origin_model, run.trigger_kind), ("base.automation", "cron"))
        self.assertEqual(run.record_count, 4)
        self.assertIn("Test action", run.step_ids.mapped("action_name"))

    def test_failing_record_among_many_fails_alone(self):
        """The others are done, and the form of the rule tells of the failure."""
        rules = self.env["base.automation"]
        self.patch(type(rules), "_batch_size", lambda rules: 2)
        with freeze_time(NOW):
            rule = self.schedule(self.code("record.write({'color': 1 // record.partner_latitude})"))
        partners = self.make_partners(4, function="due", partner_latitude=1)
        partners[1].partner_latitude = 0
        with freeze_time("2026-03-02 07:00:00"):
            self.run_cron()
        with self.enter_registry_test_mode():
            self.env["server.action.task"]._drain()
        self.env.invalidate_all()
        self.assertEqual(partners.mapped("color"), [1, 0, 1, 1])
        self.assertEqual(rule.run_trouble_count, 1)
        self.assertIn("division by zero", rule.last_error)

    def test_tasks_of_a_rule_that_was_paused_do_nothing(self):
        rules = self.env["base.automation"]
        self.patch(type(rules), "_batch_size", lambda rules: 1)
        with freeze_time(NOW):
            rule = self.schedule()
        partners = self.make_partners(2, function="due")
        with freeze_time("2026-03-02 07:00:00"):
            self.run_cron()
        rule.paused = True
        with self.enter_registry_test_mode():
            self.env["server.action.task"]._drain()
        self.assertEqual(partners.mapped("ref"), [False, False])

    def test_statements_do_not_grow_with_the_records(self):
        """One search, one write, whatever their number."""
        with freeze_time(NOW):
            rule = self.schedule()
        counts = []
        for count in (3, 40, 5, 50):
            self.make_partners(count, function="due")
            counts.append(self.queries_of(rule._run_scheduled))
        self.assertEqual(counts[2], counts[3])

    def test_cron_that_finds_nothing_due_asks_for_the_next_moment_only(self):
        """An idle wake-up is a handful of statements, whatever the number of rules."""
        with freeze_time(NOW):
            self.schedule()
            one = self.idle_statements()
            for _number in range(5):
                self.schedule()
            self.assertEqual(self.idle_statements(), one)
            # Which timed rules there are is asked twice: what is due, and what is next.
        self.assertLessEqual(one, 10)

    def idle_statements(self):
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            rules = self.env(cr=cr)["base.automation"]
            rules._run_timed_rules()
            before = cr.sql_log_count
            rules._run_timed_rules()
            return cr.sql_log_count - before

    def test_runs_in_the_time_zone_of_the_rule(self):
        """“today” in a filter is that of the rule."""
        with freeze_time(NOW):
            self.schedule(
                self.code("record.write({'ref': env.context.get('tz')})"),
                schedule_tz="Asia/Tokyo",
            )
        partner = self.make_partners(1, function="due")
        with freeze_time("2026-03-02 23:00:00"):
            self.run_cron()
        self.assertEqual(partner.ref, "Asia/Tokyo")


@tagged("post_install", "-at_install")
class TestScheduleConfiguration(ScheduleCase):
    def test_plans(self):
        """Each kind of plan: next moment and its words."""
        cases = (
            (
                {"schedule_kind": "days"},
                "2026-03-02 07:00",
                "Every day at 08:00 (Europe/Berlin)",
            ),
            (
                {"schedule_every_days": 3},
                "2026-03-02 07:00",
                "Every 3 days from 1 Jan 2026 on, at 08:00 (Europe/Berlin)",
            ),
            (
                {"schedule_kind": "weekly", "schedule_sunday": True, "schedule_time": 17.25},
                "2026-03-08 16:15",
                "Every Sunday at 17:15 (Europe/Berlin)",
            ),
            (
                {"schedule_kind": "weekly", "schedule_monday": True, "schedule_friday": True},
                "2026-03-02 07:00",
                "Every Monday and Friday at 08:00 (Europe/Berlin)",
            ),
            (
                {"schedule_kind": "monthly", "schedule_month_day": 15},
                "2026-03-15 07:00",
                "On day 15 of every month at 08:00 (Europe/Berlin)",
            ),
            (
                {"schedule_kind": "monthly", "schedule_month_day": 31},
                "2026-03-31 06:00",
                "On the last day of every month at 08:00 (Europe/Berlin)",
            ),
            (
                {"schedule_kind": "cron", "schedule_cron": "0 8 * * 1"},
                "2026-03-02 07:00",
                "At 08:00 on Monday (Europe/Berlin)",
            ),
        )
        for vals, expected, text in cases:
            with self.subTest(text), freeze_time(NOW):
                rule = self.schedule(**vals)
                self.assertEqual(f"{rule.schedule_next:%Y-%m-%d %H:%M}", expected)
                self.assertEqual(rule.schedule_text, text)

    def test_preview_shows_five_local_times(self):
        with freeze_time("2026-03-27 12:00:00"):
            rule = self.schedule()
            self.assertEqual(
                rule.schedule_preview.splitlines(),
                [
                    "Saturday 28 Mar 2026 08:00",
                    "Sunday 29 Mar 2026 08:00",
                    "Monday 30 Mar 2026 08:00",
                    "Tuesday 31 Mar 2026 08:00",
                    "Wednesday 1 Apr 2026 08:00",
                ],
            )

    def test_wrong_plans_are_refused(self):
        """The error says what to change."""
        for vals, message in (
            ({"schedule_kind": "cron"}, "five fields"),
            ({"schedule_kind": "cron", "schedule_cron": "0 25 * * *"}, "“hour”"),
            ({"schedule_kind": "weekly"}, "at least one day"),
            ({"schedule_kind": "monthly", "schedule_month_day": 0}, "between 1 and 31"),
            ({"schedule_every_days": 0}, "the number of days"),
            ({"schedule_time": 24.5}, "between 00:00 and 23:59"),
            ({"schedule_tz": False}, "time zone"),
        ):
            with self.subTest(message), self.assertRaisesRegex(ValidationError, message):
                self.schedule(**vals)

    def test_form(self):
        """The form shows the words while it is being filled in, wrong expressions too."""
        with Form(self.env["base.automation"]) as form:
            form.name = "Mondays"
            form.model_id = self.partner_model
            form.trigger = "on_schedule"
            form.schedule_tz = "UTC"
            form.schedule_kind = "cron"
            form.schedule_cron = "0 8"
            self.assertIn("five fields", form.schedule_text)
            self.assertFalse(form.schedule_next)
            form.schedule_cron = "0 8 * * mon"
            self.assertEqual(form.schedule_text, "At 08:00 on Monday (UTC)")
            self.assertEqual(len(form.schedule_preview.splitlines()), 5)
        self.assertTrue(form.record.schedule_next)

    def test_time_zone_of_the_author(self):
        """A new rule takes the author's time zone, or the company's."""
        self.env.user.tz = "America/New_York"
        self.assertEqual(
            self.schedule(schedule_tz=self.tz_default()).schedule_tz, self.tz_default()
        )
        self.assertEqual(self.tz_default(), "America/New_York")
        self.env.user.tz = False
        self.env.company.partner_id.tz = "Asia/Tokyo"
        self.assertEqual(self.tz_default(), "Asia/Tokyo")

    def tz_default(self):
        return self.env["base.automation"].default_get(["schedule_tz"])["schedule_tz"]

    def test_changing_something_else_keeps_the_moment(self):
        """A new name does not put off what is due."""
        with freeze_time(NOW):
            rule = self.schedule()
        with freeze_time("2026-03-05 12:00:00"):
            rule.write({"name": "Other", "filter_domain": "[]"})
        self.assertEqual(rule.schedule_next, datetime(2026, 3, 2, 7))

    def test_other_triggers_have_no_moment(self):
        rule = self.make_rule()
        self.assertFalse(rule.schedule_next)
        self.assertFalse(rule.schedule_text)
        self.assertFalse(self.triggers)
        self.assertEqual(rule.schedule_start, date.today())

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_actions")
    def test_ordinary_users_cannot_have_rules_fired(self):
        """What the tasks run is no way around the rights: it is for administrators."""
        rule = self.schedule()
        rule._sync_tasks()
        partner = self.make_partners(1, function="due")
        user = new_test_user(self.env, "curious", groups="base.group_user")
        action = rule.later_action_id.with_user(user)
        context = {
            "active_model": "res.partner",
            "active_id": partner.id,
            "active_ids": partner.ids,
            "server_action_engine_task": 1,
        }
        with self.assertRaises(AccessError):
            action.with_context(**context).run()
        self.assertFalse(partner.ref)
