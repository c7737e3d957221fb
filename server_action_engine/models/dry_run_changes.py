"""Every row a dry run writes, however it is written.

PostgreSQL itself says what was touched: the statistics of the running transaction name the tables,
and the hidden column ``xmin`` the rows – also those of raw SQL, triggers and cascades. Rows written
inside the dry run carry transaction ids handed out between its first and its last write. The state
before is read after the rollback; nothing has to be known in advance.
"""

from dataclasses import dataclass, field

from odoo.tools import SQL

from ..core.row_changes import RowChanges, compare_rows

#: Rows read per table; more are counted, not shown.
MAX_ROWS = 500
#: Tables larger than this (in PostgreSQL's estimate) are not searched for deleted rows.
MAX_ROWS_FOR_DELETED = 300_000
#: The dry run's own traces.
_OWN = frozenset({"server_action_alert", "server_action_run", "server_action_step"})
_HIDDEN_TYPES = ("bytea",)


@dataclass
class TableChanges:
    """What happened in one table."""

    table: str
    inserted: int = 0
    """Rows inserted, as PostgreSQL counted."""
    updated: int = 0
    deleted: int = 0
    key: tuple = ("id",)
    """Columns that identify a row; empty when there are none."""
    columns: list = field(default_factory=list)
    after: dict = field(default_factory=dict)
    """Id → row, of the rows written."""
    ids_after: set | None = None
    """Ids of all rows after the run, when rows were deleted; None when unknown."""
    truncated: bool = False
    changes: RowChanges = field(default_factory=RowChanges)


class ChangeTracker:
    """Watches one transaction between :meth:`start` and :meth:`finish`.

    ``start`` and ``finish`` are called inside the savepoint, :meth:`compare` after its rollback.
    """

    def __init__(self, cr):
        self._cr = cr
        self._counts = {}
        self._first = self._last = 0
        self.tables = []
        self.is_blind = False
        """Whether PostgreSQL does not count, so that no change can be found."""

    def start(self):
        """Note where the dry run begins."""
        # A row nobody else touches: the id is that of the backend, and no sequence is used.
        self._cr.execute(
            "INSERT INTO server_action_alert (id, action_ref, last_sent) "
            "VALUES (-pg_backend_pid(), -pg_backend_pid(), now() AT TIME ZONE 'UTC') "
            "RETURNING xmin::text::bigint"
        )
        self._first = self._cr.fetchone()[0]
        self._cr.execute("SELECT current_setting('track_counts')")
        self.is_blind = self._cr.fetchone()[0] != "on"
        self._counts = self._read_counts()

    def finish(self):
        """Read the rows written since :meth:`start`."""
        with self._cr.savepoint(flush=False):
            # A savepoint of its own has a transaction id after all the others.
            self._cr.execute(
                "UPDATE server_action_alert SET last_sent = last_sent "
                "WHERE id = -pg_backend_pid() RETURNING xmin::text::bigint"
            )
            self._last = self._cr.fetchone()[0]
        for oid, (name, *counts) in self._read_counts().items():
            earlier = self._counts.get(oid, (name, 0, 0, 0))[1:]
            inserted, updated, deleted = (
                now - then for now, then in zip(counts, earlier, strict=True)
            )
            if name not in _OWN and (inserted or updated or deleted):
                table = TableChanges(name, inserted, updated, deleted)
                self._describe(table, oid)
                if inserted or updated:
                    self._read_after(table)
                if deleted:
                    self._read_ids_after(table, oid)
                self.tables.append(table)

    def compare(self):
        """Read the rows as they were, and find the differences."""
        for table in self.tables:
            if not table.key:
                continue
            gone = self._deleted_ids(table)
            before = self._rows(table, self._where_key(table, list(table.after) + gone))
            table.changes = compare_rows(before, table.after, gone)

    # -- reading ------------------------------------------------------------------------------

    def _read_counts(self):
        """Return ``{oid: (table, inserted, updated, deleted)}`` of the running transaction."""
        self._cr.execute(
            "SELECT relid, relname, n_tup_ins, n_tup_upd, n_tup_del "
            "FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {row[0]: row[1:] for row in self._cr.fetchall()}

    def _describe(self, table, oid):
        self._cr.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
            "WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [oid],
        )
        columns = self._cr.fetchall()
        table.columns = [name for name, kind in columns if kind not in _HIDDEN_TYPES]
        if "id" not in table.columns:
            # Tables of many-to-many fields have nothing but their two columns.
            table.key = tuple(table.columns) if len(columns) == 2 else ()

    def _read_after(self, table):
        if not table.key:
            return
        low, high = self._first, self._last
        # Transaction ids wrap around after four billion.
        within = SQL("BETWEEN %s AND %s", low, high) if low <= high else None
        xmin = SQL("xmin::text::bigint")
        where = (
            SQL("%s %s", xmin, within)
            if within
            else SQL("(%s >= %s OR %s <= %s)", xmin, low, xmin, high)
        )
        table.after = self._rows(table, SQL("%s LIMIT %s", where, MAX_ROWS + 1))
        if len(table.after) > MAX_ROWS:
            table.truncated = True
            table.after.pop(next(reversed(table.after)))

    def _read_ids_after(self, table, oid):
        if not table.key:
            return
        self._cr.execute("SELECT reltuples FROM pg_class WHERE oid = %s", [oid])
        if self._cr.fetchone()[0] > MAX_ROWS_FOR_DELETED:
            table.truncated = True
            return
        table.ids_after = self._keys(table)

    def _deleted_ids(self, table):
        if table.ids_after is None:
            return []
        gone = sorted(self._keys(table) - table.ids_after)
        if len(gone) > MAX_ROWS:
            table.truncated = True
        return gone[:MAX_ROWS]

    def _keys(self, table):
        self._cr.execute(
            SQL(
                "SELECT %s FROM %s",
                SQL(", ").join(map(SQL.identifier, table.key)),
                SQL.identifier(table.table),
            )
        )
        return {row[0] if len(row) == 1 else row for row in self._cr.fetchall()}

    def _where_key(self, table, keys):
        if not keys:
            return SQL("FALSE")
        if len(table.key) == 1:
            return SQL("%s = ANY(%s)", SQL.identifier(table.key[0]), keys)
        return SQL("(%s) IN %s", SQL(", ").join(map(SQL.identifier, table.key)), tuple(keys))

    def _rows(self, table, where):
        """Return ``{key: row}`` for the rows that match."""
        self._cr.execute(
            SQL(
                "SELECT %s FROM %s WHERE %s",
                SQL(", ").join(map(SQL.identifier, table.columns)),
                SQL.identifier(table.table),
                where,
            )
        )
        rows = {}
        for values in self._cr.fetchall():
            row = dict(zip(table.columns, values, strict=True))
            key = tuple(row[name] for name in table.key)
            rows[key[0] if len(key) == 1 else key] = row
        return rows
