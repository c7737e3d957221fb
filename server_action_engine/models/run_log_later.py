"""Failed runs outlive the transaction they belong to.

A failed run is kept as plain data until the fate of its transaction is known:

- rolled back: written from ``postrollback``, when the locks are gone, in a cursor of its own;
- committed all the same, because somebody caught the error: written in ``precommit`` if that
  queue still exists (a rolled-back savepoint empties it) and looked after in ``postcommit``,
  which finds out whether the row really is there.

``postrollback`` and ``postcommit`` exclude each other, so every failure is written once.
"""

import logging
import sys

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ConcurrencyError

from ..core.errors import RETRYABLE_PGCODES
from .run_log_rows import insert_rows

_logger = logging.getLogger(__name__)

_KEY = "server_action_engine.failures"
#: Nobody waits longer than this for the log. PostgreSQL's interval syntax.
_LOCK_TIMEOUT = "1s"


def failures_of(cr):
    """Return the failures waiting for the end of the transaction of ``cr``."""
    failures = cr.postrollback.data.get(_KEY)
    if failures is None:
        failures = cr.postrollback.data[_KEY] = Failures(cr)
    return failures


class Failures:
    """The failed runs of one transaction."""

    def __init__(self, cr):
        self._cr = cr
        self._registry = None
        # Each is [row or None, run id or None]: what to write, and where it has been written.
        self._entries = []

    def __copy__(self):
        # The queues' state is copied and restored around savepoints; failures are not undone.
        return self

    def __deepcopy__(self, memo):
        return Failures(self._cr)

    def add(self, env, row):
        """Keep the failed run ``row`` (see :func:`run_log_rows.run_rows`)."""
        self._entries.append([row, None])
        self._arm(env)

    def alert_later(self, env, run_id):
        """Alert the owner of a run with failures once the transaction is committed."""
        self._entries.append([None, run_id])
        self._arm(env)

    def _arm(self, env):
        self._registry = env.registry
        for queue, callback in (
            (self._cr.precommit, self._before_commit),
            (self._cr.postcommit, self._after_commit),
            (self._cr.postrollback, self._after_rollback),
        ):
            if callback not in queue._funcs:
                queue.add(callback)

    def _before_commit(self):
        """Write what is not written yet together with the surviving transaction."""
        waiting = [entry for entry in self._entries if entry[1] is None]
        if not waiting:
            return
        try:
            # Without flushing: this runs inside the flush that precedes a commit.
            with self._cr.savepoint(flush=False):
                run_ids = insert_rows(self._cr, [row for row, _id in waiting], check_links=True)
        except Exception:
            _logger.warning("The run log could not be written before the commit", exc_info=True)
            return
        for entry, run_id in zip(waiting, run_ids, strict=True):
            entry[1] = run_id

    def _after_commit(self):
        # A savepoint may have been rolled back after a flush had written into it.
        self._finish(self._entries)

    def _after_rollback(self):
        if _is_being_retried(sys.exc_info()[1]):
            self._entries = []
            return
        self._finish([[row, None] for row, _id in self._entries if row is not None])

    # They are promises to the administrator, not effects of the work that was undone.
    _after_commit.outlives_savepoint = True
    _after_rollback.outlives_savepoint = True

    def _finish(self, entries):
        self._entries = []
        if not entries:
            return
        try:
            run_ids = self._write(entries)
        except Exception:
            names = ", ".join(row[0][1] for row, _id in entries if row is not None)
            _logger.warning("The failed run of %s could not be logged", names, exc_info=True)
            return
        for run_id in run_ids:
            self._alert(run_id)
        self._announce(run_ids)

    def _write(self, entries):
        """Write the entries that are not in the database; return the ids of all."""
        with self._registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = %s", [_LOCK_TIMEOUT])
            cr.execute(
                "SELECT id FROM server_action_run WHERE id = ANY(%s)",
                [[run_id for _row, run_id in entries if run_id]],
            )
            present = {row[0] for row in cr.fetchall()}
            missing = [row for row, run_id in entries if row is not None and run_id not in present]
            written = insert_rows(cr, missing, check_links=True) if missing else []
        return [*sorted(present), *written]

    def _alert(self, run_id):
        # The run is committed: whatever goes wrong with the alert cannot take it away.
        try:
            with self._registry.cursor() as cr:
                cr.execute("SET LOCAL lock_timeout = %s", [_LOCK_TIMEOUT])
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["server.action.alert"]._alert_owner(run_id)
        except psycopg2.OperationalError as exc:
            if exc.pgcode not in RETRYABLE_PGCODES:
                _logger.warning("The alert for run %s failed", run_id, exc_info=True)
            # Else another failure of the same action is alerting the owner right now.
        except Exception:
            _logger.warning("The alert for run %s failed", run_id, exc_info=True)

    def _announce(self, run_ids):
        def tell(cr):
            api.Environment(cr, SUPERUSER_ID, {})["server.action.run"]._recorded(run_ids)

        # The runs are committed: what others make of them cannot take them away.
        try:
            with self._registry.cursor() as cr:
                # Nobody else would repeat it when they collide with another transaction.
                api.Environment(cr, SUPERUSER_ID, {})["server.action.task"]._in_transaction(tell)
        except Exception:
            _logger.warning("Nobody was told of the failed runs %s", run_ids, exc_info=True)


def _is_being_retried(exc):
    """Tell whether Odoo rolls back in order to try the whole transaction again."""
    return isinstance(exc, ConcurrencyError) or (
        isinstance(exc, psycopg2.OperationalError) and exc.pgcode in RETRYABLE_PGCODES
    )
