"""Which fields of a record can make its tokens move by themselves."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable

from .constants import AND, INCIDENT, SUBFLOW
from .definition import Transition
from .graph import Graph, Node
from .texts import calls_methods, domain_fields, lines_of, names_of

#: Conditions beyond this number cost more than a look at the tokens.
FEW = 8


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


def asked_anywhere(
    graphs: Iterable[Graph], stored: Collection[str], constants: Collection[str]
) -> tuple[Transition, ...] | None:
    """Return transitions of which one has to hold before a change lets any resting token go.

    None if that takes more than a few plain conditions, so that tokens are to be looked at first:
    conditions of activities where a record is not may be asked only if that has no effect.

    :param graphs: all versions a record may be on
    :param constants: as for :func:`watched_fields`, but the same for all instances of a record
    """
    found: dict[tuple[str, str], Transition] = {}
    for node in (node for graph in graphs for node in graph.nodes.values()):
        edges = asked_by_change(node)
        # Where failures park tokens, a change may end that without letting anything go.
        if edges is None or node.activity.on_error == INCIDENT:
            return None
        guarded = tuple(edge for edge in edges if edge.is_guarded)
        if len(guarded) < len(edges):
            if node.activity.split_mode == AND or node.activity.kind == SUBFLOW:
                return None
            # Elsewhere no token rests before a transition that asks for nothing.
            continue
        for edge in guarded:
            if _read_by(edge, stored, constants) is None or _has_calls(edge):
                return None
            found[edge.condition, edge.domain] = edge
    return tuple(found.values()) if len(found) <= FEW else None


def _has_calls(edge: Transition) -> bool:
    return any(calls_methods(line) for line in lines_of(edge.condition))


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
