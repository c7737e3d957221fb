"""Taking tasks: every method here is a transaction of its own, committed before it returns.

Cursors are REPEATABLE READ. Each transaction begins with the statement that locks, so that its
snapshot is as young as can be; a row another lane changed in between raises a serialization
error, upon which the transaction starts over. No attempt is counted before the claim is committed.
"""

import logging
import random
import time
import uuid
from dataclasses import dataclass, field

from odoo import SUPERUSER_ID, api, models

from ..core.claim import Head, admit, is_grouped
from ..core.errors import is_retryable_db_error

_logger = logging.getLogger(__name__)

#: Tries of one claim before the lane looks elsewhere.
MAX_TRIES = 5
#: A started task whose row nobody has locked has crashed. Between the commit of the claim and the
#: lock of the run there is a moment in which a healthy one looks like that; this is longer.
CRASH_GRACE_SECONDS = 3
#: After this many crashes a task is not run again.
MAX_CRASHES = 3

#: Priorities and batch keys of all waiting tasks. Jumps from key to key in the index ("loose index
#: scan", PostgreSQL wiki), since a key may have any number of tasks behind its first.
_KEYS = """
    WITH RECURSIVE keys AS (
        (SELECT priority, batch_key FROM server_action_task
          WHERE state = 'pending' ORDER BY priority, batch_key LIMIT 1)
        UNION ALL
        SELECT further.* FROM keys, LATERAL (
            SELECT priority, batch_key FROM server_action_task
             WHERE state = 'pending'
               AND (priority, batch_key) > (keys.priority, keys.batch_key)
             ORDER BY priority, batch_key LIMIT 1) further
    )
"""

_CLAIM_COLUMNS = (
    "id, action_id, model, res_id, record_ids, payload, user_id, superuser, company_id, context, "
    "group_name, attempt, max_attempts, retry_delay_seconds, retry_factor, "
    "retry_max_delay_seconds, chain_depth"
)


@dataclass
class Claim:
    """Tasks that belong to this worker, and nobody else, as long as the token says so."""

    key: str
    token: str
    rows: list = field(default_factory=list)
    """Dictionaries of :data:`_CLAIM_COLUMNS`, in the order the tasks are due."""
    skipped: int = 0
    """Ready tasks that could not be part of it."""

    @property
    def ids(self):
        return [row["id"] for row in self.rows]

    def __str__(self):
        first = self.ids[0] if self.rows else None
        return f"{len(self.rows)} tasks from {first} on (worker {self.token})"


def _execute(cr, query, params=None):
    """Execute without a line in the log: a conflict with another lane is expected."""
    cr.execute(query, params, log_exceptions=False)


