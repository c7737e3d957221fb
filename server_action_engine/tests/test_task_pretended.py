"""A caller cannot make the engine believe that a task runs: contexts come from anywhere."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.server_action_engine.core.frames import DueTask, state_of

from .task_case import TaskCase


@tagged("post_install", "-at_install", "server_action_engine")
class TestTaskPretended(TaskCase):
    """Every call here has the context of an attacker."""

    def pretend(self, action, records=None, **more):
        """Run as a client does that names a task of its own invention."""
        context = {
            "server_action_engine_task": 4711,
            "server_action_engine_task_depth": -1000,
            "server_action_engine_task_values": {"text": "forged"},
            **more,
        }
        return self.run_on(action, self.partners if records is None else records, **context)

    def runs_of(self, action):
        return self.env["server.action.run"].search([("action_id", "=", action.id)])

    def test_an_action_for_the_background_is_still_queued(self):
        """It does not run in the transaction of a user who names a task."""
        action = self.new_code(execution="task")
        user = new_test_user(self.env, "pretender", groups="base.group_user,base.group_system")
        self.pretend(action.with_user(user), self.partners.with_user(user))
        self.assertEqual(self.partners.mapped("color"), [0, 1, 2, 3])
        self.assertEqual(len(self.Task.search([("action_id", "=", action.id)])), 4)
        self.drain()
        self.assertEqual(self.partners.mapped("color"), [100, 101, 102, 103])

    def test_the_log_names_who_it_was(self):
        """The run is not put down to a task."""
        action = self.new_code()
        self.pretend(action)
        run = self.runs_of(action)
        self.assertEqual(
            (run.trigger_kind, run.origin_model, run.origin_id), ("manual", False, False)
        )

    @mute_logger("odoo.addons.server_action_engine.models.error_policy")
    def test_a_failure_is_logged_and_isolated(self):
        """Neither is the failure kept out of the log, nor does it undo the others' work."""
        action = self.new_code(
            "record.write({'color': 9})\n"
            f"if record.id == {self.partners[1].id}: raise UserError('no')",
            on_error="retry",
        )
        self.pretend(action)
        self.assertEqual(self.partners.mapped("color"), [9, 1, 9, 9])
        self.assertEqual(self.runs_of(action).mapped("error_message"), ["no"])
        self.assertEqual(
            self.Task.search([("action_id", "=", action.id)]).res_id, self.partners[1].id
        )

    def test_values_of_a_task_come_from_a_task(self):
        """Code that reads what its task was queued with does not get what a caller says."""
        action = self.new_code(
            "record.write({'comment': str(env.context.get('server_action_engine_task_values'))})"
        )
        self.pretend(action, self.partner)
        self.assertNotIn("forged", self.partner.comment)

    def test_the_depth_of_a_chain_is_counted_by_the_engine(self):
        """A loop does not reset its counter, and nobody can make others look like a loop."""
        action = self.new_code()
        for claimed in (-1000, 1000):
            records = self.partner.with_context(server_action_engine_task_depth=claimed)
            model = self.Task.with_context(server_action_engine_task_depth=claimed)
            self.assertEqual(model._enqueue(action, records).chain_depth, 0)
        with state_of(self.env.cr).carrying_out(DueTask(1, action.id, 7)):
            model = self.Task.with_context(server_action_engine_task_depth=-1000)
            self.assertEqual(model._enqueue(action, self.partner).chain_depth, 8)

    def test_nothing_of_it_is_kept_in_a_task(self):
        """The forged keys do not travel on with what is queued."""
        action = self.new_code(execution="task")
        self.pretend(action, self.partner, mine=1)
        task = self.Task.search([("action_id", "=", action.id)])
        self.assertEqual(task.context["mine"], 1)
        self.assertFalse([key for key in task.context if key.startswith("server_action_engine")])
        self.assertFalse(task.payload)

    def test_only_a_task_starts_an_action_of_a_rule_for_a_user(self):
        """What was queued with a user's rights runs; pretending that it was does not help."""
        user = new_test_user(
            self.env, "task_ruled", groups="base.group_user,base.group_partner_manager"
        )
        action = self.new_code()
        self.patch(type(action), "_is_for_rules_only", lambda self: True)
        record = self.partner.with_user(user)
        with self.assertRaises(AccessError):
            self.pretend(action.with_user(user), record)
        task = self.enqueue(action, record)
        self.assertFalse(task.superuser)
        self.drain()
        self.assertEqual((task.state, self.partner.color), ("done", 100))

    def test_a_real_task_is_not_disturbed_by_what_its_action_says(self):
        """Inside a task, an action for the background that the code starts is queued as ever."""
        inner = self.new_code(execution="task")
        outer = self.new_code(
            f"env['ir.actions.server'].browse({inner.id}).with_context("
            "server_action_engine_task=1, active_model='res.partner', active_id=record.id, "
            "active_ids=record.ids).run()"
        )
        self.enqueue(outer, self.partner)
        self.drain()
        task = self.Task.search([("action_id", "=", inner.id)])
        self.assertEqual((task.state, task.chain_depth, self.partner.color), ("done", 1, 100))
