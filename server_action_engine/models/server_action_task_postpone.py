"""Tasks that wait for quiet: each new request for the same work puts it off."""

from odoo import api, models
from odoo.tools import SQL

#: Added to the key of a request that comes while the task with the key itself is running: what it
#: asks for may be too late for that task, so it has to wait for another one.
_AGAIN = "again"


class ServerActionTask(models.Model):
    _inherit = "server.action.task"

    @api.model
    def _enqueue_when_quiet(self, action, records, *, quiet_seconds, idempotency_key, **options):
        """Have an action run on each record once nobody has asked for it for some time.

        A task that waits for the same key and record is put off; what it was queued with first
        (``values``, user, context) stays. Only actions with one task per record can wait so.

        Beside other transactions: the waiting row is updated, so of two requests at once the
        second fails with a serialization error, which Odoo repeats, and a lane that is about to
        start the task is either waited for or sees the new moment.

        :param quiet_seconds: time without a request after which the task runs
        :param idempotency_key: text that stands for the work; the record's id is added
        :param options: further arguments of :meth:`_enqueue`
        :returns: the tasks that stand for the work
        """
        self.flush_model()
        keys = (idempotency_key, f"{idempotency_key}:{_AGAIN}")

        def with_ids(records):
            return [f"{key}:{id_}" for key in keys for id_ in records.ids]

        tasks, put_off = self._put_off(with_ids(records), quiet_seconds)
        fresh = records.filtered(lambda record: record.id not in put_off)
        running = self._running_keys(with_ids(fresh))

        def free_key(record):
            # None if tasks with both run: without a key nothing puts the new one off, but it runs.
            return next((key for key in keys if f"{key}:{record.id}" not in running), None)

        for key, part in fresh.grouped(free_key).items():
            tasks += self._enqueue(
                action, part, delay_seconds=quiet_seconds, idempotency_key=key, **options
            )
        return tasks

    def _put_off(self, keys, seconds):
        """Let waiting tasks start later; return them and the ids of their records."""
        query = SQL(
            "UPDATE server_action_task SET due_at = greatest(due_at, "
            "(clock_timestamp() AT TIME ZONE 'UTC') + %s * interval '1 second') "
            "WHERE idempotency_key = ANY(%s) AND state IN ('pending', 'paused') "
            "RETURNING id, res_id",
            seconds,
            keys,
        )
        rows = self.env.execute_query(query)
        tasks = self.browse(row[0] for row in rows)
        tasks.invalidate_recordset(["due_at"], flush=False)
        return tasks, {row[1] for row in rows}

    def _running_keys(self, keys):
        """Return those of the keys whose task runs now."""
        if not keys:
            return set()
        query = SQL(
            "SELECT idempotency_key FROM server_action_task "
            "WHERE idempotency_key = ANY(%s) AND state = 'started'",
            keys,
        )
        return {row[0] for row in self.env.execute_query(query)}