class ServerActionTask(models.Model):
    _inherit = "server.action.task"

    @api.model
    def _checkpoint(self, name, ids=()):
        """Do nothing. Called at named places between the steps of a task's life.

        Tests replace it to end the worker there; see ``tests/e2e``.
        """

    @api.model
    def _in_transaction(self, function, *args):
        """Return ``function(cr, *args)`` of a committed transaction, tried again on conflicts."""
        for tries_left in reversed(range(MAX_TRIES)):
            with self.pool.cursor() as cr:
                try:
                    result = function(cr, *args)
                    # The claim must be visible to all lanes before anything runs.
                    cr.commit()  # pylint: disable=invalid-commit
                    return result
                except Exception as exc:
                    cr.rollback()
                    if not tries_left or not is_retryable_db_error(exc):
                        raise
            time.sleep(random.uniform(0.001, 0.01))
        return None

    # -- looking ----------------------------------------------------------------------------------

    @api.model
    def _get_heads(self, cr):
        """Return the first ready task of each batch key, as ``Head``."""
        cr.execute(  # pylint: disable=sql-injection; a constant
            f"""{_KEYS}
            SELECT keys.priority, keys.batch_key, first.waiting FROM keys, LATERAL (
                SELECT extract(epoch FROM clock_timestamp() AT TIME ZONE 'UTC' - due_at)
                       ::float AS waiting
                  FROM server_action_task
                 WHERE state = 'pending' AND priority = keys.priority
                   AND batch_key = keys.batch_key
                   AND due_at <= clock_timestamp() AT TIME ZONE 'UTC'
                   AND (group_name IS NULL OR group_name <> ALL(%s))
                 ORDER BY due_at LIMIT 1) first
            """,  # noqa: S608 - a constant
            [self._get_closed_groups(cr)],
        )
        return [Head(*row) for row in cr.fetchall()]

    @api.model
    def _get_next_moment(self, cr):
        """Return when the next task that is not ready yet may be, None if there is none."""
        cr.execute(  # pylint: disable=sql-injection; a constant
            f"""{_KEYS}
            SELECT min(first.due_at) FROM keys, LATERAL (
                SELECT due_at FROM server_action_task
                 WHERE state = 'pending' AND priority = keys.priority
                   AND batch_key = keys.batch_key
                   AND due_at > clock_timestamp() AT TIME ZONE 'UTC'
                 ORDER BY due_at LIMIT 1) first
            """  # noqa: S608 - a constant
        )
        moments = [cr.fetchone()[0], self.env["server.action.task.group"]._get_next_room(cr)]
        return min((moment for moment in moments if moment), default=None)

    @api.model
    def _get_closed_groups(self, cr):
        room = self.env["server.action.task.group"]._get_rooms(cr)
        return [name for name, count in room.items() if not count]

    # -- claiming ---------------------------------------------------------------------------------

    @api.model
    def _claim(self, cr, head, limit):
        """Mark up to ``limit`` ready tasks of a batch key as started by a new worker token.

        :returns: a ``Claim``; without rows if others were faster
        """
        room = {}
        if is_grouped(head.key):
            # Two lanes must not both see a free place in a group. Unlike a lock on a row, LOCK
            # TABLE takes no snapshot, so the counts below include the last claim of each lane.
            _execute(cr, "LOCK TABLE server_action_task_group IN SHARE ROW EXCLUSIVE MODE")
            room = self.env["server.action.task.group"]._get_rooms(cr)
        _execute(
            cr,
            f"""
            SELECT {_CLAIM_COLUMNS} FROM server_action_task
             WHERE state = 'pending' AND priority = %s AND batch_key = %s
               AND due_at <= clock_timestamp() AT TIME ZONE 'UTC'
               AND (group_name IS NULL OR group_name <> ALL(%s))
             ORDER BY due_at, id LIMIT %s
               FOR NO KEY UPDATE SKIP LOCKED
            """,  # noqa: S608 - the columns are a constant
            [head.priority, head.key, [name for name, count in room.items() if not count], limit],
        )
        rows = cr.dictfetchall()
        admitted = admit(((row["id"], row["res_id"], row["group_name"]) for row in rows), room)
        chosen = set(admitted)
        claim = Claim(head.key, uuid.uuid4().hex, [row for row in rows if row["id"] in chosen])
        claim.skipped = len(rows) - len(claim.rows)
        self._checkpoint("claim.locked", admitted)
        _execute(
            cr,
            """
            UPDATE server_action_task
               SET state = 'started', attempt = attempt + 1, worker_token = %s,
                   started_at = clock_timestamp() AT TIME ZONE 'UTC'
             WHERE id = ANY(%s)
            """,
            [claim.token, admitted],
        )
        for row in claim.rows:
            row["attempt"] += 1
        self._checkpoint("claim.updated", admitted)
        return claim

    @api.model
    def _relock(self, cr, claim):
        """Lock the claimed tasks for the transaction that runs them.

        The lock is the sign of life: PostgreSQL frees it when the worker dies, however it dies.
        Tasks that lost their token meanwhile belong to somebody else and are left out. Waits for
        locks instead of skipping them: only another lane that looks for crashed tasks can hold
        one, for a moment.

        :returns: the rows of the claim that are still its own
        """
        _execute(
            cr,
            """
            SELECT id FROM server_action_task
             WHERE id = ANY(%s) AND state = 'started' AND worker_token = %s
               FOR NO KEY UPDATE
            """,
            [claim.ids, claim.token],
        )
        own = {id_ for [id_] in cr.fetchall()}
        return [row for row in claim.rows if row["id"] in own]

    # -- giving back ------------------------------------------------------------------------------

    @api.model
    def _keep_alive(self, cr, claim):
        """Start the time again after which an unlocked task counts as crashed."""
        _execute(
            cr,
            """
            UPDATE server_action_task SET started_at = clock_timestamp() AT TIME ZONE 'UTC'
             WHERE id = ANY(%s) AND state = 'started' AND worker_token = %s
            """,
            [claim.ids, claim.token],
        )

    @api.model
    def _release(self, cr, claim, ids, *, alone=False, delay_seconds=0):
        """Let tasks wait again as if they had not been claimed.

        :param alone: each of them runs alone from now on
        """
        _execute(
            cr,
            """
            UPDATE server_action_task
               SET state = 'pending', attempt = attempt - 1, worker_token = NULL,
                   batch_key = CASE WHEN %s THEN 's' || substr(batch_key, 2) ELSE batch_key END,
                   due_at = greatest(due_at, clock_timestamp() AT TIME ZONE 'UTC'
                                             + %s * interval '1 second')
             WHERE id = ANY(%s) AND state = 'started' AND worker_token = %s
            """,
            [alone, delay_seconds, ids, claim.token],
        )

    @api.model
    def _reap(self, cr):
        """Take back the tasks whose workers died.

        :returns: number of tasks taken back
        """
        _execute(
            cr,
            """
            WITH crashed AS (
                SELECT id FROM server_action_task
                 WHERE state = 'started'
                   AND started_at <= clock_timestamp() AT TIME ZONE 'UTC'
                                     - %(grace)s * interval '1 second'
                   FOR NO KEY UPDATE SKIP LOCKED)
            UPDATE server_action_task t
               SET state = CASE WHEN crash_count + 1 >= %(max)s THEN 'failed' ELSE 'pending' END,
                   finished_at = CASE WHEN crash_count + 1 >= %(max)s
                                      THEN clock_timestamp() AT TIME ZONE 'UTC' END,
                   crash_count = crash_count + 1, attempt = attempt - 1, worker_token = NULL,
                   batch_key = 's' || substr(batch_key, 2),
                   error_type = 'WorkerLost', error_message = %(message)s, traceback = NULL
              FROM crashed WHERE t.id = crashed.id RETURNING t.id, t.state
            """,
            {
                "grace": CRASH_GRACE_SECONDS,
                "max": MAX_CRASHES,
                "message": self.env._(
                    "The worker ended while it ran this task: it was killed, ran out of memory or "
                    "time, or the server was stopped. Nothing of the attempt was kept. After "
                    "%(count)s such ends the task is not run again by itself.",
                    count=MAX_CRASHES,
                ),
            },
        )
        states = dict(cr.fetchall())
        ids = list(states)
        if dead := [id_ for id_, state in states.items() if state == "failed"]:
            api.Environment(cr, SUPERUSER_ID, {})[self._name]._gave_up(dead)
        self._checkpoint("reap.updated", ids)
        if ids:
            _logger.warning(
                "Workers died while running tasks %s …; all %s run alone next time.",
                ids[:10],
                len(ids),
            )
        return len(ids)

    @api.model
    def _get_crash_wait(self, cr):
        """Return the seconds until :meth:`_reap` may take something back, None if nothing.

        Locking tells the tasks of the dead from those of the living; the end of the transaction
        unlocks them.
        """
        _execute(
            cr,
            """
            SELECT extract(epoch FROM started_at - clock_timestamp() AT TIME ZONE 'UTC')::float
              FROM server_action_task WHERE state = 'started'
             ORDER BY started_at LIMIT 20 FOR NO KEY UPDATE SKIP LOCKED
            """,
        )
        waits = [max(0.0, wait + CRASH_GRACE_SECONDS) for [wait] in cr.fetchall()]
        return min(waits, default=None)
