"""Differences between two states of database rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]

#: Bookkeeping that changes with every write and says nothing.
BOOKKEEPING = frozenset({"write_date", "write_uid"})


@dataclass(frozen=True)
class RowChanges:
    """What became of the rows of one table."""

    created: dict[int, Row] = field(default_factory=dict)
    """Id → the new row."""
    changed: dict[int, dict[str, tuple[Any, Any]]] = field(default_factory=dict)
    """Id → column → values before and after."""
    deleted: dict[int, Row] = field(default_factory=dict)
    """Id → the row that is gone."""


def compare_rows(
    before: Mapping[int, Row],
    after: Mapping[int, Row],
    deleted: Collection[int] = (),
    ignored: Collection[str] = BOOKKEEPING,
) -> RowChanges:
    """Tell what happened to rows.

    :param before: id → row, of all rows in ``after`` or ``deleted`` that existed before
    :param after: id → row, of all rows written
    :param deleted: ids of rows that do not exist any more
    :param ignored: columns whose change alone is no change
    """
    changes = RowChanges()
    for row_id, row in after.items():
        old = before.get(row_id)
        if old is None:
            changes.created[row_id] = row
            continue
        columns = {
            name: (old.get(name), value)
            for name, value in row.items()
            if name not in ignored and old.get(name) != value
        }
        if columns:
            changes.changed[row_id] = columns
    for row_id in deleted:
        if row_id in before and row_id not in after:
            changes.deleted[row_id] = before[row_id]
    return changes
