"""Tokens and what belongs to them: marks, triggers, incidents, the log."""

import traceback

from odoo import api, models
from odoo.tools import SQL

from .workflow_store_columns import NOW, Columns


class WorkflowStore(models.AbstractModel):
    _inherit = "workflow.store"

    @api.model
    def _create_tokens(self, changes, instances):
        rows = changes.tokens_created
        if not rows:
            return {}
        item = Columns(
            {
                "inst_id": ("int", [instances.get(row.instance, row.instance) for row in rows]),
                "act_id": ("int", [row.activity for row in rows]),
                "state": ("varchar", [row.state for row in rows]),
                "number": ("int", [row.number for row in rows]),
                "subflow_id": ("int", [instances.get(row.child, row.child) for row in rows]),
            }
        )
        ids = self._insert("workflow_workitem", item, entered_at=NOW)
        return {row.id: new for row, new in zip(rows, ids, strict=True)}

    @api.model
    def _tokens_update(self, changes, instances):
        """Yield the statement that moves tokens."""
        rows = changes.tokens_updated
        if rows:
            item = Columns(
                {
                    "id": ("int", [row.id for row in rows]),
                    "act_id": ("int", [row.activity for row in rows]),
                    "state": ("varchar", [row.state for row in rows]),
                    "number": ("int", [row.number for row in rows]),
                    "subflow_id": ("int", [instances.get(row.child, row.child) for row in rows]),
                }
            )
            yield item.sql(
                "UPDATE workflow_workitem w SET act_id = {act_id}, state = {state}, "
                "number = {number}, subflow_id = {subflow_id}, entered_at = CASE "
                "WHEN w.number = {number} THEN w.entered_at ELSE {now} END "
                "{source} WHERE w.id = {id} AND w.id = ANY({ids})"
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
        of = [instances.get(one.instance, one.instance) for one in troubles]
        item = Columns(
            {
                "instance_id": ("int", of),
                "workitem_id": ("int", [tokens.get(one.token, one.token) for one in troubles]),
                "activity_id": ("int", [one.activity for one in troubles]),
                "transition_id": ("int", [one.transition for one in troubles]),
                "message": ("text", [one.message for one in troubles]),
                "traceback": ("text", [_traceback(one.data) for one in troubles]),
            }
        )
        self._insert("workflow_incident", item, date=NOW, state="'open'")

    @api.model
    def _write_log(self, rows, instances, updates):
        """Write the log, and perform updates in the same statement."""
        if not rows:
            for update in updates:
                self.env.cr.execute(update)
            return
        graph_of = self.env["workflow.version"]._graph_of
        definitions = {graph: graph_of(graph).definition for graph in {row.graph for row in rows}}
        item = Columns(
            {
                "instance_id": ("int", [instances.get(row.instance, row.instance) for row in rows]),
                "wkf_id": ("int", [definitions[row.graph] for row in rows]),
                "version_id": ("int", [row.graph for row in rows]),
                "res_type": ("varchar", [row.res_type for row in rows]),
                "res_id": ("int", [row.res_id for row in rows]),
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
        )
        query = self._insertion("workflow_log", item, {"date": NOW})
        if updates:
            parts = [
                SQL("%s AS (%s)", SQL.identifier(f"update_{number}"), one)
                for number, one in enumerate(updates)
            ]
            query = SQL("WITH %s %s", SQL(", ").join(parts), query)
        self.env.cr.execute(query)

    @api.model
    def _log_without_instance(self, records, signal, reason):
        """Write a line about records that are in no workflow at all."""
        count = len(records)
        item = Columns(
            {
                "res_id": ("int", records.ids),
                "res_type": ("varchar", [records._name] * count),
                "uid": ("int", [self.env.uid] * count),
                "signal": ("varchar", [signal] * count),
                "reason": ("varchar", [reason] * count),
            }
        )
        self._insert("workflow_log", item, date=NOW, event="'refused'")
        self.env["workflow.log"].invalidate_model(flush=False)


def _traceback(exc):
    if not isinstance(exc, BaseException):
        return None
    return "".join(traceback.format_exception(exc))
