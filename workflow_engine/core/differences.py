"""What of an instance in memory differs from its stored rows."""

from __future__ import annotations

from .case import Case
from .changes import Changes
from .rows import InstanceRow, Mark


def add_differences(case: Case, changes: Changes) -> None:
    """Add what has to be stored, and count it as stored from now on."""
    _instance_changes(case, changes)
    _token_changes(case, changes)
    _mark_changes(case, changes)


def _instance_changes(case: Case, changes: Changes) -> None:
    highest = next(reversed(case.tokens), 0)
    stored = 0 if case.saved is None else case.saved.number
    number = case.number if case.number > highest else stored
    row = InstanceRow(
        case.id,
        case.graph.id,
        case.res_type,
        case.res_id,
        case.uid,
        case.state,
        case.results,
        number,
    )
    if case.saved is None:
        changes.instances_created.append(row)
    elif row != case.saved:
        changes.instances_updated.append(row)
    case.saved = row


def _token_changes(case: Case, changes: Changes) -> None:
    rows = {token.id: token.row() for token in case.tokens.values()}
    before = case.saved_tokens
    for row_id, row in rows.items():
        known = before.get(row_id)
        if known is None:
            changes.tokens_created.append(row)
        elif known != row:
            changes.tokens_updated.append(row)
    changes.tokens_deleted += [row_id for row_id in before if row_id not in rows]
    case.saved_tokens = rows


def _mark_changes(case: Case, changes: Changes) -> None:
    """Only arrows of AND joins wait; others are marked while their target is at work (2.7)."""
    if not case.marks and not case.saved_marks:
        return
    nodes, arrows = case.graph.nodes, case.graph.arrows
    marks = {one: n for one, n in case.marks.items() if nodes[arrows[one].target].is_join}
    before = case.saved_marks
    changes.marks_set += [
        Mark(case.id, one, count) for one, count in marks.items() if before.get(one) != count
    ]
    changes.marks_cleared += [(case.id, one) for one in before if one not in marks]
    case.saved_marks = marks
