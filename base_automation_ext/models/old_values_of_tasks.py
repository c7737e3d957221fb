"""Old values for what a rule does in the background, when the change is long over."""

import json

from odoo import api, models

from odoo.addons.server_action_engine.models.server_action_task_enqueue import PAYLOAD_KEY

from .old_value_rows import pack, unpack

_KEY = "old"
_MODEL = "old_model"


def old_values_of_task(env):
    """Return (model name, old values by id) the running task was queued with, or None."""
    payload = env.context.get(PAYLOAD_KEY)
    if not isinstance(payload, dict) or payload.get(_MODEL) not in env:
        return None
    model = env[payload[_MODEL]]
    rows = payload.get(_KEY)
    if rows is None:
        return model._name, None
    return model._name, {int(id_): unpack(model, old) for id_, old in rows.items()}


class ServerActionTask(models.Model):
    _inherit = "server.action.task"

    @api.model
    def _enqueue(self, action, records, *, values=None, **options):
        context = self.env.context
        if (
            values is not None
            or "__action_done" not in context
            or "old_values" not in context
            or not action.sudo()._compare_old_values()
        ):
            return super()._enqueue(action, records, values=values, **options)
        old_values, values = context["old_values"], {_MODEL: records._name}
        if old_values is None:
            return super()._enqueue(action, records, values={**values, _KEY: None}, **options)
        tasks = super()._enqueue(action, records, values={**values, _KEY: {}}, **options)
        self._keep_old_values(tasks, records.sudo(), old_values)
        return tasks

    def _keep_old_values(self, tasks, records, old_values):
        """Give each new task the old values of its records, in one statement."""
        rows = [(record.id, pack(record, old_values.get(record.id, {}))) for record in records]
        # One task for all records, or one for each.
        shared = json.dumps(dict(rows))
        self.env.cr.execute(
            """
            UPDATE server_action_task task
               SET payload = jsonb_set(task.payload, %(path)s, CASE
                       WHEN task.res_id IS NULL THEN %(shared)s::jsonb
                       ELSE jsonb_build_object(task.res_id::text, change.old) END)
              FROM unnest(%(ids)s::int[], %(old)s::jsonb[]) AS change(res_id, old)
             WHERE task.id = ANY(%(tasks)s) AND task.payload -> %(key)s = '{}'
               AND change.res_id = coalesce(task.res_id, %(first)s)
            """,
            {
                "path": [_KEY],
                "key": _KEY,
                "shared": shared,
                "ids": [id_ for id_, _old in rows],
                "old": [json.dumps(old) for _id, old in rows],
                "tasks": tasks.ids,
                "first": records[:1].id,
            },
        )
        tasks.invalidate_recordset(["payload"], flush=False)
