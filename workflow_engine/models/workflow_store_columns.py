"""Rows by column for SQL: what is the same in all of them is sent once.

A thousand rows of one event differ in a few ids; sending each value of each row costs more than
storing it.
"""

import re

from odoo.tools import SQL

#: When a row is written; a transaction may take long.
NOW = "clock_timestamp() AT TIME ZONE 'UTC'"
_PLACE = re.compile(r"\{(\w+)\}")


class Columns:
    """Columns of one statement, as expressions over ``item``."""

    def __init__(self, columns):
        """:param columns: ``{name: (SQL type, values)}``, as many values in each"""
        count = len(next(iter(columns.values()))[1])
        same = {
            name for name, (_kind, values) in columns.items() if values.count(values[0]) == count
        }
        if count > 1 and len(same) == len(columns):
            # Rows may be equal; there are still as many.
            same.discard(next(iter(columns)))
        self._texts, self._args, lists = {}, {}, []
        for name, (kind, values) in columns.items():
            if name in same:
                self._texts[name], self._args[name] = f"%s::{kind}", (values[0],)
            else:
                self._texts[name], self._args[name] = f'item."{name}"', ()
                lists.append((name, kind, values))
        self._texts["ids"] = "%s::int[]"
        self._args["ids"] = (_array("int", columns["id"][1]) if "id" in columns else None,)
        self._add_source(lists)

    def _add_source(self, lists):
        names = [name for name in self._texts if name != "ids"]
        self._texts["names"] = ", ".join(f'"{name}"' for name in names)
        self._texts["values"] = ", ".join(self._texts[name] for name in names)
        self._args["names"] = self._args["order"] = ()
        self._args["values"] = tuple(one for name in names for one in self._args[name])
        self._args["source"] = tuple(_array(kind, values) for _name, kind, values in lists)
        self._texts["now"], self._args["now"] = NOW, ()
        self._texts["source"] = self._texts["order"] = ""
        if lists:
            arrays = ", ".join(f"%s::{kind}[]" for _name, kind, _values in lists)
            aliases = ", ".join(f'"{name}"' for name, _kind, _values in lists)
            self._texts["source"] = (
                f"FROM unnest({arrays}) WITH ORDINALITY AS item({aliases}, position)"
            )
            self._texts["order"] = "ORDER BY item.position"

    def sql(self, template):
        """Return a statement.

        :param template: text in which ``{name}`` stands for a column, ``{names}`` and ``{values}``
            for all of them, ``{now}`` for the moment, ``{source}`` for ``FROM`` with the rows if
            there are several, ``{order}`` for ``ORDER BY`` that keeps their order, and ``{ids}``
            for all values of the column ``id``: compared with these as well, rows are looked up
            in the index, where PostgreSQL would read a whole table to join it
        """
        text, args = [], []
        for number, piece in enumerate(_PLACE.split(template)):
            if number % 2:
                text.append(self._texts[piece])
                args += self._args[piece]
            else:
                text.append(piece)
        # Names, types and templates are literals of the store's files.
        return SQL("".join(text), *args)  # pylint: disable=sql-injection


def _array(kind, values):
    if kind != "int":
        return values
    # Psycopg adapts lists value by value.
    text = ",".join(["NULL" if value is None else str(value) for value in values])
    return f"{{{text}}}"
