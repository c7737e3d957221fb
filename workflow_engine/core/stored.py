"""Stored rows become instances in memory, and provisional ids become stored ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .case import Case
from .graph import Graph
from .rows import Snapshot, TokenRow
from .token import Token

if TYPE_CHECKING:
    from .world import World


def load_case(world: World, graph: Graph, stored: Snapshot) -> Case:
    """Return an instance as it is stored."""
    case = Case(world, graph, stored.instance)
    rows = stored.tokens
    for row in sorted(rows, key=_age) if len(rows) > 1 else rows:
        node = graph.nodes[row.activity]
        token = Token(case, node, row.id, row.number, row.state, row.child)
        case.tokens[row.number] = token
        case.saved_tokens[row.id] = row
        if row.number > case.number:
            case.number = row.number
    case.saved = stored.instance
    if stored.marks:
        case.marks = dict(stored.marks)
        case.saved_marks = dict(stored.marks)
    if stored.parents:
        case.parents = set(stored.parents)
    return case


def rename_rows(case: Case, instances: Mapping[int, int], tokens: Mapping[int, int]) -> None:
    """Use stored ids instead of provisional ones, in memory and in what counts as stored."""
    if instances:
        case.parents = {instances.get(one, one) for one in case.parents}
    for token in case.tokens.values():
        token.id = tokens.get(token.id, token.id)
        if token.child is not None:
            token.child = instances.get(token.child, token.child)
    if case.saved is not None:
        case.saved = case.saved._replace(id=case.id)
    renamed = [
        row._replace(
            id=tokens.get(row.id, row.id),
            instance=case.id,
            child=None if row.child is None else instances.get(row.child, row.child),
        )
        for row in case.saved_tokens.values()
    ]
    case.saved_tokens = {row.id: row for row in renamed}


def _age(row: TokenRow) -> int:
    return row.number
