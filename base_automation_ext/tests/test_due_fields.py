"""Settings of timed rules: from the fields to a plan, what contradicts, and plain words."""

from datetime import time

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..core.due import DuePlan, Step
from .common import RuleCase

END = "set the reference to “hit”."


class TimedCase(RuleCase):
    def make_timed(self, field="date_deadline", model="mail.activity", **vals):
        """Create a rule on a date field; default is one of planned activities."""
        vals = {
            "trg_date_range": 3,
            "trg_date_range_type": "day",
            "trg_date_range_mode": "after",
            "time_tz": "UTC",
            **vals,
        }
        return self.make_rule(
            vals.pop("action", None) or self.code("records"),
            model=model,
            trigger=vals.pop("trigger", "on_time"),
            trg_date_id=self.env["ir.model.fields"]._get(model, field).id,
            **vals,
        )

    def make_calendar(self, **vals):
        return self.env["resource.calendar"].create({"name": "Office", "tz": "UTC", **vals})


@tagged("post_install", "-at_install")
class TestDueFields(TimedCase):
    def test_stock_rules_have_a_plan(self):
        """A rule made as Odoo makes it, without any setting of ours."""
        rule = self.make_timed(trg_date_range_mode="before")
        self.assertEqual(rule._due_plan(), DuePlan(3, "day", before=True, times=3))
        self.assertEqual(rule.time_working, "all")
        self.assertEqual(rule.time_zone_mode, "fixed")

    def test_a_calendar_set_as_in_stock_counts(self):
        rule = self.make_timed()
        rule.trg_date_calendar_id = self.make_calendar()
        self.assertTrue(rule._due_plan().working)
        self.assertEqual(rule.time_working, "fixed")
        rule.trg_date_calendar_id = False
        self.assertFalse(rule._due_plan().working)

    def test_hours_of_a_calendar_are_kept(self):
        """Stock forgets the calendar when the unit is not days."""
        rule = self.make_timed(trg_date_calendar_id=self.make_calendar().id)
        rule.trg_date_range_type = "hour"
        self.assertTrue(rule.trg_date_calendar_id)
        rule.trg_date_range_type = "month"
        self.assertFalse(rule.trg_date_calendar_id)
        self.assertFalse(rule._due_plan().working)

    def test_all_settings(self):
        rule = self.make_timed(
            time_has_hour=True,
            time_hour=7.75,
            time_working="company",
            time_repeats=True,
            time_every=2,
            time_every_unit="week",
            time_times=4,
            time_step_ids=[(0, 0, {"number": 9, "unit": "day"})],
        )
        expected = DuePlan(
            3,
            at=time(7, 45),
            working=True,
            every=2,
            every_unit="week",
            times=4,
            steps=(Step(9, "day"),),
        )
        self.assertEqual(rule._due_plan(), expected)

    def test_contradictions_are_refused(self):
        for part, vals in {
            "between 00:00 and 23:59": {"time_has_hour": True, "time_hour": 24},
            "remove the time of day": {"time_has_hour": True, "trg_date_range_type": "hour"},
            "months or years": {"time_last_day": True},
            "Choose the calendar": {"time_working": "fixed"},
            "1 or more": {"time_repeats": True, "time_every": 0},
            "between 1 and 1000": {"time_repeats": True, "time_times": 0},
            "delay of a step": {"time_step_ids": [(0, 0, {"number": -1})]},
        }.items():
            with self.subTest(part), self.assertRaisesRegex(ValidationError, part):
                self.make_timed(**vals)

    def test_a_step_changed_alone_is_checked(self):
        rule = self.make_timed(time_step_ids=[(0, 0, {"number": 9})])
        with self.assertRaisesRegex(ValidationError, "delay of a step"):
            rule.time_step_ids.number = -1

    def test_actions_of_steps(self):
        """What waits for a step does not run with the rule's own delay."""
        rule = self.make_timed(action=[self.code("a = 1"), self.code("b = 1")])
        first, second = rule.action_server_ids
        rule.time_step_ids = [(0, 0, {"number": 9, "action_ids": [(6, 0, second.ids)]})]
        self.assertEqual(rule._due_actions(), first)
        self.assertEqual(rule._due_actions(1), second)
        other = self.make_timed()
        with self.assertRaisesRegex(ValidationError, "choose actions of that rule"):
            rule.time_step_ids.action_ids = other.action_server_ids

    def test_form(self):
        """The settings can be chosen in the form, and a calendar goes with its setting."""
        # No code: the form of stock warns about the history of code that is being edited.
        write = {"state": "object_write", "update_path": "summary", "value": "late"}
        rule = self.make_timed(action={**write, "evaluation_type": "value"})
        with Form(rule) as form:
            form.time_working = "fixed"
            form.trg_date_calendar_id = self.make_calendar()
            form.time_has_hour = True
            form.time_hour = 9.5
            form.time_repeats = True
            form.time_every = 2
        self.assertTrue(rule._due_plan().working)
        self.assertEqual(rule._due_plan().at, time(9, 30))
        with Form(rule) as form:
            form.time_working = "company"
        self.assertFalse(rule.trg_date_calendar_id)

    def test_stock_knows_the_new_units(self):
        """Stock works out how often its scheduled action runs from every timed rule."""
        rules = self.make_timed(trg_date_range_type="week") + self.make_timed(
            trg_date_range_type="year"
        )
        self.assertEqual(rules._get_cron_interval(rules), (4, "hours"))


