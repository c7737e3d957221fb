"""Running tasks: outcomes, retries, isolation of failing records."""

from psycopg2.errors import SerializationFailure

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.server_action_engine.core.retry import RetryPolicy

from .task_case import TaskCase

RUN_LOGGER = "odoo.addons.server_action_engine.models.server_action_task_run"


@tagged("post_install", "-at_install", "server_action_engine")
class TestTaskRun(TaskCase):
    def test_equal_tasks_run_as_one_recordset(self):
        """Four tasks are one call of the action and one UPDATE."""
        action = self.new_action(
            "object_write", update_path="color", evaluation_type="value", value="42"
        )
        tasks = self.enqueue(action)
        self.assertEqual(self.drain(), 4)
        self.assertEqual(set(tasks.mapped("state")), {"done"})
        self.assertEqual(self.partners.mapped("color"), [42] * 4)
        runs = self.env["server.action.run"].search([("action_id", "=", action.id)])
        self.assertEqual(runs.mapped("record_count"), [4])
        self.assertEqual(runs.trigger_kind, "task")

    def count_writes(self, refuse_many=False):
        """Return a list that gets the number of records of each ``write`` on partners."""
        sizes, original = [], type(self.partners).write

        def write(records, vals):
            sizes.append(len(records))
            if refuse_many:
                records.ensure_one()
            return original(records, vals)

        self.patch(type(self.partners), "write", write)
        return sizes

    def test_code_that_writes_constants_writes_all_records_at_once(self):
        """Four tasks are one ``write``; called directly, the code still has its turn per record."""
        action = self.new_code("record.write({'color': 42})")
        tasks = self.enqueue(action)
        sizes = self.count_writes()
        self.drain()
        self.assertEqual(sizes, [4])
        self.assertEqual(self.partners.mapped("color"), [42] * 4)
        self.assertEqual(set(tasks.mapped("state")), {"done"})
        self.run_on(action, self.partners)
        self.assertEqual(sizes, [4, 1, 1, 1, 1])

    def test_code_that_computes_has_its_turn_per_record(self):
        """Only constants are the same for every record."""
        self.enqueue(self.new_code())
        sizes = self.count_writes()
        self.drain()
        self.assertEqual(sizes, [1, 1, 1, 1])
        self.assertEqual(self.partners.mapped("color"), [100, 101, 102, 103])

    def test_a_model_that_refuses_many_records_gets_them_one_by_one(self):
        """No task fails because others were run with it."""
        tasks = self.enqueue(self.new_code("record.write({'color': 42})"))
        self.count_writes(refuse_many=True)
        self.drain()
        self.assertEqual(set(tasks.mapped("state")), {"done"})
        self.assertEqual(self.partners.mapped("color"), [42] * 4)

    def test_two_tasks_for_one_record_are_two_runs(self):
        """Each task counts, also when both could be in one batch."""
        action = self.new_code()
        self.enqueue(action, self.partner)
        self.enqueue(action, self.partner)
        self.assertEqual(self.drain(), 2)
        self.assertEqual(self.partner.color, 200)

    def test_an_action_with_execution_task_runs_after_the_transaction(self):
        """The choke point queues it, and the drainer does not queue it again."""
        action = self.new_code(execution="task")
        self.assertFalse(self.run_on(action, self.partners))
        self.assertEqual(self.partners.mapped("color"), [0, 1, 2, 3])
        self.assertEqual(self.drain(), 4)
        self.assertEqual(self.partners.mapped("color"), [100, 101, 102, 103])
        self.assertFalse(self.Task.search([("state", "=", "pending")]))

    def test_a_bad_record_is_isolated(self):
        """The others are done; the bad one shows its error, and its effects are undone."""
        bad = self.partners[2]
        action = self.new_code(
            "record.write({'color': record.color + 100})\n"
            f"if record.id == {bad.id}: raise UserError('cannot stand it')"
        )
        tasks = self.enqueue(action)
        self.drain()
        self.assertEqual(self.partners.mapped("color"), [100, 101, 2, 103])
        failed = tasks.filtered(lambda task: task.state == "failed")
        self.assertEqual(failed.res_id, bad.id)
        self.assertEqual(failed.error_type, "UserError")
        self.assertEqual(failed.error_message, "cannot stand it")
        self.assertIn("UserError: cannot stand it", failed.traceback)
        self.assertEqual(len(tasks.filtered(lambda task: task.state == "done")), 3)
        runs = self.env["server.action.run"].search(
            [("action_id", "=", action.id), ("state", "=", "failed")]
        )
        self.assertEqual(runs.mapped("record_ids"), [[bad.id]], "one line, not one per half")

    def test_savepoints_of_one_transaction_are_limited(self):
        """A batch in which everything fails takes several transactions of ≤ 50 savepoints."""
        partners = self.env["res.partner"].create([{"name": f"P{at}"} for at in range(120)])
        tasks = self.enqueue(self.new_code("raise UserError('no')"), partners)
        transactions = []
        # The checkpoints are there for tests; in production the method is empty.
        self.patch(
            type(self.Task),
            "_checkpoint",
            lambda self, name, ids=(): name == "claim.committed" and transactions.append(len(ids)),
        )
        self.assertEqual(self.drain(), 120)
        self.assertEqual(set(tasks.mapped("state")), {"failed"})
        self.assertEqual(set(tasks.mapped("attempt")), {1}, "an undecided task has lost no attempt")
        self.assertGreater(sum(transactions), 120, "tasks were left undecided and claimed again")
        # 50 savepoints decide at least 20 tasks that all fail, and no more than 50.
        self.assertGreaterEqual(len(transactions), 3)
        self.assertLessEqual(len(transactions), 12)

    def test_retries_with_growing_delays_then_dead_then_requeued(self):
        """A failing task comes back as often as allowed; an administrator can start it over."""
        action = self.new_code("raise UserError('still down')")
        policy = RetryPolicy(max_attempts=3, delay_seconds=100, factor=10, max_delay_seconds=10**6)
        task = self.enqueue(action, self.partner, retry=policy)
        for attempt, least, most in ((1, 75, 100), (2, 750, 1000)):
            self.drain()
            self.assertEqual((task.state, task.attempt), ("pending", attempt))
            self.assertEqual(task.error_message, "still down")
            self.env.cr.execute(
                "SELECT extract(epoch FROM due_at - clock_timestamp() AT TIME ZONE 'UTC') "
                "FROM server_action_task WHERE id = %s",
                [task.id],
            )
            self.assertLessEqual(self.env.cr.fetchone()[0], most)
            delay = (task.due_at - task.started_at).total_seconds()
            self.assertGreaterEqual(delay, least - 1)
            self.assertEqual(self.drain(), 0, "it is not due yet")
            self.make_due(task)
        self.drain()
        self.assertEqual((task.state, task.attempt), ("failed", 3))
        self.assertTrue(task.finished_at)
        action.code = "record.write({'color': 77})"
        task.action_requeue()
        self.assertEqual((task.state, task.attempt), ("pending", 0))
        self.drain()
        self.assertEqual((task.state, task.attempt, self.partner.color), ("done", 1, 77))
        self.assertFalse(task.error_message)

    def test_permanent_errors_are_not_retried(self):
        """A deleted action is the author's business: no attempt is wasted."""
        task = self.enqueue(self.new_code(), self.partner, retry=RetryPolicy(max_attempts=9))
        task.action_id = 999999999
        self.drain()
        self.assertEqual((task.state, task.attempt), ("failed", 1))
        self.assertIn("does not exist", task.error_message)

    def test_transient_errors_are_retried_without_a_policy(self):
        """A lost connection to somebody else's server is worth another attempt."""
        action = self.new_code("raise ConnectionError('gone')")
        self.patch_names(action, ConnectionError=ConnectionError)
        task = self.enqueue(action, self.partner)
        self.drain()
        self.assertEqual((task.state, task.max_attempts), ("pending", 1))
        self.assertIn("gone", task.error_message)

    def patch_names(self, action, **names):
        """Offer further names to the code of actions."""
        original = type(action)._get_eval_context

        def extended(self, action=None):
            return {**original(self, action=action), **names}

        self.patch(type(action), "_get_eval_context", extended)

    def test_what_happens_before_the_commit_belongs_to_the_task(self):
        """Tasks queued there are counted as the task's, and its own action waits again."""
        action = self.new_code(
            "record.write({'color': record.color + 1})\nrun_before_commit(record)",
            execution="task",
        )
        runs = []

        def run_before_commit(record):
            runs.append(record.id)
            if len(runs) == 1:
                again = action.with_env(record.env).with_context(
                    active_model=record._name, active_ids=record.ids, active_id=record.id
                )
                record.env.cr.precommit.add(again.run)

        self.patch_names(action, run_before_commit=run_before_commit)
        self.enqueue(action, self.partner)
        self.drain()
        tasks = self.Task.search([("action_id", "=", action.id)], order="id")
        self.assertEqual(tasks.mapped("state"), ["done", "done"])
        self.assertEqual(tasks.mapped("chain_depth"), [0, 1])
        self.assertEqual(self.partner.color, 2)

    @mute_logger(RUN_LOGGER)
    def test_serialization_failures_cost_no_attempt(self):
        """A conflict is repeated at once, a lasting one later; neither counts."""
        action = self.new_code("collide(record)")
        calls = []

        def collide(record):
            calls.append(record.id)
            if len(calls) < 3:
                error = SerializationFailure("could not serialize access")
                raise _with_code(error)
            record.write({"color": 9})

        self.patch_names(action, collide=collide)
        task = self.enqueue(action, self.partner)
        self.drain()
        self.assertEqual(len(calls), 3)
        self.assertEqual((task.state, task.attempt, self.partner.color), ("done", 1, 9))

        lasting = self.new_code("collide_always()")

        def collide_always():
            raise _with_code(SerializationFailure("could not serialize access"))

        self.patch_names(lasting, collide_always=collide_always)
        task = self.enqueue(lasting, self.partner)
        self.drain()
        self.assertEqual((task.state, task.attempt, task.error_message), ("pending", 0, False))
        self.assertGreater(task.due_at, task.created_at)

    @mute_logger(RUN_LOGGER)
    def test_effects_of_tasks_taken_away_are_undone(self):
        """Who lost the tasks may not commit what they did; alone, the culprit shows its error."""
        thief = self.partners[1]

        def steal(self, name, ids=()):
            if name == "run.executed":
                self.env.cr.execute(
                    "UPDATE server_action_task SET worker_token = 'thief' "
                    "WHERE id = ANY(%s) AND res_id = %s",
                    [list(ids), thief.id],
                )

        self.patch(type(self.Task), "_checkpoint", steal)
        tasks = self.enqueue(self.new_code())
        self.drain()
        self.assertEqual(self.partners.mapped("color"), [100, 1, 102, 103])
        failed = tasks.filtered(lambda task: task.res_id == thief.id)
        self.assertEqual((failed.state, failed.error_type), ("failed", "RuntimeError"))
        self.assertEqual(set((tasks - failed).mapped("state")), {"done"})

    def test_a_task_may_not_commit(self):
        """A commit in between would part the task from its outcome; the error says what to do."""
        action = self.new_code("record.write({'color': 5})\nenv.cr.commit()")
        task = self.enqueue(action, self.partner)
        self.drain()
        self.assertEqual((task.state, self.partner.color), ("failed", 0))
        self.assertIn("scheduled action", task.error_message)

    def test_deleted_records_are_nothing_to_do(self):
        """Records that vanished are left out; the rest of the batch runs."""
        tasks = self.enqueue(self.new_code())
        self.partners[1].unlink()
        gone, left = tasks[1], tasks - tasks[1]
        self.drain()
        self.assertEqual(set(left.mapped("state")), {"done"})
        self.assertEqual(gone.state, "done")
        task = self.enqueue(self.new_code(), self.partners[2])
        self.partners[2].unlink()
        self.drain()
        self.assertEqual((task.state, task.result), ("done", "The records do not exist any more."))

    def test_tasks_run_with_the_rights_of_their_user(self):
        """A user who may not write the record may not do so through a task either."""
        user = new_test_user(self.env, "task_reader", groups="base.group_user")
        action = self.new_code("record.write({'color': 50})")
        task = self.enqueue(action, self.partner.with_user(user))
        self.assertFalse(task.superuser)
        with mute_logger("odoo.addons.base.models.ir_actions"):
            self.drain()
        self.assertEqual((task.state, task.error_type), ("failed", "AccessError"))
        task = self.enqueue(action, self.partner.with_user(user).sudo())
        self.drain()
        self.assertEqual((task.state, self.partner.color), ("done", 50))
        self.assertEqual(self.partner.write_uid, user)

    def test_tasks_of_archived_users_do_not_run(self):
        """Whoever left the company starts nothing any more."""
        user = new_test_user(self.env, "task_leaver", groups="base.group_system")
        task = self.enqueue(self.new_code(), self.partner.with_user(user))
        user.active = False
        self.drain()
        self.assertEqual(task.state, "failed")
        self.assertIn("archived", task.error_message)


def _with_code(error):
    # A real one carries PostgreSQL's code; the attribute is read-only on the class itself.
    class Conflict(type(error)):
        pgcode = "40001"

    return Conflict(str(error))
