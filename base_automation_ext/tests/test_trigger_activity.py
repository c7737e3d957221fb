"""The triggers about activities."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .common import RuleCase

COUNT = "record.write({'color': record.color + 1})"


class ActivityCase(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("base_automation_ext.ir_cron_timed_rules")
        cls.call, cls.other = cls.env["mail.activity.type"].create(
            [{"name": "Ring up"}, {"name": "Other"}]
        )
        cls.user = new_test_user(
            cls.env,
            "planner",
            groups="base.group_user,base.group_partner_manager",
            tz="Europe/Berlin",
        )

    def plan(self, records, kind=None, day="2026-03-02", user=None, **vals):
        """Plan one activity on each record as an ordinary user."""
        records = records.with_user(user or self.user)
        planned = self.env["mail.activity"].concat(
            *(
                record.activity_schedule(
                    activity_type_id=(kind or self.call).id,
                    date_deadline=day,
                    user_id=self.user.id,
                    **vals,
                )
                for record in records
            )
        )
        # The clock of the database is not frozen.
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = %s WHERE id = ANY(%s)",
            [datetime.now(), planned.ids],
        )
        return planned

    def rule(self, trigger, action=None, **vals):
        return self.make_rule(action or self.code(COUNT), trigger=trigger, **vals)


@tagged("post_install", "-at_install")
class TestActivityCreatedAndDone(ActivityCase):
    def test_planned(self):
        """By an ordinary user, on the record it belongs to; the types decide."""
        self.rule("on_activity_created", trigger_activity_type_ids=[(6, 0, self.call.ids)])
        partners = self.make_partners(3)
        activity = self.plan(partners[0])
        self.plan(partners[1], self.other)
        self.assertEqual(partners.mapped("color"), [1, 0, 0])
        activity.with_user(self.user).action_done()
        activity.unlink()
        self.assertEqual(partners.mapped("color"), [1, 0, 0])

    def test_other_models_and_filters(self):
        """Activities of other models do not count, nor do records that do not match."""
        self.rule("on_activity_created", filter_domain="[('function', '=', 'x')]")
        wanted, unwanted = self.make_partners(1, function="x"), self.make_partners(1)
        self.plan(wanted + unwanted)
        self.assertEqual((wanted + unwanted).mapped("color"), [1, 0])
        rule = self.make_rule()
        rule.activity_schedule(activity_type_id=self.call.id)
        self.assertEqual((wanted + unwanted).mapped("color"), [1, 0])

    def test_done(self):
        """Marked as done, in each way; not when it is cancelled, changed or archived twice."""
        self.rule("on_activity_done")
        partners = self.make_partners(5)
        activities = self.plan(partners).with_user(self.user)
        activities[0].action_done()
        activities[1].action_feedback(feedback="fine")
        activities[2].action_archive()
        activities[3].unlink()
        activities[4].write({"summary": "later"})
        self.assertEqual(partners.mapped("color"), [1, 1, 1, 0, 0])
        activities[0].action_archive()
        activities[2].write({"active": True})
        self.assertEqual(partners.mapped("color"), [1, 1, 1, 0, 0])

    def test_activities_of_an_archived_record_are_not_done(self):
        """Odoo cancels them."""
        self.rule("on_activity_done", filter_domain="[('active', 'in', [True, False])]")
        partner = self.make_partners(1)
        self.plan(partner)
        partner.action_archive()
        self.assertEqual(partner.color, 0)

    def test_name_activity_in_code_and_conditions(self):
        """The activity of the record at hand, with its feedback, also of two of one record."""
        self.rule(
            "on_activity_done",
            self.code(
                "record.write({'ref': (record.ref or '') + activity.summary + activity.feedback})",
                condition="activity.summary != 'no'",
            ),
        )
        first, second = self.make_partners(2)
        activities = self.plan(first, summary="a") + self.plan(first, summary="b")
        activities += self.plan(second, summary="c") + self.plan(second, summary="no")
        activities.with_user(self.user).action_feedback(feedback="!")
        self.assertEqual((first.ref, second.ref), ("a!b!", "c!"))

    def test_name_activity_in_nested_actions(self):
        """Parts of an action know it too."""
        model_id = self.partner_model.id
        child = {
            "name": "child",
            "model_id": model_id,
            **self.code("record.write({'ref': activity.summary})"),
        }
        self.rule("on_activity_created", {"state": "multi", "child_ids": [(0, 0, child)]})
        partner = self.make_partners(1)
        self.plan(partner, summary="inside")
        self.assertEqual(partner.ref, "inside")

    def test_planning_by_the_rule_itself_is_no_loop(self):
        """A follow-up that is planned by the rule does not start it again on the record."""
        self.rule(
            "on_activity_created",
            self.code(
                f"{COUNT}\nrecord.activity_schedule(activity_type_id=activity.activity_type_id.id)"
            ),
        )
        partner = self.make_partners(1)
        self.plan(partner)
        self.assertEqual(partner.color, 1)
        self.assertEqual(len(partner.activity_ids), 2)

    def test_skip_and_pause(self):
        rule = self.rule("on_activity_created")
        partner = self.make_partners(1)
        self.plan(partner.with_context(automation_skip=True))
        rule.paused = True
        self.plan(partner)
        self.assertEqual(partner.color, 0)

    def test_assigned_user_without_access_to_the_record(self):
        """Odoo lets them mark it as done; the rule works in superuser mode, as all do."""
        self.rule("on_activity_done")
        partner = self.make_partners(1)
        activity = self.plan(partner)
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.partner_model.id,
                "domain_force": [("id", "!=", partner.id)],
            }
        )
        activity.with_user(self.user).action_done()
        self.assertEqual(partner.color, 1)

    def test_cost_nothing_without_rules(self):
        """An activity on another model than the rule's reads nothing more."""
        partner = self.make_partners(1)
        self.plan(partner)

        def statements():
            return self.queries_of(lambda: self.plan(partner))

        alone = statements()
        self.make_rule(self.code("pass"), trigger="on_activity_created", model="base.automation")
        # What writing the rule down computes empties caches.
        self.env.flush_all()
        self.plan(partner)
        self.assertEqual(statements(), alone)

    def test_statements_do_not_grow_with_the_records(self):
        self.rule("on_activity_done", {"state": "object_write", "update_path": "ref", "value": "x"})
        counts = []
        for count in (2, 3, 20):
            activities = self.plan(self.make_partners(count))
            archive = activities.with_user(self.user).action_archive
            counts.append(self.queries_of(archive))
        self.assertEqual(counts[1], counts[2])

    def test_model_without_activities_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "has none"):
            self.make_rule(self.code("pass"), trigger="on_activity_done", model="res.country")


