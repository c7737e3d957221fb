"""Rows by column for SQL: what is the same in all of them is sent once.

A thousand rows of one event differ in a few ids; sending each value of each row costs more than
storing it.
"""

from odoo.tools import SQL


class Columns:
    """Columns of one statement, as expressions over ``item``."""

    def __init__(self, columns):
        """:param columns: ``{name: (SQL type, values)}``, as many values in each"""
        self.names = list(columns)
        count = len(next(iter(columns.values()))[1])
        same = {
            name for name, (_kind, values) in columns.items() if values.count(values[0]) == count
        }
        if count > 1 and len(same) == len(columns):
            # Rows may be equal; there are still as many.
            same.discard(self.names[0])
        self._varying = [name for name in self.names if name not in same]
        self._lists = [_array(*columns[name]) for name in self._varying]
        # The names and types are literals of the store's files.
        self._texts = {
            name: f"%s::{kind}" if name in same else f'item."{name}"'
            for name, (kind, _values) in columns.items()
        }
        self._constants = {name: columns[name][1][0] for name in self.names if name in same}

    def __getitem__(self, name):
        """Return the expression of a column."""
        return self._expression([name])

    @property
    def values(self):
        """Return the expressions of all columns, with commas."""
        return self._expression(self.names)

    def _expression(self, names):
        text = ", ".join([self._texts[name] for name in names])
        constants = [self._constants[name] for name in names if name in self._constants]
        return SQL(text, *constants)  # pylint: disable=sql-injection

    @property
    def source(self):
        """Return ``FROM`` with the rows, in order by ``item.position``; empty for a single row."""
        if not self._varying:
            return SQL()
        return SQL(
            "FROM unnest(%s) WITH ORDINALITY AS item(%s, position)",
            SQL(", ").join(self._lists),
            SQL(", ").join(SQL.identifier(name) for name in self._varying),
        )

    @property
    def order(self):
        """Return ``ORDER BY`` that keeps the order of the rows."""
        return SQL("ORDER BY item.position") if self._varying else SQL()


def _array(kind, values):
    if kind == "int":
        # Psycopg adapts lists value by value.
        text = ",".join(["NULL" if value is None else str(value) for value in values])
        return SQL("%s::int[]", f"{{{text}}}")
    # The types are literals of the store's files.
    return SQL(f"%s::{kind}[]", values)  # pylint: disable=sql-injection
