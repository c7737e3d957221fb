"""Which fields of a record can make its tokens move by themselves."""

from __future__ import annotations

import ast
from collections.abc import Collection

from .constants import AND
from .definition import Transition
from .graph import Graph
from .texts import domain_fields, lines_of, names_of


def watched_fields(
    graph: Graph, stored: Collection[str], constants: Collection[str]
) -> frozenset[str] | None:
    """Return the stored fields whose change a version has to hear of; None: any change.

    A token rests before a transition without signal only if that asks for something: a condition, a
    user, a trigger. Whatever cannot be traced to stored fields watches all.

    :param stored: names of the model's stored fields
    :param constants: names that are no field and change with nothing a record holds
    """
    found: set[str] = set()
    for node in graph.nodes.values():
        if node.activity.split_mode == AND and any(edge.signal for edge in node.outgoing):
            continue
        for edge in node.outgoing:
            if edge.signal:
                continue
            if edge.group_ids or edge.role_id is not None or edge.trigger_model:
                return None
            names = _read_by(edge, stored, constants) if edge.is_guarded else frozenset()
            if names is None:
                return None
            found |= names
    return frozenset(found)


def _read_by(
    edge: Transition, stored: Collection[str], constants: Collection[str]
) -> frozenset[str] | None:
    names: set[str] = set()
    for line in lines_of(edge.condition):
        names |= names_of(line) - frozenset(constants)
    if edge.domain:
        try:
            fields = domain_fields(ast.literal_eval(edge.domain))
        except (ValueError, SyntaxError):
            fields = None
        if fields is None:
            return None
        names |= fields
    return frozenset(names) if names.issubset(stored) else None