@tagged("post_install", "-at_install")
class TestActivityOverdue(ActivityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.cron.trigger"].search([("cron_id", "=", cls.cron.id)]).unlink()

    @property
    def wake_ups(self):
        self.env.cr.precommit.run()
        return (
            self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).mapped("call_at")
        )

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.assertIs(self.cron.method_direct_trigger(), True)

    def test_once_when_the_day_is_over_for_its_user(self):
        """In Berlin 2 March ends at 23:00 UTC; a user without a time zone has UTC."""
        with freeze_time("2026-03-01 10:00:00"):
            self.rule("on_activity_overdue")
            partners = self.make_partners(3)
            activities = self.plan(partners)
            activities[1].user_id = new_test_user(self.env, "anywhere", groups="base.group_user")
            activities[2].date_deadline = "2026-03-09"
        for moment, expected in (
            ("2026-03-02 22:59:00", [0, 0, 0]),
            ("2026-03-02 23:00:00", [1, 0, 0]),
            ("2026-03-02 23:01:00", [1, 0, 0]),
            ("2026-03-03 00:00:00", [1, 1, 0]),
            ("2026-03-08 12:00:00", [1, 1, 0]),
            ("2026-03-20 12:00:00", [1, 1, 1]),
        ):
            with freeze_time(moment):
                self.run_cron()
            self.assertEqual(partners.mapped("color"), expected, moment)

    def test_put_off_and_overdue_again(self):
        """A new due date is a new occasion; done and cancelled activities are none."""
        with freeze_time("2026-03-01 10:00:00"):
            self.rule("on_activity_overdue")
            partners = self.make_partners(3)
            activities = self.plan(partners)
            activities[1].with_user(self.user).action_done()
            activities[2].unlink()
        with freeze_time("2026-03-04 12:00:00"):
            self.run_cron()
            activities[0].date_deadline = "2026-03-05"
            self.run_cron()
        with freeze_time("2026-03-07 12:00:00"):
            self.run_cron()
            self.run_cron()
        self.assertEqual(partners.mapped("color"), [2, 0, 0])

    def test_history_is_not_replayed(self):
        """What was overdue when the rule was made, or while it was paused, does not count."""
        with freeze_time("2026-03-01 10:00:00"):
            partners = self.make_partners(2)
            self.plan(partners[0], day="2026-02-20")
        with freeze_time("2026-03-01 12:00:00"):
            rule = self.rule("on_activity_overdue")
            self.plan(partners[1])
            self.run_cron()
            rule.paused = True
        with freeze_time("2026-03-09 12:00:00"):
            self.run_cron()
            rule.paused = False
            self.run_cron()
        self.assertEqual(partners.mapped("color"), [0, 0])

    def test_planned_in_the_past_counts(self):
        """An activity that is overdue the moment it is planned."""
        with freeze_time("2026-03-01 10:00:00"):
            self.rule("on_activity_overdue")
        self.env.cr.precommit.clear()
        with freeze_time("2026-03-05 10:00:00"):
            partner = self.make_partners(1)
            self.plan(partner, day="2026-02-01")
            self.assertIn(datetime(2026, 3, 5, 10), self.wake_ups)
            self.run_cron()
        self.assertEqual(partner.color, 1)

    def test_types(self):
        with freeze_time("2026-03-01 10:00:00"):
            self.rule("on_activity_overdue", trigger_activity_type_ids=[(6, 0, self.call.ids)])
            partners = self.make_partners(2)
            self.plan(partners[0])
            self.plan(partners[1], self.other)
        with freeze_time("2026-03-05 10:00:00"):
            self.run_cron()
        self.assertEqual(partners.mapped("color"), [1, 0])

    def test_wakes_at_the_right_moment_once(self):
        """Many activities of one day plan one wake-up; the run plans the next."""
        with freeze_time("2026-03-01 10:00:00"):
            self.rule("on_activity_overdue")
            self.plan(self.make_partners(3))
            self.plan(self.make_partners(1), day="2026-03-04")
            self.assertEqual(self.wake_ups, [datetime(2026, 3, 2, 23)])
            self.plan(self.make_partners(1), day="2026-03-01")
            self.assertIn(datetime(2026, 3, 1, 23), self.wake_ups)
        with freeze_time("2026-03-03 01:00:00"):
            self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).unlink()
            self.run_cron()
            self.assertEqual(self.wake_ups, [datetime(2026, 3, 4, 23)])

    def test_one_failing_record_does_not_stop_the_others(self):
        """They run one by one then; the failing one does not come again."""
        with freeze_time("2026-03-01 10:00:00"):
            rule = self.rule(
                "on_activity_overdue",
                self.code(f"{COUNT}\nif record.function == 'bad':\n    raise UserError('no')"),
            )
            good, bad = self.make_partners(2), self.make_partners(1, function="bad")
            self.plan(bad + good)
        logger = "odoo.addons.base_automation_ext.models.schedule_run"
        with freeze_time("2026-03-05 10:00:00"):
            with self.assertLogs(logger, "WARNING"):
                self.run_cron()
            self.run_cron()
        self.assertEqual((good + bad).mapped("color"), [1, 1, 0])
        runs = self.env["server.action.run"].search([("origin_id", "=", rule.id)])
        self.assertIn("failed", runs.mapped("state"))

    def test_more_than_a_batch(self):
        rules = self.env["base.automation"]
        self.patch(type(rules), "_batch_size", lambda rules: 2)
        with freeze_time("2026-03-01 10:00:00"):
            self.rule("on_activity_overdue")
            partners = self.make_partners(5)
            self.plan(partners)
        with freeze_time("2026-03-05 10:00:00"):
            self.run_cron()
        self.assertEqual(partners.mapped("color"), [1] * 5)

    def test_notes_of_finished_activities_are_removed(self):
        with freeze_time("2026-03-01 10:00:00"):
            self.rule("on_activity_overdue")
            open_one, done, put_off = self.plan(self.make_partners(3))
        with freeze_time("2026-03-05 10:00:00"):
            self.run_cron()
            done.with_user(self.user).action_done()
            put_off.date_deadline = date(2026, 3, 5) + timedelta(days=9)
        self.env.flush_all()
        seen = self.env["base.automation.overdue"]
        seen._gc_seen()
        self.assertEqual(seen.search([]).activity_id, open_one)
