"""Tokens and what belongs to them: marks, triggers, incidents, the log."""

import traceback

from odoo import api, models
from odoo.tools import SQL

from .workflow_store import _NOW


class WorkflowStore(models.AbstractModel):
    _inherit = "workflow.store"

    @api.model
    def _change_tokens(self, changes, instances):
        if changes.tokens_deleted:
            self.env.cr.execute(
                "DELETE FROM workflow_workitem WHERE id = ANY(%s)", [changes.tokens_deleted]
            )
        if changes.tokens_updated:
            self._update_tokens(changes.tokens_updated, instances)
        rows = changes.tokens_created
        if not rows:
            return {}
        ids = self._insert(
            "workflow_workitem",
            {
                "inst_id": ("int", [instances.get(row.instance, row.instance) for row in rows]),
                "act_id": ("int", [row.activity for row in rows]),
                "state": ("varchar", [row.state for row in rows]),
                "number": ("int", [row.number for row in rows]),
                "subflow_id": ("int", [instances.get(row.child, row.child) for row in rows]),
            },
            entered_at=_NOW,
        )
        return {row.id: new for row, new in zip(rows, ids, strict=True)}

    @api.model
    def _update_tokens(self, rows, instances):
        self.env.cr.execute(
            """
            UPDATE workflow_workitem w
               SET act_id = item.act_id, state = item.state, number = item.number,
                   subflow_id = item.subflow_id,
                   entered_at = CASE WHEN item.number = w.number THEN w.entered_at
                                     ELSE clock_timestamp() AT TIME ZONE 'UTC' END
              FROM unnest(%s::int[], %s::int[], %s::varchar[], %s::int[], %s::int[])
                   AS item(id, act_id, state, number, subflow_id)
             WHERE w.id = item.id
            """,
            [
                [row.id for row in rows],
                [row.activity for row in rows],
                [row.state for row in rows],
                [row.number for row in rows],
                [instances.get(row.child, row.child) for row in rows],
            ],
        )

    @api.model
    def _change_marks(self, changes, instances):
        if changes.marks_cleared:
            pairs = changes.marks_cleared
            self.env.cr.execute(
                "DELETE FROM workflow_mark m USING unnest(%s::int[], %s::int[]) "
                "AS item(instance, transition) "
                "WHERE m.instance_id = item.instance AND m.transition_id = item.transition",
                [[one for one, _edge in pairs], [edge for _one, edge in pairs]],
            )
        if changes.marks_set:
            marks = changes.marks_set
            self.env.cr.execute(
                "INSERT INTO workflow_mark (instance_id, transition_id, count) "
                "SELECT * FROM unnest(%s::int[], %s::int[], %s::int[]) "
                "ON CONFLICT (instance_id, transition_id) DO UPDATE SET count = excluded.count",
                [
                    [instances.get(mark.instance, mark.instance) for mark in marks],
                    [mark.transition for mark in marks],
                    [mark.times for mark in marks],
                ],
            )

    @api.model
    def _end_waits(self, changes):
        """Remove the triggers and timers of tokens that go, and close their incidents."""
        if changes.unwatched:
            self.env.cr.execute(
                "DELETE FROM workflow_trigger WHERE workitem_id = ANY(%s)", [changes.unwatched]
            )
        if changes.disarmed:
            self.env["server.action.task"]._cancel_timers(changes.disarmed)
        if changes.resolved:
            self.env.cr.execute(
                "UPDATE workflow_incident SET state = 'resolved', "
                "resolved_at = clock_timestamp() AT TIME ZONE 'UTC' "
                "WHERE workitem_id = ANY(%s) AND state = 'open'",
                [changes.resolved],
            )

    @api.model
    def _resolve(self, instances):
        """Close the incidents of instances that were stuck without any token."""
        self.env.cr.execute(
            "UPDATE workflow_incident SET state = 'resolved', "
            "resolved_at = clock_timestamp() AT TIME ZONE 'UTC' "
            "WHERE instance_id = ANY(%s) AND workitem_id IS NULL AND state = 'open'",
            [instances],
        )
        self.env["workflow.incident"].invalidate_model(flush=False)

    @api.model
    def _report_troubles(self, troubles, instances, tokens):
        if not troubles:
            return
        self._insert(
            "workflow_incident",
            {
                "instance_id": (
                    "int",
                    [instances.get(one.instance, one.instance) for one in troubles],
                ),
                "workitem_id": ("int", [tokens.get(one.token, one.token) for one in troubles]),
                "activity_id": ("int", [one.activity for one in troubles]),
                "transition_id": ("int", [one.transition for one in troubles]),
                "message": ("text", [one.message for one in troubles]),
                "traceback": ("text", [_traceback(one.data) for one in troubles]),
            },
            date=_NOW,
            state=SQL("'open'"),
        )

    @api.model
    def _write_log(self, rows, instances):
        if not rows:
            return
        columns = {
            "instance_id": ("int", [instances.get(row.instance, row.instance) for row in rows]),
            "event": ("varchar", [row.event for row in rows]),
            "uid": ("int", [row.uid or None for row in rows]),
            "activity_id": ("int", [row.activity for row in rows]),
            "transition_id": ("int", [row.transition for row in rows]),
            "signal": ("varchar", [row.signal or None for row in rows]),
            "reason": ("varchar", [row.reason or None for row in rows]),
            "detail": ("varchar", [row.detail or None for row in rows]),
            "number": ("int", [row.number for row in rows]),
            "origin": ("int", [row.origin or None for row in rows]),
        }
        names = SQL(", ").join(SQL.identifier(name) for name in columns)
        self.env.cr.execute(
            SQL(
                "INSERT INTO workflow_log (date, wkf_id, version_id, res_type, res_id, %(names)s) "
                "SELECT %(now)s, i.wkf_id, i.version_id, i.res_type, i.res_id, %(values)s "
                "FROM unnest(%(lists)s) WITH ORDINALITY AS item(%(names)s, position) "
                "LEFT JOIN workflow_instance i ON i.id = item.instance_id "
                "ORDER BY item.position",
                names=names,
                now=_NOW,
                values=SQL(", ").join(SQL.identifier("item", name) for name in columns),
                lists=SQL(", ").join(
                    # The types are literals of this file.
                    SQL(f"%s::{kind}[]", values)  # pylint: disable=sql-injection
                    for kind, values in columns.values()
                ),
            )
        )

    @api.model
    def _log_without_instance(self, records, signal, reason):
        """Write a line about records that are in no workflow at all."""
        self._insert(
            "workflow_log",
            {
                "res_id": ("int", records.ids),
                "res_type": ("varchar", [records._name] * len(records)),
            },
            date=_NOW,
            event=SQL("'refused'"),
            uid=SQL("%s", self.env.uid),
            signal=SQL("%s", signal),
            reason=SQL("%s", reason),
        )
        self.env["workflow.log"].invalidate_model(flush=False)


def _traceback(exc):
    if not isinstance(exc, BaseException):
        return None
    return "".join(traceback.format_exception(exc))
