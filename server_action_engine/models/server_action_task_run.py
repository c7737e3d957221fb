"""Running claimed tasks: effects and outcome are one commit, so effects happen exactly once."""

import logging
import random
import time
from contextlib import contextmanager
from dataclasses import replace

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

from ..core.bisection import Bisection
from ..core.claim import SEPARATE
from ..core.errors import PermanentError, is_retryable_db_error
from ..core.frames import DueTask, Frame, state_of
from ..core.retry import TRANSIENT_POLICY, RetryPolicy
from .server_action_task_claim import MAX_TRIES
from .server_action_task_enqueue import PAYLOAD_KEY
from .transaction_queues import revocable_savepoint

_logger = logging.getLogger(__name__)

#: Tasks that kept colliding with other transactions come back after this time.
CONFLICT_DELAY_SECONDS = 5


@contextmanager
def no_commit(cr, message):
    """Refuse ``commit`` and ``rollback``: either would separate a task from its outcome."""

    def refuse():
        raise UserError(message)

    cr.commit = cr.rollback = refuse
    try:
        yield
    finally:
        del cr.commit, cr.rollback


def _forgiving(callback):
    """Return ``callback`` in a form that logs its failure: the commit it follows is history."""

    def call():
        try:
            callback()
        except Exception:
            _logger.exception("A callback after the commit of background tasks failed")

    return call


