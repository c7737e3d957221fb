"""Lanes: who wakes them, what they take first, and what they do about dead workers."""

import time
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from odoo.addons.server_action_engine.core.retry import RetryPolicy

from .task_case import TaskCase

CLAIM_LOGGER = "odoo.addons.server_action_engine.models.server_action_task_claim"


@tagged("post_install", "-at_install", "server_action_engine")
class TestTaskLanes(TaskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lanes = cls.env["ir.cron"]._get_task_lanes()
        cls.group = cls.env["server.action.task.group"]

    def triggers(self):
        return self.env["ir.cron.trigger"].search([("cron_id", "in", self.lanes.ids)])

    def order_of(self, *batches):
        """Run one lane; return the names of the actions in the order they ran."""
        with self.committed():
            self.Task._drain()
        tasks = self.Task.browse(batch.id for batch in batches)
        return [task.action_id.name for task in tasks.sorted("finished_at")]

    # -- waking -----------------------------------------------------------------------------------

    def test_two_lanes_are_installed(self):
        """They are active, leave no run in the log, and come back at least every minute."""
        self.assertEqual(len(self.lanes), 2)
        self.assertEqual(set(self.lanes.mapped("log_level")), {"off"})
        self.assertEqual(set(self.lanes.mapped("interval_type")), {"minutes"})

    def test_queueing_wakes_usable_lanes_once_per_transaction(self):
        """However many tasks are queued, a lane gets one trigger, when the transaction ends."""
        action = self.new_code()
        # A process without scheduler threads does not know how many another server has.
        for threads, lanes in ((3, self.lanes), (2, self.lanes[0]), (0, self.lanes)):
            with patch.dict(config.options, {"max_cron_threads": threads}):
                for _call in range(3):
                    self.enqueue(action)
                self.assertFalse(self.triggers())
                self.env.cr.flush()
            self.assertEqual(self.triggers().cron_id, lanes)
            self.assertEqual(len(self.triggers()), len(lanes))
            self.triggers().unlink()

    def test_a_rolled_back_savepoint_wakes_nobody(self):
        """Tasks and wake-up go together."""
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.enqueue(self.new_code())
            raise ZeroDivisionError
        self.env.cr.flush()
        self.assertFalse(self.triggers())

    def test_delayed_tasks_share_one_trigger(self):
        """A thousand delayed tasks are one trigger, at the minute after the first of them."""
        action = self.new_code()
        self.enqueue(action, delay_seconds=3600)
        self.env.cr.flush()
        self.enqueue(action, delay_seconds=7200)
        self.env.cr.flush()
        self.assertEqual(len(self.triggers()), 1)
        due = min(self.Task.search([("action_id", "=", action.id)]).mapped("due_at"))
        self.assertGreaterEqual(self.triggers().call_at, due)
        self.assertLess((self.triggers().call_at - due).total_seconds(), 61)

    def test_the_next_moment_is_that_of_the_first_task_due_later(self):
        """A lane that ends schedules what comes next, whatever its batch key."""
        self.enqueue(self.new_code(), self.partner, delay_seconds=7200)
        sooner = self.enqueue(self.new_code(), self.partner, delay_seconds=3600, priority=20)
        with self.committed():
            moment = self.Task._in_transaction(self.Task._get_next_moment)
        self.assertEqual(moment.replace(microsecond=0), sooner.due_at.replace(microsecond=0))

    def test_one_scheduler_thread_is_left_for_other_crons(self):
        """With two threads one lane works; the health page says so."""
        with patch.dict(config.options, {"max_cron_threads": 2}):
            self.assertEqual(self.env["ir.cron"]._get_usable_task_lanes(), self.lanes[0])
            self.assertTrue(self.Task._may_run_lane(self.lanes[0]))
            self.assertFalse(self.Task._may_run_lane(self.lanes[1]))
            warnings = self.env["server.action.health"].get_health()["warnings"]
            self.assertTrue([text for text in warnings if "Set max_cron_threads to 3" in text])
        with patch.dict(config.options, {"max_cron_threads": 3}):
            self.assertTrue(self.Task._may_run_lane(self.lanes[1]))
            warnings = self.env["server.action.health"].get_health()["warnings"]
            self.assertFalse([text for text in warnings if "max_cron_threads" in text])

    def test_the_emergency_exit_stops_the_lanes(self):
        """``automation_disabled`` in the configuration keeps every task waiting."""
        with patch.dict(config.options, {"automation_disabled": "True"}):
            self.assertFalse(self.Task._may_run_lane(self.lanes[0]))
        self.assertTrue(self.Task._may_run_lane(self.lanes[0]))

    def run_lane(self, seconds):
        """Run the first lane as the scheduler does, with so many seconds left."""
        with self.committed(), self.registry.cursor() as cr:
            context = {"cron_id": self.lanes[0].id, "cron_end_time": time.monotonic() + seconds}
            env = self.env(cr=cr, context=context)
            progress = env["ir.cron.progress"].create({"cron_id": self.lanes[0].id})
            env = env(context=dict(context, ir_cron_progress_id=progress.id))
            env["server.action.task"]._run_lane()
            return progress.done, progress.remaining

    def test_a_lane_reports_what_it_did(self):
        """Everything is run; nothing remains, and nobody is woken for nothing."""
        self.enqueue(self.new_code())
        self.env.cr.flush()
        self.triggers().unlink()
        self.assertEqual(self.run_lane(60), (4, 0))
        self.assertEqual(self.partners.mapped("color"), [100, 101, 102, 103])
        self.assertFalse(self.triggers())

    def test_a_lane_with_more_than_it_can_do_wakes_the_lanes_that_sleep(self):
        """Delayed tasks woke one lane only; a lane that is awake already is left alone."""
        action = self.new_code()
        small = patch("odoo.addons.server_action_engine.core.claim.FIRST_BATCH", 2)
        for awake in (False, True):
            self.enqueue(action)
            self.env.cr.flush()
            self.triggers().unlink()
            if awake:
                self.lanes[1]._trigger()
            with small, patch.dict(config.options, {"max_cron_threads": 3}):
                self.assertEqual(self.run_lane(60), (4, 0))
            self.assertEqual(self.triggers().cron_id, self.lanes[1])
            self.assertEqual(len(self.triggers()), 1)
            self.triggers().unlink()

    def test_a_lane_is_not_started_again_for_what_it_has_done(self):
        """Calls that came while it ran are answered; those for the other lane stay."""
        with patch.dict(config.options, {"max_cron_threads": 3}):
            self.enqueue(self.new_code())
            self.env.cr.flush()
            self.assertEqual(self.triggers().cron_id, self.lanes)
            self.assertEqual(self.run_lane(60), (4, 0))
        self.assertEqual(self.triggers().cron_id, self.lanes - self.lanes[0])

    def test_a_lane_that_ends_with_work_left_triggers_itself(self):
        """Its time is over: it reports no remainder, so that other crons get their turn first."""
        self.enqueue(self.new_code())
        self.env.cr.flush()
        self.triggers().unlink()
        self.assertEqual(self.run_lane(-1), (0, 0))
        self.assertEqual(self.triggers().cron_id, self.lanes[0])
        self.assertLessEqual(self.triggers().call_at, fields.Datetime.now())

    def test_a_lane_that_ends_schedules_the_next_moment(self):
        """What is due later gets a trigger at the minute after it."""
        task = self.enqueue(self.new_code(), self.partner, delay_seconds=3600)
        self.env.cr.flush()
        self.triggers().unlink()
        self.assertEqual(self.run_lane(60), (0, 0))
        self.assertGreaterEqual(self.triggers().call_at, task.due_at)

    def test_a_lane_rests_after_work_or_when_it_was_woken(self):
        """Not if it only looks in, or nobody else could run scheduled actions meanwhile."""
        lane, scheduled = self.lanes[0], self.Task.with_context(cron_end_time=time.monotonic() + 60)
        with patch.dict(config.options, {"max_cron_threads": 2}):
            rest = scheduled._get_rest(lane)
            self.assertFalse(rest.left())
            rest.worked()
            self.assertTrue(rest.left())
            by_hand = self.Task._get_rest(lane)
            by_hand.worked()
            self.assertFalse(by_hand.left(), "a user waits")
            lane._trigger()
            # Odoo cuts the moment down to the second.
            self.env.cr.execute(
                "UPDATE ir_cron_trigger SET call_at = clock_timestamp() AT TIME ZONE 'UTC'"
            )
            self.assertTrue(scheduled._get_rest(lane).left())
            self.assertFalse(scheduled._get_rest(self.lanes[1]).left())
        with patch.dict(config.options, {"max_cron_threads": 1}):
            rest = scheduled._get_rest(lane)
            rest.worked()
            self.assertFalse(rest.left())

    # -- order ------------------------------------------------------------------------------------

    def test_urgent_tasks_run_first(self):
        """Priority decides, not the order of queueing."""
        late = self.enqueue(self.new_code(name="late"), self.partner, priority=20)
        normal = self.enqueue(self.new_code(name="normal"), self.partner)
        urgent = self.enqueue(self.new_code(name="urgent"), self.partner, priority=0)
        self.assertEqual(self.order_of(late, normal, urgent), ["urgent", "normal", "late"])

    def test_a_short_queue_does_not_wait_for_a_long_one(self):
        """Actions of one priority take turns, batch by batch."""
        partners = self.env["res.partner"].create([{"name": f"P{at}"} for at in range(700)])
        flood = self.enqueue(self.new_code("x = 1", name="flood"), partners)
        single = self.enqueue(self.new_code("x = 2", name="single"), self.partner)
        with self.committed():
            self.Task._drain()
        self.env.cr.execute(
            "SELECT count(*) FROM server_action_task t, server_action_task single "
            "WHERE t.id = ANY(%s) AND single.id = %s AND t.finished_at > single.finished_at",
            [flood.ids, single.id],
        )
        self.assertGreaterEqual(self.env.cr.fetchone()[0], 200)

    # -- groups and rates -------------------------------------------------------------------------

    def test_a_group_is_worked_on_by_one_lane_at_a_time(self):
        """While a worker has tasks of a group, no other gets some; other tasks go on."""
        action = self.new_code()
        first = self.enqueue(action, self.partners[:2], group="api")
        self.claim(first)
        second = self.enqueue(action, self.partners[2:3], group="api")
        other = self.enqueue(action, self.partners[3:], group="another")
        self.assertEqual(self.drain(), 1)
        self.assertEqual((second.state, other.state), ("pending", "done"))
        self.group.create({"name": "api", "lane_limit": 2})
        self.assertEqual(self.drain(), 1)
        self.assertEqual(second.state, "done")

    def test_a_paused_group_waits(self):
        """Unpausing it wakes the lanes."""
        group = self.group.create({"name": "api", "paused": True})
        tasks = self.enqueue(self.new_code(), group="api")
        self.assertEqual(self.drain(), 0)
        self.env.cr.flush()
        self.triggers().unlink()
        group.paused = False
        self.env.cr.flush()
        self.assertTrue(self.triggers())
        self.assertEqual(self.drain(), len(tasks))

    def test_a_rate_limits_how_many_tasks_start_per_period(self):
        """No more than the rate start within any period; the rest follows when there is room."""
        self.group.create({"name": "api", "rate_count": 3, "rate_seconds": 600})
        tasks = self.enqueue(self.new_code(), group="api")
        self.assertEqual(self.drain(), 3)
        self.assertEqual(self.drain(), 0)
        with self.committed():
            moment = self.Task._in_transaction(self.Task._get_next_moment)
        started = tasks.filtered("started_at").sorted("started_at")
        self.assertLessEqual(abs((moment - started[0].started_at).total_seconds() - 600), 1)
        started[0].started_at = "2020-01-01 00:00:00"
        self.assertEqual(self.drain(), 1)

    # -- dead workers -----------------------------------------------------------------------------

    @mute_logger(CLAIM_LOGGER)
    def test_tasks_of_a_dead_worker_run_alone(self):
        """Nobody holds their lock: they are taken back, cost no attempt and run one by one."""
        tasks = self.enqueue(self.new_code())
        claim = self.claim(tasks)
        self.age_starts(tasks)
        transactions = []
        self.patch(
            type(self.Task),
            "_checkpoint",
            lambda self, name, ids=(): name == "claim.committed" and transactions.append(len(ids)),
        )
        self.assertEqual(self.drain(), 4)
        self.assertEqual(transactions, [1, 1, 1, 1])
        self.assertEqual(set(tasks.mapped("state")), {"done"})
        self.assertEqual(set(tasks.mapped("attempt")), {1})
        self.assertEqual(set(tasks.mapped("crash_count")), {1})
        # The worker was only slow: it finds out that the tasks are not its own any more.
        with self.committed():
            self.assertEqual(self.Task._run_claim(claim), 0)
        self.assertEqual(self.partners.mapped("color"), [100, 101, 102, 103])

    @mute_logger(CLAIM_LOGGER)
    def test_a_task_that_kills_three_workers_is_dead(self):
        """It is not run a fourth time until an administrator says so."""
        task = self.enqueue(self.new_code(), self.partner, retry=RetryPolicy(max_attempts=99))
        for crashes in (1, 2, 3):
            self.claim(task)
            self.age_starts(task)
            with self.committed():
                self.Task._in_transaction(self.Task._reap)
            self.assertEqual(task.crash_count, crashes)
        self.assertEqual((task.state, task.error_type), ("failed", "WorkerLost"))
        self.assertEqual(self.drain(), 0)
        task.action_requeue()
        self.assertEqual(self.drain(), 1)
        self.assertEqual((task.state, task.crash_count), ("done", 0))

    def test_a_task_just_claimed_is_not_taken_for_crashed(self):
        """Between claim and run nobody holds the lock for a moment."""
        tasks = self.enqueue(self.new_code())
        self.claim(tasks)
        with self.committed():
            self.assertEqual(self.Task._in_transaction(self.Task._reap), 0)
            wait = self.Task._in_transaction(self.Task._get_crash_wait)
        self.assertGreater(wait, 0)
        self.assertEqual(set(tasks.mapped("crash_count")), {0})