@tagged("post_install", "-at_install")
class TestDueSentences(TimedCase):
    def make_timed(self, *args, **vals):
        vals["action"] = vals.get("action") or {
            "state": "object_write",
            "update_path": "ref",
            "evaluation_type": "value",
            "value": "hit",
        }
        return super().make_timed(*args, **vals)

    def test_delays(self):
        for vals, said in (
            ({"trg_date_range": 1, "trg_date_range_type": "week"}, "1 week after"),
            ({"trg_date_range": 2, "trg_date_range_type": "year"}, "2 years after"),
            ({"time_working": "company"}, "3 working days after"),
            (
                {"time_working": "record", "trg_date_range_type": "hour"},
                "3 working hours after",
            ),
        ):
            with self.subTest(said):
                sentence = self.make_timed("create_date", "res.partner", **vals).sentence
                self.assertTrue(sentence.startswith(said), sentence)

    def test_time_of_day_and_zone(self):
        sentence = self.make_timed(
            "create_date", "res.partner", time_has_hour=True, time_tz="Europe/Berlin"
        ).sentence
        self.assertIn(", at 08:00 (Europe/Berlin), " + END, sentence)
        sentence = self.make_timed(
            "create_date", "res.partner", time_has_hour=True, time_zone_mode="company"
        ).sentence
        self.assertIn("at 08:00 (time zone of its company)", sentence)

    def test_repetition(self):
        sentence = self.make_timed(
            "create_date", "res.partner", time_repeats=True, time_times=4
        ).sentence
        self.assertIn(", and then every day, at most 4 times in all, " + END, sentence)

    def test_last_day(self):
        sentence = self.make_timed(
            "create_date",
            "res.partner",
            trg_date_range=0,
            trg_date_range_type="month",
            time_last_day=True,
        ).sentence
        self.assertIn("on the last day of the month", sentence)

    def test_steps(self):
        write = {"state": "object_write", "evaluation_type": "value", "update_path": "ref"}
        rule = self.make_timed(
            "create_date",
            "res.partner",
            trg_date_range=1,
            action=[{**write, "value": "a"}, {**write, "value": "b"}],
        )
        second = rule.action_server_ids[1]
        rule.time_step_ids = [(0, 0, {"number": 3, "action_ids": [(6, 0, second.ids)]})]
        self.assertTrue(
            rule.sentence.endswith(
                "set the reference to “a” and after 3 days set the reference to “b”."
            ),
            rule.sentence,
        )
