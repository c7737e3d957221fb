"""Queueing tasks."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import config

from odoo.addons.server_action_engine.core.errors import LoopGuardError
from odoo.addons.server_action_engine.core.frames import DueTask, state_of
from odoo.addons.server_action_engine.core.retry import RetryPolicy

from .task_case import TaskCase


@tagged("post_install", "-at_install", "server_action_engine")
class TestTaskEnqueue(TaskCase):
    def test_one_task_per_record_in_one_statement(self):
        """Any number of records are one INSERT; waking a lane takes two statements more."""
        action = self.new_code()
        self.enqueue(action, self.partner)
        partners = self.env["res.partner"].create([{"name": f"P{at}"} for at in range(50)])
        self.env.flush_all()
        one_lane = patch.dict(config.options, {"max_cron_threads": 2})
        with one_lane, self.assertQueryCount(3):
            tasks = self.enqueue(action, partners)
        self.assertEqual(tasks.mapped("res_id"), partners.ids)
        self.assertEqual(set(tasks.mapped("state")), {"pending"})
        self.assertEqual(len(set(tasks.mapped("batch_key"))), 1, "they may run together")

    def test_code_that_runs_once_per_batch_gets_one_task(self):
        """An action that looks at all its records gets them all, and no others."""
        code = "records[0].write({'comment': str(len(records))})"
        action = self.new_code(code, code_scope="batch")
        first = self.enqueue(action, self.partners[:3])
        self.enqueue(action, self.partners[3:])
        self.assertEqual(first.record_ids, self.partners[:3].ids)
        self.assertEqual(first.record_count, 3)
        self.assertEqual(self.drain(), 2)
        self.assertIn("3", self.partners[0].comment)
        self.assertIn("1", self.partners[3].comment)

    def test_batch_code_inside_another_action_counts_too(self):
        """A multi action is divided only if all its parts can be."""
        part = self.new_code("x = len(records)", code_scope="batch")
        multi = self.new_action("multi", child_ids=[(6, 0, part.ids)])
        self.assertEqual(len(self.enqueue(multi)), 1)
        part.code_scope = "record"
        self.assertEqual(len(self.enqueue(multi)), len(self.partners))

    def test_an_action_without_records_is_one_task(self):
        """No record is needed: the action runs once."""
        code = "env['res.partner'].create({'name': 'made by task'})"
        action = self.new_code(code, code_scope="batch")
        task = self.enqueue(action, self.env["res.partner"])
        self.assertFalse(task.res_id)
        self.drain()
        self.assertEqual(task.state, "done")
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "made by task")]), 1)

    def test_same_key_while_unfinished_is_not_queued_twice(self):
        """The second call gets the first one's tasks; after they are done the key is free."""
        action = self.new_code()
        first = self.enqueue(action, idempotency_key="once")
        self.assertEqual(self.enqueue(action, idempotency_key="once"), first)
        more = self.enqueue(action, self.partners[3:], idempotency_key="once")
        self.assertEqual(more, first[3], "the key counts per record")
        self.assertEqual(self.drain(), len(first))
        self.assertFalse(self.enqueue(action, idempotency_key="once") & first)

    def test_a_request_that_comes_too_late_for_all_running_tasks_gets_another(self):
        """None of them may see what it is about, so none of them stands for it."""
        action, seen = self.new_code(), self.Task
        for _number in range(3):
            task = self.Task._enqueue_when_quiet(
                action, self.partner, quiet_seconds=60, idempotency_key="quiet"
            )
            self.assertEqual(len(task), 1)
            self.assertFalse(task & seen)
            task.state = "started"
            seen += task

    def test_a_dedupe_window_keeps_the_key_of_finished_tasks(self):
        """Within the window a finished task still stands for the work; later it does not."""
        action = self.new_code()
        task = self.enqueue(action, self.partner, idempotency_key="k", dedupe_seconds=3600)
        self.drain()
        self.assertEqual((task.state, task.key_held), ("done", True))
        again = self.enqueue(action, self.partner, idempotency_key="k", dedupe_seconds=3600)
        self.assertEqual(again, task)
        task.key_held_until = "2020-01-01 00:00:00"
        self.env.flush_all()
        later = self.enqueue(action, self.partner, idempotency_key="k")
        self.assertNotEqual(later, task)

    def test_user_company_and_context_are_kept(self):
        """The task carries what the action would have had if it had run at once."""
        company = self.env["res.company"].create({"name": "Task Ltd"})
        self.env.user.company_ids |= company
        records = self.partner.with_context(
            lang="en_US",
            active_ids=[1],
            default_name="x",
            allowed_company_ids=company.ids,
            odd=object(),
        )
        task = self.enqueue(self.new_code(), records)
        self.assertEqual(task.user_id, self.env.user)
        self.assertEqual(task.company_id, company)
        self.assertEqual(
            task.context,
            {"lang": "en_US", "default_name": "x", "allowed_company_ids": company.ids},
        )

    def test_different_users_do_not_share_a_batch(self):
        """Tasks run together only if everything but the record is equal."""
        action = self.new_code()
        other = self.env.ref("base.user_admin")
        mine = self.enqueue(action, self.partners[0])
        theirs = self.enqueue(action, self.partners[1].with_user(other))
        in_french = self.enqueue(action, self.partners[2].with_context(lang="fr_FR"))
        self.assertEqual(len(set((mine | theirs | in_french).mapped("batch_key"))), 3)

    def test_code_that_queues_record_by_record_leaves_no_trace_of_its_batch(self):
        """What it queues can run together with what another batch of it queued."""
        follow = self.new_code()
        action = self.new_code(
            f"follow = env['ir.actions.server'].browse({follow.id})\n"
            "env['server.action.task']._enqueue(follow, record)"
        )
        self.run_on(action, self.partners[:2])
        self.run_on(action, self.partners[2:])
        tasks = self.Task.search([("action_id", "=", follow.id)])
        self.assertEqual(len(tasks), 4)
        self.assertEqual(len(set(tasks.mapped("batch_key"))), 1)

    def test_values_reach_the_action(self):
        """What is queued with the task is in the context of the action."""
        action = self.new_code(
            "record.write({'comment': env.context['server_action_engine_task_values']['text']})"
        )
        self.enqueue(action, self.partners[0], values={"text": "one"})
        self.enqueue(action, self.partners[1], values={"text": "two"})
        self.drain()
        self.assertIn("one", self.partners[0].comment)
        self.assertIn("two", self.partners[1].comment)

    def test_the_actions_own_retry_policy_is_the_default(self):
        """Retries come from the action if it is to be retried, else from the call."""
        action = self.new_code(on_error="retry", retry_max=7, retry_delay_seconds=11)
        task = self.enqueue(action, self.partner)
        self.assertEqual((task.max_attempts, task.retry_delay_seconds), (7, 11))
        action.on_error = "block"
        self.assertEqual(self.enqueue(action, self.partner).max_attempts, 1)
        chosen = self.enqueue(action, self.partner, retry=RetryPolicy(max_attempts=3))
        self.assertEqual(chosen.max_attempts, 3)

    def test_origin_may_be_a_record_or_a_description(self):
        """Both name what created the task."""
        task = self.enqueue(self.new_code(), self.partner, origin=self.partners[1])
        self.assertEqual((task.origin_model, task.origin_id), ("res.partner", self.partners[1].id))
        trigger = {"kind": "automation", "model": "res.partner", "id": 5, "user_id": 1}
        task = self.enqueue(self.new_code(), self.partner, origin=trigger)
        self.assertEqual((task.origin_kind, task.origin_id), ("automation", 5))

    def test_tasks_that_create_each_other_without_delay_are_a_loop(self):
        """The chain is cut; with a delay it is a timer and goes on."""
        action = self.new_code()
        last = DueTask(1, action.id, 100)
        with state_of(self.env.cr).carrying_out(last):
            with self.assertRaises(LoopGuardError) as caught:
                self.enqueue(action, self.partner)
            self.assertIn(action.name, str(caught.exception))
            task = self.enqueue(action, self.partner, delay_seconds=60)
        self.assertEqual(task.chain_depth, 0)

    def test_a_chain_of_tasks_is_counted(self):
        """A task queued by a task knows how deep it is."""
        follow = self.new_code()
        action = self.new_code(
            f"follow = env['ir.actions.server'].browse({follow.id})\n"
            "env['server.action.task']._enqueue(follow, record)"
        )
        self.enqueue(action, self.partner)
        self.drain()
        task = self.Task.search([("action_id", "=", follow.id)])
        self.assertEqual((task.chain_depth, task.state), (1, "done"))

    def test_deleting_an_action_deletes_its_tasks(self):
        """No task is left that could not run."""
        action = self.new_code()
        tasks = self.enqueue(action)
        action.unlink()
        self.assertFalse(tasks.exists())
