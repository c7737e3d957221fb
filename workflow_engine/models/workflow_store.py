"""Instances in the database: what the core reads and what it hands back, a statement per table."""

from odoo import api, models
from odoo.tools import SQL, ormcache

from ..core.rows import InstanceRow, Snapshot, TokenRow
from .ir_model_fields import WorkflowPlaces
from .workflow_store_columns import NOW, Columns

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
        """Read instances with everything the core wants of them.

        NO KEY: rows of other tables that refer to a locked instance may still be inserted. Who gets
        the lock after somebody else has changed the instance is told to begin again; that its
        tokens are as old as itself is up to ``_instances_update``. OFFSET 0 keeps PostgreSQL from
        reading all tokens of the table to join a few.
        """
        cr = self.env.cr
        cr.execute(
            SQL(
                "SELECT i.id, i.version_id, i.res_type, i.res_id, i.uid, i.state, i.results, "
                "i.number, i.awaited, w.id, w.act_id, w.state, w.number, w.subflow_id "
                "FROM workflow_instance i LEFT JOIN LATERAL ("
                "SELECT * FROM workflow_workitem WHERE inst_id = i.id OFFSET 0) w ON true "
                "WHERE %s ORDER BY i.id, w.number %s",
                condition,
                SQL("FOR NO KEY UPDATE OF i" if lock else ""),
            ),
            # Whoever comes second is told to begin again, which is no error: Odoo does.
            log_exceptions=not lock,
        )
        found = {}
        for row in cr.fetchall():
            if row[0] not in found:
                found[row[0]] = row, []
            if row[9] is not None:
                found[row[0]][1].append(TokenRow(row[9], row[0], *row[10:]))
        marks = self._marks_of(found)
        parents = self._parents_of([id_ for id_, (row, _tokens) in found.items() if row[8]])
        return [
            Snapshot(
                InstanceRow(*row[:4], row[4] or 0, row[5], _split(row[6]), row[7] or 0),
                tuple(tokens),
                marks.get(id_, {}),
                tuple(parents.get(id_, ())),
            )
            for id_, (row, tokens) in found.items()
        ]

    @api.model
    def _marks_of(self, found):
        """Return ``{instance: {transition: count}}``; only versions with joins leave marks."""
        graph_of = self.env["workflow.version"]._graph_of
        joining = {version for version in {row[1] for row, _tokens in found.values()}
                   if graph_of(version).has_joins}  # fmt: skip
        ids = [id_ for id_, (row, _tokens) in found.items() if row[1] in joining]
        marks = {}
        if ids:
            query = SQL(
                "SELECT instance_id, transition_id, count FROM workflow_mark "
                "WHERE instance_id = ANY(%s) ORDER BY id",
                ids,
            )
            for instance, transition, count in self.env.execute_query(query):
                marks.setdefault(instance, {})[transition] = count
        return marks

    @api.model
    def _parents_of(self, ids):
        """Return ``{instance: instances that wait for it}``."""
        parents = {}
        if ids:
            query = SQL(
                "SELECT DISTINCT subflow_id, inst_id FROM workflow_workitem "
                "WHERE subflow_id = ANY(%s)",
                ids,
            )
            for child, parent in self.env.execute_query(query):
                parents.setdefault(child, []).append(parent)
        return parents

    # -- writing --------------------------------------------------------------------------------

    @api.model
    def _apply(self, changes):
        """Store the rows of ``changes``.

        :returns: ({provisional id: id} of instances, the same of tokens)
        """
        instances = self._create_instances(changes.instances_created)
        self._delete_rows(changes)
        updates = [
            *self._instances_update(changes, instances),
            *self._tokens_update(changes, instances),
        ]
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
        places = [
            field
            for model in self.pool.values()
            for field in model._fields.values()
            if isinstance(field, WorkflowPlaces)
        ]
        return tuple(dict.fromkeys([*own, *others, *places]))

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
        ended = "CASE WHEN {state} <> 'active' THEN {now} END"
        ids = self._insert("workflow_instance", item, started_at=NOW, ended_at=ended)
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
    def _instances_update(self, changes, instances):
        """Yield the statements that update instances."""
        if changes.instances_touched:
            # Another transaction that waits for the lock has read the tokens already.
            yield SQL(
                "UPDATE workflow_instance SET number = number WHERE id = ANY(%s)",
                changes.instances_touched,
            )
        if changes.instances_awaited:
            ids = [instances.get(one, one) for one in changes.instances_awaited]
            yield SQL("UPDATE workflow_instance SET awaited = true WHERE id = ANY(%s)", ids)
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
            yield item.sql(
                "UPDATE workflow_instance i "
                "SET state = {state}, results = {results}, number = {number}, "
                "ended_at = CASE WHEN {state} = 'active' THEN NULL "
                "WHEN {state} = i.state THEN i.ended_at ELSE {now} END "
                "{source} WHERE i.id = {id} AND i.id = ANY({ids})"
            )

    @api.model
    def _insert(self, table, item, **constants):
        """Insert rows.

        :param item: :class:`Columns`
        :param constants: texts of SQL for further columns
        :returns: the new ids, in the order of the rows
        """
        query = SQL("%s RETURNING id", self._insertion(table, item, constants))
        return [id_ for [id_] in self.env.execute_query(query)]

    @api.model
    def _insertion(self, table, item, constants):
        names = "".join(f', "{name}"' for name in constants)
        values = "".join(f", {text}" for text in constants.values())
        return item.sql(
            f"INSERT INTO {table} ({{names}}{names}) SELECT {{values}}{values} {{source}} {{order}}"
        )


def _join(results):
    """Return names as stored: a line each."""
    return "\n".join(results) or None


def _split(results):
    return tuple(results.split("\n")) if results else ()
