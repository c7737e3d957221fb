"""Rows of messages on their way, written by SQL: any number of them in one statement.

Names of tables and columns are constants of the models that call this.
"""

from enum import Enum


def insert_rows(cr, table, columns, rows):
    """Insert rows; returns their ids in the order of the rows.

    :param rows: list of tuples with a value for each column
    """
    if not rows:
        return []
    # PostgreSQL does not promise the order of RETURNING, so the ids are taken before.
    cr.execute(f"SELECT nextval('{table}_id_seq') FROM generate_series(1, %s)", [len(rows)])  # noqa: S608 - constants
    ids = [row[0] for row in cr.fetchall()]
    cr.execute_values(
        f"INSERT INTO {table} (id, {', '.join(columns)}) VALUES %s",  # noqa: S608 - constants
        [(id_, *values) for id_, values in zip(ids, rows, strict=True)],
        page_size=len(rows),
    )
    return ids


def update_rows(cr, table, kinds, rows, condition="TRUE"):
    """Update rows; returns the ids of those that there are, and to which a condition applies.

    :param kinds: ``{column: its type}``
    :param rows: list of tuples: an id, and a value for each column
    :param condition: SQL, in which the table is called ``m``
    """
    if not rows:
        return []
    assigned = ", ".join(f"{name} = new.{name}::{kind}" for name, kind in kinds.items())
    found = cr.execute_values(
        f"UPDATE {table} m SET {assigned} FROM (VALUES %s) new (id, {', '.join(kinds)}) "  # noqa: S608 - constants
        f"WHERE m.id = new.id::int4 AND {condition} RETURNING m.id",
        rows,
        page_size=len(rows),
        fetch=True,
    )
    return [id_ for [id_] in found]


def values_of(life, kinds):
    """Return the values of a life's columns; an empty text is no value.

    :param kinds: ``{column: its type}``
    """
    found = ((getattr(life, name), kind) for name, kind in kinds.items())
    return tuple(
        one.value if isinstance(one, Enum) else one or (0 if kind == "int4" else None)
        for one, kind in found
    )
