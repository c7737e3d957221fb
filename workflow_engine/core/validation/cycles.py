"""Cycles that nothing stops."""

from __future__ import annotations

from collections.abc import Iterator

from ..constants import AND, SUBFLOW, XOR
from ..graph import Graph, Node
from .problem import ERROR, Problem, problem


def endless(graph: Graph) -> Iterator[Problem]:
    """A cycle that is taken without signal and condition ends at the step limit (R2, B10)."""
    reported: set[int] = set()
    for node in graph.nodes.values():
        cycle = _cycle(graph, node)
        if cycle and not reported & set(cycle):
            reported |= set(cycle)
            names = [graph.nodes[one].activity.name for one in cycle]
            message = (
                f"the cycle {' → '.join([*names, names[0]])} is taken without end; "
                "give one of its transitions a signal or a condition"
            )
            yield problem(graph, ERROR, "endless_cycle", message, graph.nodes[cycle[0]].activity)


def _cycle(graph: Graph, start: Node) -> list[int]:
    """Return the activities of a cycle through ``start`` that every token takes."""
    path: list[int] = []
    todo = [(start.activity.id, 0)]
    seen: set[int] = set()
    while todo:
        one, depth = todo.pop()
        if one == start.activity.id and path:
            return path[:depth]
        if one in seen:
            continue
        seen.add(one)
        path[depth:] = [one]
        todo += [(target, depth + 1) for target in _certain(graph, graph.nodes[one])]
    return []


def _certain(graph: Graph, node: Node) -> list[int]:
    """Return where a token goes from an activity without anybody's doing."""
    if node.activity.kind == SUBFLOW:
        return []
    free = [edge for edge in node.outgoing if edge.id in node.free and not edge.signal]
    if node.activity.split_mode == AND and (
        # There the arrows of a round that is under way are not taken again.
        graph.rules.marks_every_crossing or len(free) < len(node.outgoing)
    ):
        return []
    if node.activity.split_mode == XOR:
        # Whatever comes first may be taken instead, if it has a condition.
        free = [edge for edge in node.outgoing[:1] if edge in free]
    return [edge.target for edge in free if not graph.nodes[edge.target].is_join]
