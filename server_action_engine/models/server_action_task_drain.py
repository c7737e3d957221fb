"""The one function that works off tasks. Lanes call it; so may another scheduler."""

import logging
import time

from odoo import SUPERUSER_ID, api, models
from odoo.tools import config

from ..core.claim import Turn
from .event_hook_gate import is_disabled
from .server_action_task_claim import CRASH_GRACE_SECONDS
from .server_action_task_wait import REST_SECONDS, LaneRest

_logger = logging.getLogger(__name__)

#: How long a list of batch keys is good for while a lane is busy.
HEADS_SECONDS = 1.0
#: How often a busy lane looks for the tasks of dead workers.
REAP_SECONDS = 5.0
#: An idle lane waits that long for a task due or a crashed one, rather than ending.
SHORT_WAIT_SECONDS = CRASH_GRACE_SECONDS + 1.0
#: Slice of a lane that no scheduler has given an end.
SLICE_SECONDS = 10.0
#: How often a lane tells its scheduled action what it has done: a write and a commit each time.
PROGRESS_SECONDS = 1.0


class LaneProgress:
    """What a lane has done and its scheduled action does not know yet."""

    def __init__(self, cron):
        self._cron = cron
        self._count = 0
        self._told_at = time.monotonic()

    def add(self, count):
        """Count tasks; tell about them if the last time is long enough ago."""
        self._count += count
        if time.monotonic() - self._told_at >= PROGRESS_SECONDS:
            self.tell()

    def tell(self):
        """Tell the scheduled action; it also ends the transaction of the lane's own cursor."""
        # Never a remainder: the lane sees to it itself that it comes back.
        self._cron._commit_progress(self._count, remaining=0)
        self._count, self._told_at = 0, time.monotonic()


