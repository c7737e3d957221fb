"""Instances in the database: what the core reads and what it hands back, a statement per table."""

from odoo import api, models
from odoo.tools import SQL, ormcache

from ..core.rows import InstanceRow, Snapshot, TokenRow
from .workflow_store_columns import Columns

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
        """Return snapshots of those instances that exist, in the order of their ids."""
        return self._snapshots(SQL("i.id = ANY(%s)", list(ids)), lock=lock)

    @api.model
    def _load_of(self, records):
        """Lock all instances of records, ended ones too, and return their snapshots."""
        return self._snapshots(
            SQL("i.res_type = %s AND i.res_id = ANY(%s)", records._name, records.ids), lock=True
        )

    @api.model
    def _snapshots(self, condition, *, lock):
        """Read instances with everything the core wants of them, by one statement.

        NO KEY: rows of other tables that refer to a locked instance may still be inserted. Who gets
        the lock after somebody else has changed the instance is told to begin again; that its
        tokens are as old as itself is up to ``_change_instances``.
        """
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                SELECT i.id, i.version_id, i.res_type, i.res_id, COALESCE(i.uid, 0), i.state,
                       i.results, COALESCE(i.number, 0),
                       w.id, w.act_id, w.state, w.number, w.subflow_id,
                       (SELECT array_agg(ARRAY[m.transition_id, m.count] ORDER BY m.id)
                          FROM workflow_mark m WHERE m.instance_id = i.id),
                       (SELECT array_agg(DISTINCT p.inst_id)
                          FROM workflow_workitem p WHERE p.subflow_id = i.id)
                  FROM workflow_instance i LEFT JOIN workflow_workitem w ON w.inst_id = i.id
                 WHERE %s
                 ORDER BY i.id, w.number %s
                """,
                condition,
                SQL("FOR NO KEY UPDATE OF i" if lock else ""),
            ),
            # Whoever comes second is told to begin again, which is no error: Odoo does.
            log_exceptions=not lock,
        )
        found = {}
        for row in cr.fetchall():
            id_ = row[0]
            if id_ in found:
                found[id_][1].append(TokenRow(row[8], id_, *row[9:13]))
            else:
                tokens = [] if row[8] is None else [TokenRow(row[8], id_, *row[9:13])]
                found[id_] = (row, tokens)
        return [
            Snapshot(
                InstanceRow(*row[:6], _split(row[6]), row[7]),
                tuple(tokens),
                dict(row[13] or ()),
                tuple(row[14] or ()),
            )
            for row, tokens in found.values()
        ]

    # -- writing --------------------------------------------------------------------------------

    @api.model
    def _apply(self, changes):
        """Store the rows of ``changes``.

        :returns: ({provisional id: id} of instances, the same of tokens)
        """
        instances = self._create_instances(changes.instances_created)
        self._delete_rows(changes)
        updates = [*self._instances_update(changes), *self._tokens_update(changes, instances)]
        self._write_log(changes.log, instances, updates)
        tokens = self._create_tokens(changes, instances)
        self._change_marks(changes, instances)
        self._end_waits(changes)
        self._report_troubles(changes.troubles, instances, tokens)
        self._forget_cached()
        return instances, tokens

    @api.model
    def _forget_cached(self):
        """Let the ORM read again what it has shown; nobody writes these by it."""
        known = self.env.transaction.field_data
        for field in self._shown_fields():
            if known.get(field):
                field._invalidate_cache(self.env)

    @api.model
    @ormcache(cache="stable")
    def _shown_fields(self):
        """Return the fields that show these rows, those of other models among them."""
        own = [field for name in _MODELS for field in self.env[name]._fields.values()]
        others = [one for field in own for one in self.pool.field_inverses[field]]
        return tuple(dict.fromkeys([*own, *others]))

    @api.model
    def _create_instances(self, rows):
        if not rows:
            return {}
        graph_of = self.env["workflow.version"]._graph_of
        definitions = {graph: graph_of(graph).definition for graph in {row.graph for row in rows}}
        item = Columns(
            {
                "wkf_id": ("int", [definitions[row.graph] for row in rows]),
                "version_id": ("int", [row.graph for row in rows]),
                "res_type": ("varchar", [row.res_type for row in rows]),
                "res_id": ("int", [row.res_id for row in rows]),
                "uid": ("int", [row.uid or None for row in rows]),
                "state": ("varchar", [row.state for row in rows]),
                "results": ("varchar", [_join(row.results) for row in rows]),
                "number": ("int", [row.number for row in rows]),
            }
        )
        ended = SQL("CASE WHEN %s <> 'active' THEN %s END", item["state"], _NOW)
        ids = self._insert("workflow_instance", item, started_at=_NOW, ended_at=ended)
        return {row.id: new for row, new in zip(rows, ids, strict=True)}

    @api.model
    def _delete_rows(self, changes):
        if changes.instances_deleted:
            self.env.cr.execute(
                "DELETE FROM workflow_instance WHERE id = ANY(%s)", [changes.instances_deleted]
            )
        if changes.tokens_deleted:
            self.env.cr.execute(
                "DELETE FROM workflow_workitem WHERE id = ANY(%s)", [changes.tokens_deleted]
            )

    @api.model
    def _instances_update(self, changes):
        """Yield the statements that update instances."""
        if changes.instances_touched:
            # Another transaction that waits for the lock has read the tokens already.
            yield SQL(
                "UPDATE workflow_instance SET number = number WHERE id = ANY(%s)",
                changes.instances_touched,
            )
        rows = changes.instances_updated
        if rows:
            item = Columns(
                {
                    "id": ("int", [row.id for row in rows]),
                    "state": ("varchar", [row.state for row in rows]),
                    "results": ("varchar", [_join(row.results) for row in rows]),
                    "number": ("int", [row.number for row in rows]),
                }
            )
            yield SQL(
                "UPDATE workflow_instance i "
                "SET state = %(state)s, results = %(results)s, number = %(number)s, "
                "ended_at = CASE WHEN %(state)s = 'active' THEN NULL "
                "WHEN %(state)s = i.state THEN i.ended_at ELSE %(now)s END "
                "%(source)s WHERE i.id = %(id)s",
                **{name: item[name] for name in item.names},
                now=_NOW,
                source=item.source,
            )

    @api.model
    def _insert(self, table, item, **constants):
        """Insert rows.

        :param item: :class:`Columns`
        :param constants: SQL expressions of further columns
        :returns: the new ids, in the order of the rows
        """
        query = SQL("%s RETURNING id", self._insertion(table, item, constants))
        return [id_ for [id_] in self.env.execute_query(query)]

    @api.model
    def _insertion(self, table, item, constants):
        return SQL(
            "INSERT INTO %s (%s) SELECT %s %s %s",
            SQL.identifier(table),
            # The names are literals of these files.
            SQL(", ".join(f'"{name}"' for name in [*item.names, *constants])),  # pylint: disable=sql-injection
            SQL(", ").join([item.values, *constants.values()]),
            item.source,
            item.order,
        )


def _join(results):
    """Return names as stored: a line each."""
    return "\n".join(results) or None


def _split(results):
    return tuple(results.split("\n")) if results else ()
