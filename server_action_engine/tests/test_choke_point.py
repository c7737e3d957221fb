from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..core.frames import state_of
from .common import EngineCase


@tagged("post_install", "-at_install")
class TestPolicies(EngineCase):
    CODE = "record.write({'ref': 'done'})\nif record.color == 2: raise UserError('no twos')"

    def setUp(self):
        super().setUp()
        # All tests of a class are one transaction, and share its savepoints.
        state_of(self.env.cr)._savepoints = 0

    def test_block_undoes_everything(self):
        """The default lets the error through."""
        action = self.new_action("code", code=self.CODE)
        with self.assertRaisesRegex(UserError, "no twos"), self.env.cr.savepoint():
            self.run_on(action, self.partners)
        self.assertEqual(set(self.partners.mapped("ref")), {False})

    def test_isolate_leaves_out_the_failing_record_only(self):
        """All other records are processed, exactly once."""
        action = self.new_action("code", code=self.CODE, on_error="isolate")
        self.run_on(action, self.partners)
        self.assertEqual(self.partners.mapped("ref"), ["done", "done", False, "done"])

    def test_what_was_undone_is_not_reported_as_done(self):
        """The run names neither records of an undone part nor says its messages twice."""
        create = "env['res.partner.category'].create({'name': 'Made for %s' % record.color})"
        action = self.new_action(
            "code",
            code=f"log('working on %s' % record.color)\n{create}\n{self.CODE}",
            on_error="isolate",
        )
        self.run_on(action, self.partners)
        run = self.env["server.action.run"].search([("action_id", "=", action.id)])
        said = [text for text in run.step_ids.messages if "working on" in text]
        self.assertEqual(said, [f"info: working on {number}" for number in range(4)])
        line = {"field_id": self.field("name").id, "value": "Copy"}
        action = self.new_action(
            "object_create",
            value_line_ids=[(0, 0, line)],
            record_field_id=self.field("parent_id").id,
            on_error="isolate",
        )
        self.partners[1].parent_id = self.partners[0]
        # A contact cannot be its own ancestor: linking fails after the record was created.
        action.value_line_ids = [
            (
                0,
                0,
                {
                    "field_id": self.field("parent_id").id,
                    "value_type": "equation",
                    "value": "record.id if record.color == 2 else False",
                },
            )
        ]
        self.run_on(action, self.partners[2:])
        run = self.env["server.action.run"].search([("action_id", "=", action.id)])
        created = [res_id for _model, res_id in run.step_ids.created]
        self.assertEqual(len(created), 1)
        self.assertTrue(self.env["res.partner"].browse(created).exists())

    def test_isolate_finds_one_of_many_in_few_savepoints(self):
        """Halving needs about twice the logarithm of the batch, not one savepoint per record."""
        many = self.partners.create([{"name": str(n), "color": n == 77 and 2} for n in range(200)])
        action = self.new_action("code", code=self.CODE, on_error="isolate")
        before = state_of(self.env.cr)._savepoints
        self.run_on(action, many)
        self.assertEqual(len(many.filtered(lambda p: p.ref == "done")), 199)
        self.assertLessEqual(state_of(self.env.cr)._savepoints - before, 18)

    def _tasks_of(self, action):
        return self.env["server.action.task"].search([("action_id", "=", action.id)])

    def test_what_the_savepoints_do_not_reach_becomes_tasks(self):
        """Every record is done, named as failed or handed on; the run says how many."""
        many = self.partners.create([{"name": str(n), "color": 2} for n in range(100)])
        action = self.new_action("code", code=self.CODE, on_error="isolate")
        self.run_on(action, many)
        waiting = self._tasks_of(action)
        run = self.env["server.action.run"].search([("action_id", "=", action.id)])
        messages = run.step_ids.messages
        handed = sum(
            int(text.split()[0]) for text in messages if "handed to background tasks" in text
        )
        self.assertEqual(len(waiting), handed)
        self.assertTrue(0 < handed < 100)
        self.assertEqual(run.state, "isolated")
        self.assertEqual(state_of(self.env.cr)._savepoints, 50)

    def test_an_action_without_records_becomes_a_task_too(self):
        """Without records there is one thing to try, and no savepoint left to try it in."""
        state = state_of(self.env.cr)
        while state.take_savepoint(self.env.cr.now()):
            pass
        action = self.new_action("code", code="x = 1", on_error="isolate")
        self.run_on(action, self.env["res.partner"])
        self.assertEqual(len(self._tasks_of(action)), 1)

    def test_a_batch_that_takes_too_long_is_not_tried_by_halves(self):
        """Whoever waits does so once; the records are left to tasks."""
        self.env["ir.config_parameter"].set_param("server_action_engine.code_budget_seconds", "0.2")
        code = "record.write({'ref': 'done'})\nwhile record.color == 2: pass"
        action = self.new_action("code", code=code, on_error="isolate")
        before = state_of(self.env.cr)._savepoints
        self.run_on(action, self.partners)
        self.assertEqual(state_of(self.env.cr)._savepoints - before, 1)
        self.assertEqual(set(self.partners.mapped("ref")), {False})
        self.assertEqual(len(self._tasks_of(action)), len(self.partners))

    def test_isolated_failure_takes_back_its_promises(self):
        """Callbacks added by a failing record do not run after the commit."""
        action = self.new_action(
            "code",
            code="env.cr.postcommit.add(record.exists)\nraise UserError('x')",
            on_error="isolate",
        )
        self.run_on(action, self.partner)
        self.assertNotIn(
            "exists", [function.__name__ for function in self.env.cr.postcommit._funcs]
        )

    def test_retry_leaves_the_failing_record_to_a_task(self):
        """The others are done at once; whatever the code failed with may go away."""
        for failure in ("raise UserError('no twos')", "1 / 0"):
            with self.subTest(failure=failure):
                self.partners.ref = False
                code = f"record.write({{'ref': 'done'}})\nif record.color == 2: {failure}"
                action = self.new_action(
                    "code", code=code, on_error="retry", retry_delay_seconds=300
                )
                self.run_on(action, self.partners)
                self.assertEqual(self.partners.mapped("ref"), ["done", "done", False, "done"])
                task = self._tasks_of(action)
                self.assertEqual(task.res_id, self.partners[2].id)
                self.assertGreater(task.due_at, fields.Datetime.now() + timedelta(minutes=4))

    def test_a_retry_is_started_by_the_one_who_started_the_action(self):
        """The user it runs as may lack the right to start it; it gets these rights by itself."""
        robot = new_test_user(self.env, "robot", groups="base.group_user")
        action = self.new_action(
            "code",
            code="raise UserError(env.user.login)",
            on_error="retry",
            run_as="user",
            run_as_user_id=robot.id,
        )
        self.run_on(action, self.partner)
        run = self.env["server.action.run"].search([("action_id", "=", action.id)])
        self.assertEqual(run.error_message, "robot")
        task = self._tasks_of(action)
        self.assertEqual((task.user_id, task.superuser), (self.env.user, True))

    def test_what_trying_again_cannot_help_is_not_tried_again(self):
        """A configuration error goes away by changing the configuration only."""
        action = self.new_action(
            "object_write",
            on_error="retry",
            write_expression="user",
            value_line_ids=[(0, 0, {"field_id": self.field("ref").id, "value": "x"})],
        )
        self.run_on(action, self.partner)
        self.assertFalse(self._tasks_of(action))
        run = self.env["server.action.run"].search([("action_id", "=", action.id)])
        self.assertEqual(run.state, "isolated")

    def test_what_was_pending_before_a_failure_happens_once(self):
        """A change that waits to be noted in the chatter is noted once, whatever fails after it."""
        self.env.cr.flush()
        self.partner.email = "tracked@example.com"
        action = self.new_action("code", code="raise UserError('no')", on_error="isolate")
        self.run_on(action, self.partner)
        self.env.cr.flush()
        noted = self.partner.message_ids.filtered("tracking_value_ids")
        self.assertEqual(len(noted), 1)

    def test_fallback_runs_on_the_failing_records(self):
        """The fallback action gets the failing record and the error."""
        fallback = self.new_action("code", code="record.write({'ref': 'fallback: ' + error})")
        action = self.new_action(
            "code", code=self.CODE, on_error="fallback", fallback_action_id=fallback.id
        )
        self.run_on(action, self.partners)
        self.assertEqual(self.partners.mapped("ref"), ["done", "done", "fallback: no twos", "done"])

    def test_fallback_must_be_chosen_and_must_not_loop(self):
        """Configurations that cannot work are refused when saved."""
        with self.assertRaisesRegex(ValidationError, "Choose the fallback"):
            self.new_action("code", on_error="fallback")
        first = self.new_action("code")
        other = self.env["ir.actions.server"].create(
            {
                "name": "Other model",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "state": "code",
            }
        )
        with self.assertRaisesRegex(ValidationError, "same model"):
            self.new_action("code", on_error="fallback", fallback_action_id=other.id)
        second = self.new_action("code", on_error="fallback", fallback_action_id=first.id)
        with self.assertRaisesRegex(ValidationError, "lead back"):
            first.write({"on_error": "fallback", "fallback_action_id": second.id})

    def test_serialization_failures_are_never_isolated(self):
        """Odoo's own retry of the whole transaction has to work."""
        action = self.new_action(
            "code",
            code="env.cr.execute(\"DO $$BEGIN RAISE EXCEPTION 'x' USING ERRCODE='40001'; END$$\")",
            on_error="isolate",
        )
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "x") as caught,
            self.env.cr.savepoint(),
        ):
            self.run_on(action, self.partner)
        self.assertEqual(caught.exception.pgcode, "40001")