class ServerActionTask(models.Model):
    _inherit = "server.action.task"

    @api.model
    def _run_claim(self, claim):
        """Run the claimed tasks and settle each of them.

        :returns: number of tasks that could not be decided and wait again
        """
        for tries_left in reversed(range(MAX_TRIES)):
            try:
                return self._run_claim_once(claim)
            except Exception as exc:  # noqa: BLE001 - a task's fault must not end the lane
                self.pool.reset_changes()
                if not is_retryable_db_error(exc):
                    return self._give_up_claim(claim, exc)
                # A conflict with another transaction is nobody's fault and no attempt.
                _logger.info("%s collided with another transaction: %s", claim, exc)
            if tries_left:
                self._in_transaction(self._keep_alive, claim)
                time.sleep(random.uniform(0.01, 0.1))
        self._in_transaction(
            lambda cr: self._release(cr, claim, claim.ids, delay_seconds=CONFLICT_DELAY_SECONDS)
        )
        return len(claim.rows)

    @api.model
    def _run_claim_once(self, claim):
        with self.pool.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            rows = env[self._name]._relock(cr, claim)
            self._checkpoint("run.locked", claim.ids)
            undecided = env[self._name]._run_rows(claim, rows) if rows else []
            self._checkpoint("finish.updated", claim.ids)
            self._commit_effects(cr)
        self.pool.signal_changes()
        self._checkpoint("finish.committed", claim.ids)
        return len(undecided)

    @api.model
    def _commit_effects(self, cr):
        """Commit effects and outcomes together; what is promised for afterwards cannot undo it."""
        cr.flush()
        queue = cr.postcommit._funcs
        callbacks = [_forgiving(callback) for callback in queue]
        queue.clear()
        queue.extend(callbacks)
        cr.commit()  # pylint: disable=invalid-commit; the drainer owns this transaction

    @api.model
    def _run_rows(self, claim, rows):
        """Run locked tasks and write their outcome, all in the cursor of ``self``.

        :returns: ids that the transaction's savepoints did not suffice for
        """
        cr = self.env.cr
        state = state_of(cr)
        trial = Bisection(len(rows), one_by_one=claim.key.startswith(SEPARATE))
        outcomes = {}
        while (part := trial.next()) is not None and state.take_savepoint(cr.now()):
            tasks = rows[part]
            state.failed_task_frame = None
            try:
                with revocable_savepoint(cr):
                    result = self._run_together(tasks)
            except Exception as exc:
                if is_retryable_db_error(exc):
                    raise
                if trial.failed():
                    self._fail_row(claim, tasks[0], exc)
            else:
                trial.passed()
                outcomes.setdefault(result, []).extend(row["id"] for row in tasks)
        self._checkpoint("run.executed", claim.ids)
        for result, ids in outcomes.items():
            self._finish(claim, ids, result)
        undecided = [rows[at]["id"] for at in trial.undecided]
        if undecided:
            self._release(cr, claim, undecided)
        return undecided

    @api.model
    def _run_together(self, rows):
        """Run one action once on the records of all ``rows``.

        :returns: a few words about the result
        """
        first = rows[0]
        env = self._get_task_env(first)
        ids = first["record_ids"] or [row["res_id"] for row in rows if row["res_id"]]
        records = env[first["model"]].browse(ids).exists() if ids else env[first["model"]]
        if ids and not records:
            return self.env._("The records do not exist any more.")
        action = env["ir.actions.server"].browse(first["action_id"]).exists()
        if not action:
            raise PermanentError(self.env._("The action does not exist any more."))
        action = action.with_context(
            active_model=first["model"],
            active_ids=records.ids,
            active_id=records[:1].id,
            **{PAYLOAD_KEY: first["payload"]},
        )
        message = self.env._(
            "“%(action)s” runs as a background task, where nothing may be committed or rolled "
            "back in between: the task would not be safe to repeat. Use a scheduled action.",
            action=action.sudo().name,
        )
        task = DueTask(first["id"], action.id, first["chain_depth"])
        state = state_of(self.env.cr)
        with no_commit(self.env.cr, message), state.carrying_out(task):
            result = action.run()
            # What happens before the commit (computations, notes of tracked changes) comes of the
            # task: tasks queued there are one deeper. It is not what the task was queued for.
            with state.carrying_out(replace(task, action_id=0)):
                self.env.cr.flush()
        if isinstance(result, dict):
            return self.env._(
                "Nobody is there to follow the returned action (%(type)s).",
                type=result.get("type") or result.get("name") or "",
            )
        return str(result)[:200] if result else ""

    @api.model
    def _get_task_env(self, row):
        """Return the environment of the user the task belongs to."""
        env = self.env(user=row["user_id"], su=row["superuser"], context=row["context"] or {})
        if not env.user.exists():
            raise PermanentError(self.env._("The user of the task does not exist any more."))
        if not env.user.active and env.uid != SUPERUSER_ID:
            raise PermanentError(
                self.env._(
                    "User “%(user)s” is archived; tasks do not run in the name of archived users.",
                    user=env.user.name,
                )
            )
        return env

    # -- outcomes ---------------------------------------------------------------------------------

    @api.model
    def _finish(self, claim, ids, result):
        """Mark tasks as done in the transaction that holds their effects."""
        self.env.cr.execute(
            """
            UPDATE server_action_task
               SET state = 'done', worker_token = NULL, result = %s,
                   finished_at = clock_timestamp() AT TIME ZONE 'UTC',
                   error_type = NULL, error_message = NULL, traceback = NULL,
                   key_held = dedupe_seconds > 0,
                   key_held_until = CASE WHEN dedupe_seconds > 0
                       THEN clock_timestamp() AT TIME ZONE 'UTC'
                            + dedupe_seconds * interval '1 second' END
             WHERE id = ANY(%s) AND state = 'started' AND worker_token = %s
            """,
            [result or None, ids, claim.token],
        )
        if self.env.cr.rowcount != len(ids):
            # Only possible when the locks were lost; the effects must not be committed.
            raise RuntimeError(f"tasks {ids} were taken away from worker {claim.token}")

    @api.model
    def _fail_row(self, claim, row, exc):
        """Settle one task that failed alone: it is tried again later, or it has failed for good."""
        frame = getattr(state_of(self.env.cr), "failed_task_frame", None)
        chance = random.random()
        delay = self._get_row_policy(row).next_delay(row["attempt"], exc, chance, TRANSIENT_POLICY)
        failure = Frame(row["action_id"], "", "", row["model"])
        failure.fail(exc)
        self.env.cr.execute(
            """
            UPDATE server_action_task
               SET state = CASE WHEN %(delay)s::float IS NULL THEN 'failed' ELSE 'pending' END,
                   finished_at = CASE WHEN %(delay)s::float IS NULL
                                      THEN clock_timestamp() AT TIME ZONE 'UTC' END,
                   due_at = clock_timestamp() AT TIME ZONE 'UTC'
                            + coalesce(%(delay)s::float, 0) * interval '1 second',
                   worker_token = NULL, result = NULL,
                   batch_key = %(kind)s || substr(batch_key, 2),
                   error_type = %(type)s, error_message = %(message)s, traceback = %(traceback)s
             WHERE id = %(id)s AND state = 'started' AND worker_token = %(token)s
            """,
            {
                "delay": delay,
                # A task that failed does not make others fail with it a second time.
                "kind": SEPARATE,
                "type": failure.error_type,
                "message": failure.error_message,
                "traceback": failure.traceback,
                "id": row["id"],
                "token": claim.token,
            },
        )
        if delay is None:
            self._gave_up([row["id"]])
        self._checkpoint("fail.updated", [row["id"]])
        if frame is not None:
            self._log_failure(frame)

    @api.model
    def _log_failure(self, frame):
        """Put the failed attempt into the run log; ``_log_run`` left it to the drainer."""
        action = self.env["ir.actions.server"].browse(frame.action_id).exists()
        if action and action._effective_log_level() != "off":
            self.env["server.action.run"].sudo()._record_failure_later(frame, frame.trigger)

    @api.model
    def _get_row_policy(self, row):
        return RetryPolicy(
            max_attempts=row["max_attempts"],
            delay_seconds=row["retry_delay_seconds"] or 0.0,
            factor=row["retry_factor"] or 1.0,
            max_delay_seconds=row["retry_max_delay_seconds"] or 0.0,
        )

    @api.model
    def _give_up_claim(self, claim, exc):
        """Deal with a transaction that failed as a whole, such as at its commit.

        :returns: number of tasks that wait again
        """
        _logger.warning("%s failed as a whole: %s", claim, exc, exc_info=exc)
        if len(claim.rows) > 1:
            # Which of them is to blame shows when each has a transaction of its own.
            self._in_transaction(lambda cr: self._release(cr, claim, claim.ids, alone=True))
            return len(claim.rows)
        self._in_transaction(self._fail_claim, claim, exc)
        return 0

    @api.model
    def _fail_claim(self, cr, claim, exc):
        tasks = api.Environment(cr, SUPERUSER_ID, {})[self._name]
        for row in claim.rows:
            tasks._fail_row(claim, row, exc)
