"""What administrators do with tasks, and what nobody else may."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .task_case import TaskCase


@tagged("post_install", "-at_install", "server_action_engine")
class TestTaskManage(TaskCase):
    def test_cancelled_tasks_never_run(self):
        """Cancelling is for good, until somebody requeues."""
        tasks = self.enqueue(self.new_code())
        tasks[:2].action_cancel()
        self.assertEqual(self.drain(), 2)
        self.assertEqual(self.partners.mapped("color"), [0, 1, 102, 103])
        self.assertEqual(set(tasks[:2].mapped("state")), {"cancelled"})
        tasks[0].action_requeue()
        self.drain()
        self.assertEqual(self.partners[0].color, 100)

    def test_paused_tasks_wait_to_be_resumed(self):
        """Pausing stops tasks from starting; resuming lets them go on."""
        tasks = self.enqueue(self.new_code())
        tasks.action_pause()
        self.assertEqual(self.drain(), 0)
        tasks.action_resume()
        self.assertEqual(self.drain(), 4)

    def test_run_now_shortens_a_delay(self):
        """A delayed task is due at once when an administrator says so."""
        tasks = self.enqueue(self.new_code(), delay_seconds=3600)
        self.assertEqual(self.drain(), 0)
        tasks.action_run_now()
        self.assertEqual(self.drain(), 4)

    def test_dead_tasks_are_requeued_in_bulk(self):
        """All of them run again together, with all their attempts."""
        action = self.new_code("raise UserError('down')")
        tasks = self.enqueue(action)
        self.drain()
        self.assertEqual(set(tasks.mapped("state")), {"failed"})
        action.code = "record.write({'color': 60})"
        answer = tasks.action_requeue()
        self.assertEqual(answer["params"]["type"], "success")
        self.assertEqual(len(set(tasks.mapped("batch_key"))), 1, "they may run together again")
        self.drain()
        self.assertEqual(self.partners.mapped("color"), [60] * 4)

    def test_states_that_do_not_allow_it_are_left_alone(self):
        """Part of a selection is changed and counted; nothing at all is an error."""
        tasks = self.enqueue(self.new_code())
        tasks[:3].action_cancel()
        answer = tasks.action_pause()
        self.assertEqual(set(tasks[:3].mapped("state")), {"cancelled"})
        self.assertEqual((tasks[3].state, answer["params"]["type"]), ("paused", "warning"))
        self.assertIn("1 tasks paused. 3 were left", answer["params"]["message"])
        with self.assertRaisesRegex(UserError, "None of the tasks"):
            tasks[:3].action_pause()

    def test_running_tasks_cannot_be_cancelled(self):
        """Their outcome belongs to the worker."""
        tasks = self.enqueue(self.new_code())
        self.claim(tasks)
        with self.assertRaisesRegex(UserError, "running task cannot be stopped"):
            tasks.action_cancel()
        self.assertEqual(set(tasks.mapped("state")), {"started"})

    def test_requeue_respects_the_idempotency_key(self):
        """A dead task does not run again beside a new one with its key."""
        action = self.new_code("raise UserError('down')")
        dead = self.enqueue(action, self.partner, idempotency_key="k")
        self.drain()
        fresh = self.enqueue(action, self.partner, idempotency_key="k")
        self.assertNotEqual(fresh, dead, "a dead task does not keep its key")
        with self.assertRaisesRegex(UserError, "idempotency key"):
            dead.action_requeue()
        fresh.action_cancel()
        dead.action_requeue()
        self.assertEqual(dead.state, "pending")

    def test_only_administrators_see_or_change_tasks(self):
        """Tasks hold ids of records of all kinds: nobody else reads them."""
        task = self.enqueue(self.new_code(), self.partner)
        groups = "base.group_user,base.group_partner_manager"
        user = new_test_user(self.env, "task_user", groups=groups)
        for call in (
            lambda: task.with_user(user).read(["state"]),
            lambda: task.with_user(user).action_cancel(),
            lambda: task.with_user(user).action_requeue(),
            lambda: task.with_user(user).action_open_records(),
            lambda: self.env["server.action.task.group"].with_user(user).create({"name": "g"}),
            lambda: self.env["server.action.health"].with_user(user).get_health(),
        ):
            with self.assertRaises(AccessError):
                call()
        admin = new_test_user(self.env, "task_admin", groups="base.group_system")
        task.with_user(admin).action_cancel()
        self.assertEqual(task.state, "cancelled")

    def test_links_lead_to_records_origin_and_runs(self):
        """The form's buttons open what they say."""
        task = self.enqueue(self.new_code(), self.partner, origin=self.partners[1])
        self.assertEqual(task.action_open_records()["res_id"], self.partner.id)
        self.assertEqual(task.action_open_origin()["res_id"], self.partners[1].id)
        self.drain()
        runs = task.action_open_runs()
        self.assertEqual(self.env[runs["res_model"]].search_count(runs["domain"]), 1)
        self.assertEqual(runs["display_name"], f"Runs of {task.display_name}")

    def test_finished_tasks_are_cleared_after_their_time(self):
        """Done 7 days, failed 90, unfinished and held keys as long as they are needed."""
        tasks = self.enqueue(self.new_code(), self.env["res.partner"].create([{"name": "x"}] * 6))
        done, fresh, failed, old_failed, held, waiting = tasks
        now = "2026-06-30 00:00:00"
        done.write({"state": "done", "finished_at": "2020-01-01"})
        fresh.write({"state": "done", "finished_at": self.env.cr.now()})
        failed.write({"state": "failed", "finished_at": self.env.cr.now()})
        old_failed.write({"state": "failed", "finished_at": "2020-01-01"})
        held.write(
            {
                "state": "done",
                "finished_at": "2020-01-01",
                "key_held": True,
                "key_held_until": "2999-01-01",
            }
        )
        waiting.write({"due_at": now})
        deleted, more = self.Task._gc_tasks()
        self.assertEqual((deleted, more), (2, False))
        self.assertEqual(tasks.exists(), fresh | failed | held | waiting)
        self.env["ir.config_parameter"].set_param("server_action_engine.task_keep_failed_days", "0")
        failed.finished_at = "2026-01-01"
        self.Task._gc_tasks()
        self.assertNotIn(failed, tasks.exists())

    def test_health_counts_and_names_what_fails(self):
        """The dashboard's numbers are those of the tasks."""
        before = self.env["server.action.health"].get_health()["counts"]
        bad = self.new_code("raise UserError('down')", name="Fails always")
        self.enqueue(bad)
        self.drain()
        self.enqueue(self.new_code(), delay_seconds=60)
        self.enqueue(self.new_code()).action_pause()
        ready = self.enqueue(self.new_code(), self.partner)
        self.make_due(ready)
        health = self.env["server.action.health"].get_health()
        counts = {name: health["counts"][name] - before[name] for name in before}
        self.assertEqual(
            [counts[name] for name in ("ready", "delayed", "paused", "failed", "failed_today")],
            [1, 4, 4, 4, 4],
        )
        row = next(row for row in health["actions"] if row["id"] == bad.id)
        self.assertEqual((row["name"], row["failed"], row["error"]), ("Fails always", 4, "down"))
        self.assertTrue([text for text in health["warnings"] if "has been ready for" in text])