class ServerActionTask(models.Model):
    _inherit = "server.action.task"

    @api.model
    def _run_lane(self):
        """Work off tasks until none is ready or the time slice of the scheduled action is over.

        A lane that ends with work left triggers itself: Odoo's own "partially done" does not wake
        the scheduler and would stand still for up to a minute.
        """
        cron = self.env["ir.cron"].browse(self.env.context.get("cron_id"))
        if not self._may_run_lane(cron):
            return
        rest = self._get_rest(cron)
        progress = LaneProgress(cron)
        # Ends the transaction the scheduled action was read in: it must not keep an old snapshot
        # alive for as long as the lane runs.
        progress.tell()
        until = self.env.context.get("cron_end_time") or time.monotonic() + SLICE_SECONDS
        woken = False

        def on_full():
            nonlocal woken
            # Work for more than one lane. Whoever queued it may have known of fewer lanes, and
            # what was delayed woke only one. The others take their share while this one runs.
            if not woken:
                woken = bool(self._in_transaction(self._wake_sleeping_lanes, cron))

        with rest:
            done, left = self._drain(until, progress.add, on_full, rest)
        if left or self._in_transaction(self._forget_calls, cron):
            (cron or self.env["ir.cron"]._get_task_lanes()[:1])._trigger()
        elif moment := self._in_transaction(self._get_next_moment):
            self._trigger_lanes_at(moment)
        progress.tell()
        _logger.debug("Lane %s ran %s tasks, more waiting: %s", cron.id, done, left)

    @api.model
    def _forget_calls(self, cr, cron):
        """Delete the triggers that came while the lane was running: it has seen to them.

        Odoo would start it once more for nothing. Those of before are Odoo's to delete, and locked.

        :returns: whether there is work after all; a trigger is never seen without its tasks
        """
        cr.execute(
            "DELETE FROM ir_cron_trigger WHERE id IN (SELECT id FROM ir_cron_trigger "
            "WHERE cron_id = %s AND call_at <= clock_timestamp() AT TIME ZONE 'UTC' "
            "FOR UPDATE SKIP LOCKED)",
            [cron.id or None],
        )
        return bool(self._get_heads(cr))

    @api.model
    def _wake_sleeping_lanes(self, cr, cron):
        """Wake the other lanes that nobody has woken yet.

        A trigger that is due says that its lane was woken, or runs: the running scheduled action
        deletes its triggers, but that is not visible before it ends.

        :returns: the lanes that were woken
        """
        tasks = api.Environment(cr, SUPERUSER_ID, {})[self._name]
        others = tasks.env["ir.cron"]._get_usable_task_lanes() - cron
        cr.execute(
            "SELECT cron_id FROM ir_cron_trigger WHERE cron_id = ANY(%s) "
            "AND call_at <= clock_timestamp() AT TIME ZONE 'UTC'",
            [others.ids],
        )
        sleeping = others - others.browse(id_ for [id_] in cr.fetchall())
        tasks._trigger_lanes(sleeping)
        return sleeping

    @api.model
    def _may_run_lane(self, cron):
        if is_disabled():
            return False
        return not cron or cron in self.env["ir.cron"]._get_usable_task_lanes()

    @api.model
    def _get_rest(self, cron):
        """Return the ``LaneRest`` of a lane: a moment in which it stays awake without work.

        There is no such moment for a lane that holds the only thread for scheduled actions, or a
        user's request. A lane that has not found any work rests only if it was woken just now: then
        there is work about, and the next piece may be its own.
        """
        if config["max_cron_threads"] <= 1 or not self.env.context.get("cron_end_time"):
            return LaneRest(self.env.cr.dbname, 0)
        # Odoo has deleted the triggers of the running lane, but not committed that yet.
        self.env.cr.execute(
            "SELECT EXISTS (SELECT FROM ir_cron_trigger WHERE cron_id = %s "
            "AND call_at <= clock_timestamp() AT TIME ZONE 'UTC' AND call_at "
            "> (clock_timestamp() AT TIME ZONE 'UTC') - %s * interval '1 second')",
            [cron.id, REST_SECONDS],
        )
        [woken] = self.env.cr.fetchone()
        return LaneRest(self.env.cr.dbname, REST_SECONDS, awake=woken)

    @api.model
    def _drain(self, until=None, on_batch=None, on_full=None, rest=None):
        """Claim and run ready tasks, batch after batch, until none is left or time is over.

        :param until: on ``time.monotonic()``; None: until nothing is ready
        :param on_batch: called with the number of tasks after each batch
        :param on_full: called before a batch is run that leaves tasks of its kind to others
        :param rest: a ``LaneRest`` for the time in which nothing is ready; None: only to wait for
            what will be ready in a moment
        :returns: (tasks run, whether there may be more)
        """
        turn, heads, done = Turn(), [], 0
        refreshed = reaped = time.monotonic()
        while until is None or time.monotonic() < until:
            if self.pool.check_signaling() is not self.pool:
                return done, True  # modules changed: go on in the new registry
            if time.monotonic() - reaped > REAP_SECONDS:
                self._in_transaction(self._reap)
                reaped = time.monotonic()
            if not heads or time.monotonic() - refreshed > HEADS_SECONDS:
                heads = self._in_transaction(self._get_heads)
                refreshed = time.monotonic()
            if not heads:
                if not self._in_transaction(self._reap) and not self._wait_for_work(until, rest):
                    return done, False
                continue
            head = turn.choose(heads, time.monotonic())
            count, more = self._drain_batch(turn, head, on_full)
            if not more:
                heads = [other for other in heads if other != head]
            done += count
            if count and rest:
                rest.worked()
            if count and on_batch:
                on_batch(count)
        return done, True

    @api.model
    def _drain_batch(self, turn, head, on_full=None):
        """Run one batch of a key.

        :returns: (tasks run, whether the key may have more)
        """
        limit, started = turn.limit(head.key), time.monotonic()
        claim = self._in_transaction(self._claim, head, limit)
        turn.served(head.key, started)
        if not claim.rows:
            return 0, False
        self._checkpoint("claim.committed", claim.ids)
        if on_full and len(claim.rows) >= limit:
            on_full()
        undecided = self._run_claim(claim)
        count = len(claim.rows)
        seconds = time.monotonic() - started
        turn.adapt(head.key, count, seconds, undecided=undecided, skipped=claim.skipped)
        return count - undecided, bool(undecided or claim.skipped or count >= limit)

    @api.model
    def _wait_for_work(self, until, rest):
        """Sleep until a task is queued, due or counts as crashed, if that may be soon.

        :returns: False if there is nothing to wait for
        """
        if until is None:
            return False
        self._checkpoint("lane.idle")
        left = until - time.monotonic()
        seconds = min(rest.left(), left) if rest else 0.0
        waits = self._in_transaction(self._get_waits)
        wait = min((moment for moment in waits if moment is not None), default=None)
        if wait is not None and wait <= min(SHORT_WAIT_SECONDS, left):
            seconds = wait + 0.01 if seconds <= 0 else min(seconds, wait + 0.01)
        if seconds <= 0:
            return False
        if rest is None:
            time.sleep(seconds)
        # What was queued before the lane listens, nobody tells it: it looks once more.
        elif not rest.start():
            rest.wait(seconds)
        return True

    @api.model
    def _get_waits(self, cr):
        """Return the seconds until a task may count as crashed, and until one is due."""
        moment, seconds = self._get_next_moment(cr), None
        if moment is not None:
            cr.execute(
                "SELECT extract(epoch FROM %s - clock_timestamp() AT TIME ZONE 'UTC')", [moment]
            )
            seconds = max(0.0, float(cr.fetchone()[0]))
        return self._get_crash_wait(cr), seconds
