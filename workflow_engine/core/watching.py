"""Which fields of a record can make its tokens move by themselves."""

from __future__ import annotations

import ast
from collections.abc import Collection

from .constants import AND
from .definition import Transition
from .graph import Graph, Node
from .texts import domain_fields, lines_of, names_of


def asked_by_change(node: Node) -> tuple[Transition, ...] | None:
    """Return the transitions that a change of the record may let a resting token take.

    None if more than the record decides: who changes it, or whom its transitions watch.
    """
    if node.activity.split_mode == AND and any(edge.signal for edge in node.outgoing):
        return ()
    edges = tuple(edge for edge in node.outgoing if not edge.signal)
    if any(edge.group_ids or edge.role_id is not None or edge.trigger_model for edge in edges):
        return None
    return edges


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
        edges = asked_by_change(node)
        if edges is None:
            return None
        for edge in edges:
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
