"""Timers, incidents and fields that a workflow owns."""

from datetime import date, datetime

from psycopg2.errors import DivisionByZero

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..core.events import Delete
from .common import WorkflowCase


@tagged("post_install", "-at_install")
class TestTimers(WorkflowCase):
    def timers(self, record):
        return self.env["server.action.task"].search(
            [
                ("model", "=", "workflow.workitem"),
                ("res_id", "in", self.instances(record).workitem_ids.ids),
                ("state", "=", "pending"),
            ]
        )

    def pass_hours(self, hours):
        """Let time go by for all waiting tasks, and run those that are due."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE server_action_task SET due_at = due_at - %s * interval '1 hour' "
            "WHERE state = 'pending'",
            [hours],
        )
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env["server.action.task"]._drain()
        self.env.invalidate_all()

    def test_a_timer_moves_what_has_waited_too_long(self):
        """Nothing at 47 hours, late at 48; nothing for who has left."""
        self.flow(
            "wait* -ok-> done!; wait -> late!",
            edges={"wait>late": {"timer_kind": "delay", "timer_number": 48}},
        )
        quick, slow = self.partners(2)
        self.assertEqual(len(self.timers(quick | slow)), 2)
        self.pass_hours(47)
        self.assertEqual((self.where(quick), self.where(slow)), (["wait"], ["wait"]))
        quick.signal_workflow("ok")
        self.assertFalse(self.timers(quick))
        self.pass_hours(1.01)
        self.assertEqual((self.where(quick), self.where(slow)), (["done"], ["late"]))
        self.assertIn(("move", "late", "timer"), self.log(slow))

    def test_a_timer_that_does_not_interrupt_starts_a_second_branch(self):
        self.flow(
            "wait* -ok-> done!; wait -> remind!",
            edges={
                "wait>remind": {
                    "timer_kind": "delay",
                    "timer_number": 1,
                    "timer_unit": "days",
                    "timer_interrupting": False,
                }
            },
        )
        partner = self.partners()
        self.pass_hours(24.1)
        self.assertEqual(self.where(partner), ["wait", "remind"])

    def test_a_timer_at_a_moment_of_the_record(self):
        self.flow(
            "wait* -> late!",
            edges={
                "wait>late": {
                    "timer_kind": "date",
                    "timer_expression": "ref and datetime.datetime(2030, 1, 1)",
                }
            },
        )
        with_date, without = self.env["res.partner"].create(
            [{"name": "A", "ref": "x"}, {"name": "B"}]
        )
        self.assertEqual(self.timers(with_date).due_at.replace(microsecond=0), datetime(2030, 1, 1))
        self.assertFalse(self.timers(without))

    def test_timers_due_at_once_run_together_and_fail_alone(self):
        """One batch for all of them; the one whose activity fails keeps its token."""
        self.flow(
            "wait* -> late!",
            late={"kind": "function", "action": "write({'ref': 1 / (len(function or '') - 4)})"},
            edges={"wait>late": {"timer_kind": "delay", "timer_number": 1}},
        )
        partners = self.partners(30)
        partners[7].function = "fail"
        tasks = self.timers(partners)
        self.assertEqual(tasks.mapped("mergeable"), [True] * 30)
        self.assertEqual(len(set(tasks.mapped("batch_key"))), 1)
        self.pass_hours(1.1)
        late = partners.filtered(lambda one: self.where(one) == ["late"])
        self.assertEqual(partners - late, partners[7])
        self.assertEqual(set(tasks.mapped("state")), {"done", "failed"})
        failed = tasks.filtered(lambda task: task.state == "failed")
        self.assertIn("Test, activity late: ZeroDivisionError", failed.error_message)

    def test_working_hours(self):
        """Eight working hours from a Friday evening end on Monday."""
        calendar = self.env["resource.calendar"].create({"name": "Office", "tz": "UTC"})
        end = self.engine._plan(calendar.id, 8, "hours", datetime(2026, 11, 27, 20))
        self.assertEqual(end, datetime(2026, 11, 30, 17))

    def test_working_days(self):
        """Three working days after a Friday end on Wednesday, at the same time, as for rules."""
        calendar = self.env["resource.calendar"].create({"name": "Office", "tz": "UTC"})
        end = self.engine._plan(calendar.id, 3, "days", datetime(2026, 11, 27, 10))
        self.assertEqual(end, datetime(2026, 12, 2, 10))

    def test_a_week_of_a_calendar_is_its_working_days(self):
        """Not seven of them: after a Friday evening, five working days end on the next Friday."""
        calendar = self.env["resource.calendar"].create({"name": "Office", "tz": "UTC"})
        friday = datetime(2026, 11, 27, 20)
        week = self.engine._plan(calendar.id, 1, "weeks", friday)
        self.assertEqual(week, self.engine._plan(calendar.id, 5, "days", friday))
        self.assertEqual(week.date(), date(2026, 12, 4))
        calendar.attendance_ids.filtered(lambda one: one.dayofweek == "4").unlink()
        self.assertEqual(
            self.engine._plan(calendar.id, 1, "weeks", friday).date(), date(2026, 12, 3)
        )

    def test_a_new_visit_has_a_new_timer(self):
        self.flow(
            "wait* -again-> wait; wait -> late!",
            edges={"wait>late": {"timer_kind": "delay", "timer_number": 48}},
        )
        partner = self.partners()
        self.pass_hours(47)
        partner.signal_workflow("again")
        self.pass_hours(2)
        self.assertEqual(self.where(partner), ["wait"])
        self.assertEqual(len(self.timers(partner)), 1)


@tagged("post_install", "-at_install")
class TestIncidents(WorkflowCase):
    def test_what_fails_waits_for_a_retry(self):
        self.flow(
            "a* -go-> b; b -> c!",
            b={
                "kind": "function",
                "action": "write({'ref': 'x'})\n1 / len(comment or '')",
                "on_error": "incident",
            },
        )
        good, bad = self.partners(2)
        good.comment = "fine"
        with mute_logger("odoo.addons.server_action_engine.models.error_policy"):
            (good | bad).signal_workflow("go")
        self.assertEqual((self.where(good), self.where(bad)), (["c"], ["b"]))
        self.assertEqual((good.ref, bad.ref), ("x", False))
        incident = self.env["workflow.incident"].search(
            [("instance_id", "=", self.instances(bad).id)]
        )
        self.assertEqual((incident.state, incident.activity_id.name), ("open", "b"))
        self.assertIn("ZeroDivisionError", incident.message)
        self.assertIn("Traceback", incident.traceback)
        self.assertEqual(self.instances(bad).workitem_ids.state, "error")
        incident.action_retry()
        self.assertEqual(self.where(bad), ["b"])
        bad.comment = "fine"
        self.env["workflow.incident"].search([("state", "=", "open")]).action_retry()
        self.assertEqual(self.where(bad), ["c"])
        self.assertEqual(set(incident.search([]).mapped("state")), {"resolved"})

    def test_a_retry_needs_the_right_to_write(self):
        self.flow("a* -go-> b!", b={"kind": "function", "action": "1/0", "on_error": "incident"})
        partner = self.partners()
        partner.signal_workflow("go")
        incident = self.env["workflow.incident"].search([("state", "=", "open")], limit=1)
        user = new_test_user(self.env, "wkf_user", groups="base.group_user")
        self.assertTrue(incident.with_user(user).message)
        with self.assertRaises(UserError):
            incident.with_user(user).action_retry()

    def test_an_instance_without_tokens_is_moved_by_hand(self):
        """A deleted subflow whose workflow has no way out of it leaves nothing to retry."""
        child = self.flow("s* -end-> e!", values={"name": "Child", "on_create": False})
        parent = self.flow(
            "a* -go-> sub; sub -subflow.e-> done!; a -x-> done",
            values={"name": "Parent"},
            sub={"kind": "subflow", "subflow_id": child.id},
        )
        partner = self.partners()
        partner.signal_workflow("go")
        self.engine._run([Delete(self.instances(partner, child).id)])
        incident = self.env["workflow.incident"].search([("state", "=", "open")])
        self.assertIn("was deleted", incident.message)
        self.assertEqual(self.where(partner, parent), ["sub"])
        partner.workflow_jump("done", "the child is gone")
        self.assertEqual(incident.state, "resolved")
        self.assertEqual(self.instances(partner, parent).state, "complete")

    def test_a_condition_that_fails_blocks_its_token(self):
        self.flow(
            "a* -> b!",
            a={"on_error": "incident"},
            edges={"a>b": {"condition": "1 / len(ref or '')"}},
        )
        partner = self.partners()
        self.assertEqual(self.instances(partner).workitem_ids.state, "blocked")
        partner.ref = "x"
        self.assertEqual(self.where(partner), ["b"])
        self.assertEqual(self.env["workflow.incident"].search([]).mapped("state"), ["resolved"])

    def test_a_condition_that_breaks_the_transaction_is_no_incident(self):
        """Nothing could be stored any more; what Odoo tries again by itself has to reach it."""
        self.flow(
            "a* -go-> b!; a -> c!",
            a={"on_error": "incident"},
            edges={
                "a>b": {"condition": "cr.execute('SELECT 1/0')"},
                "a>c": {"condition": "ref and cr.execute('SELECT 1/0')"},
            },
        )
        partner = self.partners()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(UserError, "transition a → b: DivisionByZero"),
            self.env.cr.savepoint(),
        ):
            partner.signal_workflow("go")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(DivisionByZero),
            self.env.cr.savepoint(),
        ):
            partner.ref = "x"


@tagged("post_install", "-at_install")
class TestStateField(WorkflowCase):
    def test_the_workflow_owns_the_field(self):
        field = self.env["ir.model.fields"]._get("res.partner", "function")
        self.flow(
            "a* -go-> b!",
            values={"state_field_id": field.id},
            a={"state_value": "Draft"},
            b={"state_value": "Done"},
        )
        partner = self.partners()
        self.assertEqual(partner.function, "Draft")
        with self.assertRaisesRegex(UserError, "belongs to the workflow “Test”"):
            partner.function = "Done"
        user = new_test_user(
            self.env, "wkf_state", groups="base.group_user,base.group_partner_manager"
        )
        outside = partner.with_user(user).with_context(automation_skip=True)
        with self.assertRaisesRegex(UserError, "belongs to the workflow “Test”"):
            outside.function = "Done"
        partner.write({"function": "Draft", "ref": "x"})
        partner.signal_workflow("go")
        self.assertEqual(partner.function, "Done")
        partner.function = "free again"
