"""What of an instance in memory differs from its stored rows."""

from __future__ import annotations

from .case import Case
from .changes import Changes
from .rows import InstanceRow, Mark


def add_differences(case: Case, changes: Changes) -> None:
    """Add what has to be stored, and count it as stored from now on."""
    before = len(case.saved_tokens), case.saved_marks
    is_new, differs = case.saved is None, _instance_changes(case, changes)
    moved = _token_changes(case, changes)
    crossed = _mark_changes(case, changes)
    if case.linked:
        case.linked = False
        changes.instances_awaited.append(case.id)
    elif is_new or differs or not (moved or crossed):
        return
    elif crossed or before != (1, {}) or len(case.saved_tokens) != 1:
        changes.instances_touched.append(case.id)


def _instance_changes(case: Case, changes: Changes) -> bool:
    """:returns: whether its row changes"""
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
    differs = row != case.saved
    if case.saved is None:
        changes.instances_created.append(row)
    elif differs:
        changes.instances_updated.append(row)
    case.saved = row
    return differs


def _token_changes(case: Case, changes: Changes) -> bool:
    """:returns: whether any row changes"""
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
    return rows != before


def _mark_changes(case: Case, changes: Changes) -> bool:
    """Only arrows of AND joins wait; others are marked while their target is at work (2.7).

    :returns: whether any row changes
    """
    if not case.marks and not case.saved_marks:
        return False
    nodes, arrows = case.graph.nodes, case.graph.arrows
    marks = {one: n for one, n in case.marks.items() if nodes[arrows[one].target].is_join}
    before = case.saved_marks
    changes.marks_set += [
        Mark(case.id, one, count) for one, count in marks.items() if before.get(one) != count
    ]
    changes.marks_cleared += [(case.id, one) for one in before if one not in marks]
    case.saved_marks = marks
    return marks != before
