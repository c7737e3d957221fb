"""Instances in the database: what the core reads and what it hands back, a statement per table."""

from odoo import api, models
from odoo.tools import SQL

from ..core.rows import InstanceRow, Snapshot, TokenRow

_NOW = SQL("clock_timestamp() AT TIME ZONE 'UTC'")
#: Models whose rows change behind the back of the ORM.
_MODELS = (
    "workflow.instance", "workflow.workitem", "workflow.mark", "workflow.trigger", "workflow.log",
    "workflow.incident",
)  # fmt: skip


class WorkflowStore(models.AbstractModel):
    _name = "workflow.store"
    _description = "Storage of Workflow Instances"

    # -- reading --------------------------------------------------------------------------------

    @api.model
    def _load(self, ids, *, lock):
        """Return snapshots of those instances that exist.

        Locked rows are read as they are once the lock is held. NO KEY: rows of other tables that
        refer to an instance may still be inserted.
        """
        ids = list(ids)
        cr = self.env.cr
        cr.execute(
            SQL(
                "SELECT id, version_id, res_type, res_id, uid, state, results, number "
                "FROM workflow_instance WHERE id = ANY(%s) ORDER BY id %s",
                ids,
                SQL("FOR NO KEY UPDATE" if lock else ""),
            ),
            # Whoever comes second is told to begin again, which is no error: Odoo does.
            log_exceptions=not lock,
        )
        rows = cr.fetchall()
        if not rows:
            return []
        tokens, marks, parents = self._tokens_of(ids), self._marks_of(ids), self._parents_of(ids)
        return [
            Snapshot(
                InstanceRow(
                    id_, version, res_type, res_id, uid or 0, state, _split(results), number or 0
                ),
                tuple(tokens.get(id_, ())),
                marks.get(id_, {}),
                tuple(parents.get(id_, ())),
            )
            for id_, version, res_type, res_id, uid, state, results, number in rows
        ]

    @api.model
    def _tokens_of(self, ids):
        tokens = {}
        for row in self.env.execute_query(
            SQL(
                "SELECT id, inst_id, act_id, state, number, subflow_id FROM workflow_workitem "
                "WHERE inst_id = ANY(%s) ORDER BY number",
                ids,
            )
        ):
            tokens.setdefault(row[1], []).append(TokenRow(*row))
        return tokens

    @api.model
    def _marks_of(self, ids):
        marks = {}
        for instance, transition, count in self.env.execute_query(
            SQL(
                "SELECT instance_id, transition_id, count FROM workflow_mark "
                "WHERE instance_id = ANY(%s) ORDER BY id",
                ids,
            )
        ):
            marks.setdefault(instance, {})[transition] = count
        return marks

    @api.model
    def _parents_of(self, ids):
        parents = {}
        for child, parent in self.env.execute_query(
            SQL(
                "SELECT DISTINCT subflow_id, inst_id FROM workflow_workitem "
                "WHERE subflow_id = ANY(%s)",
                ids,
            )
        ):
            parents.setdefault(child, []).append(parent)
        return parents

    # -- writing --------------------------------------------------------------------------------

    @api.model
    def _apply(self, changes):
        """Store the rows of ``changes``.

        :returns: ({provisional id: id} of instances, the same of tokens)
        """
        instances = self._create_instances(changes.instances_created)
        # Before anything is deleted: lines name the record of their instance.
        self._write_log(changes.log, instances)
        self._change_instances(changes)
        tokens = self._change_tokens(changes, instances)
        self._change_marks(changes, instances)
        self._end_waits(changes)
        self._report_troubles(changes.troubles, instances, tokens)
        self._forget_cached()
        return instances, tokens

    @api.model
    def _forget_cached(self):
        for name in _MODELS:
            # Nobody writes these by the ORM: there is nothing to flush.
            self.env[name].invalidate_model(flush=False)

    @api.model
    def _create_instances(self, rows):
        if not rows:
            return {}
        graphs = self.env["workflow.version"]
        ids = self._insert(
            "workflow_instance",
            {
                "wkf_id": ("int", [graphs._graph_of(row.graph).definition for row in rows]),
                "version_id": ("int", [row.graph for row in rows]),
                "res_type": ("varchar", [row.res_type for row in rows]),
                "res_id": ("int", [row.res_id for row in rows]),
                "uid": ("int", [row.uid or None for row in rows]),
                "state": ("varchar", [row.state for row in rows]),
                "results": ("varchar", [_join(row.results) for row in rows]),
                "number": ("int", [row.number for row in rows]),
            },
            started_at=_NOW,
            ended_at=SQL("CASE WHEN item.state <> 'active' THEN %s END", _NOW),
        )
        return {row.id: new for row, new in zip(rows, ids, strict=True)}

    @api.model
    def _change_instances(self, changes):
        if changes.instances_deleted:
            self.env.cr.execute(
                "DELETE FROM workflow_instance WHERE id = ANY(%s)", [changes.instances_deleted]
            )
        rows = changes.instances_updated
        if rows:
            self.env.cr.execute(
                """
                UPDATE workflow_instance i
                   SET state = item.state, results = item.results, number = item.number,
                       ended_at = CASE WHEN item.state = 'active' THEN NULL
                                       WHEN item.state = i.state THEN i.ended_at
                                       ELSE clock_timestamp() AT TIME ZONE 'UTC' END
                  FROM unnest(%s::int[], %s::varchar[], %s::varchar[], %s::int[])
                       AS item(id, state, results, number)
                 WHERE i.id = item.id
                """,
                [
                    [row.id for row in rows],
                    [row.state for row in rows],
                    [_join(row.results) for row in rows],
                    [row.number for row in rows],
                ],
            )

    @api.model
    def _insert(self, table, columns, **constants):
        """Insert rows given by column.

        :param columns: ``{name: (SQL type, values)}``
        :param constants: SQL expressions, the same for all rows; ``item`` is the row
        :returns: the new ids, in the order of the rows
        """
        names = list(columns)
        query = SQL(
            "INSERT INTO %s (%s) SELECT %s FROM unnest(%s) WITH ORDINALITY AS item(%s, position) "
            "ORDER BY item.position RETURNING id",
            SQL.identifier(table),
            SQL(", ").join(SQL.identifier(name) for name in [*names, *constants]),
            SQL(", ").join(
                [*(SQL.identifier("item", name) for name in names), *constants.values()]
            ),
            SQL(", ").join(
                # The types are literals of this file.
                SQL(f"%s::{kind}[]", values)  # pylint: disable=sql-injection
                for kind, values in columns.values()
            ),
            SQL(", ").join(SQL.identifier(name) for name in names),
        )
        return [id_ for [id_] in self.env.execute_query(query)]


def _join(results):
    """Return names as stored: a line each."""
    return "\n".join(results) or None


def _split(results):
    return tuple(results.split("\n")) if results else ()