@tagged("post_install", "-at_install")
class TestGuards(EngineCase):
    def test_endless_chain_is_stopped_with_the_chain_in_the_error(self):
        """Actions that start each other end with an error that shows the chain."""
        action = self.new_action("code", name="Ouroboros")
        action.code = f"env['ir.actions.server'].browse({action.id}).run()"
        with self.assertRaisesRegex(UserError, r"Ouroboros \(res.partner\) → Ouroboros"):
            self.run_on(action, self.partner)
        self.assertFalse(state_of(self.env.cr).stack)

    def test_frames_are_gone_after_an_error(self):
        """An error leaves nothing on the stack that later runs would hang below."""
        action = self.new_action("code", code="raise UserError('x')")
        with self.assertRaises(UserError):
            self.run_on(action, self.partner)
        self.assertIsNone(state_of(self.env.cr).current)

    def test_overridden_stock_runner_still_runs(self):
        """A one-record runner that somebody overrides is called, record by record."""
        seen = []

        def _run_action_object_write(this, eval_context=None):
            seen.append(this.env.context["active_id"])

        action = self.new_action("object_write", update_path="ref", value="x")
        self.patch(type(action), "_run_action_object_write", _run_action_object_write)
        self.run_on(action, self.partners)
        self.assertEqual(seen, self.partners.ids)
