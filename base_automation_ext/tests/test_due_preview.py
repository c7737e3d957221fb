"""The preview of timed rules: the next moments and the history, from real data, without effect."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..models import due_preview
from .test_due_reader import ReaderCase

NOW = "2026-05-10 12:00:00"


@tagged("post_install", "-at_install")
class TestDuePreview(ReaderCase):
    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOW))
        # Rates of the demo data lie elsewhere in time, but nobody promises that.
        self.env["res.currency.rate"].search([]).unlink()

    def preview(self, rule):
        action = rule.action_preview_due()
        return self.env[action["res_model"]].browse(action["res_id"])

    def said(self, rule):
        return [(line.moment.day, line.what) for line in self.preview(rule).line_ids]

    def test_the_next_in_order(self):
        """Near and far ones, over several looks ahead; those behind are counted."""
        today = date(2026, 5, 10)
        self.rates(*(today + timedelta(days=days) for days in (400, 60, 2, -1, -3, -900)))
        preview = self.preview(self.on_rate(trg_date_range=1))
        self.assertEqual(
            [f"{line.moment:%Y-%m-%d}" for line in preview.line_ids],
            ["2026-05-13", "2026-07-10", "2027-06-15"],
        )
        self.assertEqual(preview.past_text, "3 records were due before now.")
        self.assertFalse(preview.empty_text)

    def test_what_a_line_says(self):
        rates = self.rates(date(2026, 5, 12))
        rule = self.on_rate(
            time_tz="Asia/Tokyo", time_has_hour=True, trg_date_range_mode="before", trg_date_range=1
        )
        line = self.preview(rule).line_ids
        self.assertEqual(line.moment, datetime(2026, 5, 10, 23))
        self.assertIn("8:00", line.local_text)
        self.assertIn("(Asia/Tokyo)", line.local_text)
        self.assertEqual(line.record_name, rates.display_name)
        self.assertEqual(line.action_open()["res_id"], rates.id)

    def test_repetitions_and_steps(self):
        self.rates(date(2026, 5, 11))
        rule = self.on_rate(
            trg_date_range=0,
            time_repeats=True,
            time_every=2,
            time_times=2,
            time_step_ids=[(0, 0, {"number": 1})],
        )
        self.assertEqual(
            self.said(rule), [(11, "1 of 2"), (12, "Step: after 1 day"), (13, "2 of 2")]
        )

    def test_the_conditions_count(self):
        self.rates(date(2026, 5, 20), date(2026, 5, 21), date(2026, 5, 1), date(2026, 5, 2))
        rule = self.on_rate(filter_domain="[('name', 'in', ['2026-05-21', '2026-05-02'])]")
        self.assertEqual(self.said(rule), [(24, "")])
        self.assertEqual(self.preview(rule).past_text, "1 record was due before now.")

    def test_only_so_many(self):
        self.rates(*(date(2026, 5, 11) + timedelta(days=days) for days in range(30)))
        self.assertEqual(len(self.preview(self.on_rate(trg_date_range=0)).line_ids), 20)

    def test_the_dialog(self):
        """What is shown is in the form, and opens from the button of the rule."""
        self.rates(date(2026, 5, 20))
        rule = self.on_rate()
        form = Form(self.preview(rule))
        self.assertEqual(len(form.line_ids), 1)
        self.assertEqual(form.sentence, rule.sentence)
        self.assertIn('name="action_preview_due"', rule.get_view(view_type="form")["arch"])

    def test_nothing_due(self):
        preview = self.preview(self.on_rate())
        self.assertIn("within the next three years", preview.empty_text)
        self.assertEqual(preview.past_text, "No record was due before now.")

    def test_a_wrong_filter_is_explained(self):
        rule = self.on_rate()
        # A field may go with its module after the rule was saved.
        self.env.cr.execute(
            "UPDATE base_automation SET filter_domain = '[(''gone'', ''='', 1)]' WHERE id = %s",
            rule.ids,
        )
        rule.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "cannot be used"):
            rule.action_preview_due()

    def test_history_since_a_moment(self):
        """To the day and the hour, of a window and of all."""
        self.rates(*(date(2026, 5, 9) - timedelta(days=days) for days in range(50)))
        rule = self.on_rate(trg_date_range=0, time_has_hour=True)
        self.assertEqual(rule._count_due(), (50, False))
        self.assertEqual(rule._count_due(datetime(2026, 5, 3, 8)), (7, False))
        self.assertEqual(rule._count_due(datetime(2026, 5, 3, 8, 1)), (6, False))
        since, until = datetime(2026, 5, 3, 8), datetime(2026, 5, 5, 8)
        self.assertEqual(rule._count_due(since, until), (2, False))

    def test_counting_ends_at_a_limit(self):
        self.patch(due_preview, "COUNT_LIMIT", 3)
        self.rates(*(date(2026, 4, 1) - timedelta(days=days) for days in range(5)))
        rule = self.on_rate()
        self.assertEqual(rule._count_due(), (3, True))
        self.assertEqual(self.preview(rule).past_text, "More than 3 records were due before now.")

    def test_history_is_not_read(self):
        """A thousand records of the past cost no more than ten."""
        costs = []
        for size in (10, 100):
            self.rates(*(date(2020, 1, 1) - timedelta(days=days) for days in range(size)))
            rule = self.on_rate(filter_domain="[('rate', '=', 2)]")
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            costs.append(self.queries_of(rule._count_due))
            self.env["res.currency.rate"].search([]).unlink()
        self.assertEqual(costs[0], costs[1])

    def test_nothing_runs(self):
        rates = self.rates(date(2026, 5, 11), date(2026, 5, 1))
        write = {"state": "object_write", "evaluation_type": "value"}
        rule = self.on_rate(action={**write, "update_path": "rate", "value": "9"})
        before = rule.read(["last_run", "due_since"])
        self.preview(rule)
        self.assertEqual(rates.mapped("rate"), [2, 2])
        self.assertEqual(rule.read(["last_run", "due_since"]), before)
        self.assertFalse(self.env["base.automation.due"].search([("state", "=", "done")]))

    def test_only_authors_of_rules_may_look(self):
        rule = self.on_rate()
        user = new_test_user(self.env, "due_looker", groups="base.group_user")
        with self.assertRaises(AccessError):
            rule.with_user(user).action_preview_due()
