"""Inserting tasks: one statement whatever their number, and a lane that wakes after the commit."""

import json

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.claim import batch_key
from ..core.errors import LoopGuardError
from ..core.frames import state_of
from .record_environment import SCOPE_KEY
from .server_action_task import KEY_TAKEN

#: Context key while a task runs: the values it was queued with. Taken out of the context of any
#: other call (``IrActionsServer.run``).
PAYLOAD_KEY = "server_action_engine_task_values"
#: Tasks without delay that create each other deeper than this are a loop.
MAX_CHAIN_DEPTH = 100
#: ``cr.precommit.data`` key: due moments of the tasks of this transaction.
_WAKE_KEY = "server_action_engine.wake_lanes"

#: Belongs to the call that queues the task, not to the task.
_VOLATILE_CONTEXT = {
    "active_id",
    "active_ids",
    "active_model",
    "bin_size",
    "cron_end_time",
    "cron_id",
    "domain_post",
    "ir_cron_progress_id",
    "lastcall",
    "old_values",
    "onchange_self",
    "params",
    "uid",
    SCOPE_KEY,
}
#: So do the keys that begin like this.
_VOLATILE_PREFIXES = ("__", "server_action_engine_task")


class ServerActionTask(models.Model):
    _inherit = "server.action.task"

    @api.model
    def _enqueue(
        self,
        action,
        records,
        *,
        delay_seconds=0,
        priority=10,
        group=None,
        idempotency_key=None,
        dedupe_seconds=0,
        retry=None,
        origin=None,
        values=None,
        values_of=None,
    ):
        """Have an action run on records in the background, with the rights of ``records.env``.

        One task per record, so that each record succeeds, fails and is repeated on its own; lanes
        run equal tasks together as one recordset. An action that has to see all its records at
        once (code that runs once per batch) gets one task for all of them.

        :param action: one ``ir.actions.server``
        :param records: recordset the action runs on; may be empty for actions that need none
        :param delay_seconds: the tasks do not start before that time is over
        :param priority: 0 is the most urgent
        :param group: name of a concurrency group: one lane at a time works on it, unless a
            ``server.action.task.group`` of that name says otherwise
        :param idempotency_key: text; the id of the record is added where there is one task per
            record. While an unfinished task has the key no second one is created.
        :param dedupe_seconds: the key stays taken this long after its task is done
        :param retry: a ``RetryPolicy``; default is the action's own, if it is to be retried
        :param origin: what creates the tasks: a record, or ``{kind, model, id}``
        :param values: JSON-serialisable, handed to the action in the context under
            ``server_action_engine_task_values``
        :param values_of: ``{record id: values}`` in the place of ``values``, where each record has
            its own; for actions with one task per record
        :returns: the tasks that stand for the work: the new ones, and those that had the key
        :raises LoopGuardError: when tasks without delay create each other without end
        """
        action = action.sudo()
        action.ensure_one()
        ids = records.ids
        divisible = action._is_task_divisible()
        split = bool(ids) and (divisible or len(ids) == 1)
        # Values belong to one task: with them, tasks do not run together.
        merged = split and divisible and values is None and not values_of
        shared = self._prepare_shared_values(action, records, origin=origin, values=values)
        shared.update(self._prepare_retry_values(action, retry))
        shared.update(
            chain_depth=self._next_chain_depth(action, delay_seconds),
            due_at=SQL(
                "(clock_timestamp() AT TIME ZONE 'UTC') + %s * interval '1 second'", delay_seconds
            ),
            priority=priority,
            group_name=group or None,
            mergeable=merged,
            batch_key=batch_key(self._fingerprint(shared), merged=merged, grouped=bool(group)),
            record_ids=None if split or not ids else Json(ids),
            record_count=1 if split else len(ids),
            dedupe_seconds=dedupe_seconds if idempotency_key else 0,
        )
        rows = [
            (
                id_,
                f"{idempotency_key}:{id_}" if idempotency_key else None,
                json.dumps(values_of[id_]) if values_of else None,
            )
            for id_ in ids
        ]
        if not split:
            rows = [(None, idempotency_key or None, None)]
        tasks = self._insert_tasks(shared, rows)
        self._wake_lanes_after_commit(delay_seconds)
        return tasks

    @api.model
    def _prepare_shared_values(self, action, records, *, origin, values):
        """Return the columns that say what runs, and as whom."""
        env = records.env
        if isinstance(origin, models.BaseModel):
            origin = {"kind": origin._name, "model": origin._name, "id": origin[:1].id}
        origin = origin or {}
        return {
            "action_id": action.id,
            "model": records._name,
            "user_id": env.uid,
            "superuser": env.su,
            "company_id": env.company.id or None,
            "context": Json(self._keep_context(env)),
            "payload": None if values is None else Json(values),
            "origin_kind": origin.get("kind") or None,
            "origin_model": origin.get("model") or None,
            "origin_id": origin.get("id") or None,
        }

    @api.model
    def _keep_context(self, env):
        """Return the part of the context that means the same when the task runs."""
        kept = {}
        for key, value in env.context.items():
            if key in _VOLATILE_CONTEXT or key.startswith(_VOLATILE_PREFIXES):
                continue
            try:
                json.dumps(value)
            except (TypeError, ValueError):
                continue
            kept[key] = value
        if not kept.get("allowed_company_ids") and env.company:
            # The user may switch companies before the task runs.
            others = [id_ for id_ in env.companies.ids if id_ != env.company.id]
            kept["allowed_company_ids"] = [env.company.id, *others]
        return kept

    @api.model
    def _prepare_retry_values(self, action, retry):
        policy = retry or action._get_task_retry_policy()
        return {
            "max_attempts": policy.max_attempts,
            "retry_delay_seconds": policy.delay_seconds,
            "retry_factor": policy.factor,
            "retry_max_delay_seconds": policy.max_delay_seconds,
        }

    @api.model
    def _next_chain_depth(self, action, delay_seconds):
        # A task that comes back later is a timer; one that comes back at once is a loop.
        if delay_seconds:
            return 0
        task = state_of(self.env.cr).task
        depth = task.chain_depth + 1 if task else 0
        if depth > MAX_CHAIN_DEPTH:
            raise LoopGuardError(
                self.env._(
                    "Tasks start each other without end: “%(action)s” is number %(depth)s of a "
                    "chain. Add a condition that stops the chain, or a delay.",
                    action=action.name,
                    depth=depth,
                ),
                [action.name],
            )
        return depth

    @api.model
    def _fingerprint(self, shared):
        """Return a text that is equal for tasks that may run as one recordset."""
        names = ("action_id", "model", "user_id", "superuser", "company_id")
        same = [shared[name] for name in names]
        return json.dumps([*same, shared["context"].adapted], sort_keys=True)

    @api.model
    def _insert_tasks(self, shared, rows):
        """Insert one task per row of ``[(record id, key, values as JSON)]`` in one statement.

        :returns: the tasks, in the order of the rows
        """
        keys = [key for _id, key, _values in rows if key]
        if keys:
            self.flush_model()
            self._free_expired_keys(keys)
        columns = {
            **shared,
            "payload": SQL("coalesce(item.payload, %s::jsonb)", shared["payload"]),
            "state": "pending",
            "attempt": 0,
            "crash_count": 0,
            "key_held": False,
            "created_at": SQL("clock_timestamp() AT TIME ZONE 'UTC'"),
        }
        query = SQL(
            "INSERT INTO server_action_task (res_id, idempotency_key, %(names)s) "
            "SELECT item.res_id, item.key, %(values)s "
            "FROM unnest(%(ids)s::int[], %(keys)s::varchar[], %(payloads)s::jsonb[]) "
            "WITH ORDINALITY AS item(res_id, key, payload, position) ORDER BY item.position "
            "ON CONFLICT (idempotency_key) WHERE %(taken)s DO NOTHING RETURNING id",
            names=SQL(", ").join(SQL.identifier(name) for name in columns),
            values=SQL(", ").join(
                value if isinstance(value, SQL) else SQL("%s", value) for value in columns.values()
            ),
            ids=[id_ for id_, _key, _values in rows],
            keys=[key for _id, key, _values in rows],
            payloads=[values for _id, _key, values in rows],
            taken=SQL(KEY_TAKEN),
        )
        ids = [id_ for [id_] in self.env.execute_query(query)]
        if len(ids) < len(rows):
            ids += self._tasks_with_keys(keys, ids)
        return self.browse(ids)

    @api.model
    def _free_expired_keys(self, keys):
        self.env.cr.execute(
            """
            UPDATE server_action_task SET key_held = FALSE
             WHERE idempotency_key = ANY(%s) AND key_held
               AND key_held_until <= clock_timestamp() AT TIME ZONE 'UTC'
            """,
            [keys],
        )

    @api.model
    def _tasks_with_keys(self, keys, new_ids):
        query = SQL(
            "SELECT id FROM server_action_task WHERE idempotency_key = ANY(%s) AND %s "
            "AND id <> ALL(%s) ORDER BY id",
            keys,
            SQL(KEY_TAKEN),
            new_ids,
        )
        return [id_ for [id_] in self.env.execute_query(query)]

    # -- waking the lanes -------------------------------------------------------------------------

    @api.model
    def _wake_lanes_after_commit(self, delay_seconds=0):
        """Wake the lanes when this transaction commits, or when the delay is over.

        Collected and done once just before the commit. Rolling a savepoint back clears the queue
        of such callbacks together with the tasks, so neither outlives the other.
        """
        precommit = self.env.cr.precommit
        if _WAKE_KEY not in precommit.data:
            precommit.add(self.sudo()._wake_lanes)
        precommit.data.setdefault(_WAKE_KEY, set()).add(max(0, delay_seconds))

    @api.model
    def _wake_lanes(self):
        delays = self.env.cr.precommit.data.pop(_WAKE_KEY, ())
        if 0 in delays:
            self._trigger_lanes(self.env["ir.cron"]._get_task_lanes_to_wake())
        if later := [delay for delay in delays if delay]:
            # Not the start of the transaction: the tasks were inserted later than that.
            self.env.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
            [now] = self.env.cr.fetchone()
            self._trigger_lanes_at(fields.Datetime.add(now, seconds=min(later)))

    @api.model
    def _trigger_lanes(self, lanes):
        """Have lanes look for work as soon as this transaction is committed.

        More than one, since which is free is known only when a scheduler thread takes it.
        """
        if not lanes:
            return
        self.env["ir.cron.trigger"].sudo().create(
            [{"cron_id": lane.id, "call_at": fields.Datetime.now()} for lane in lanes[1:]]
        )
        lanes[0]._trigger()  # and one notification for all of them

    @api.model
    def _trigger_lanes_at(self, moment):
        """Have a lane look for work at a later moment; at most one trigger per minute."""
        lane = self.env["ir.cron"]._get_task_lanes()[:1]
        minute = moment.replace(second=0, microsecond=0)
        if minute < moment:
            minute = fields.Datetime.add(minute, minutes=1)
        trigger = self.env["ir.cron.trigger"].sudo()
        # One lane wakes the others if there is more than it can do, and schedules what is due
        # after that; an earlier trigger is therefore as good as one of our own.
        now = fields.Datetime.now()
        earlier = [("cron_id", "=", lane.id), ("call_at", ">", now), ("call_at", "<=", minute)]
        if lane and not trigger.search_count(earlier, limit=1):
            lane._trigger(at=minute)
