"""AND splits that nobody leaves, and joins that may wait for ever (B7)."""

from __future__ import annotations

from collections.abc import Iterator

from ..constants import AND, STOPALL, XOR
from ..definition import Transition
from ..graph import Graph, Node
from .problem import WARNING, Problem, problem
from .reach import backward, forward


def and_splits(graph: Graph) -> Iterator[Problem]:
    """All transitions of an AND split have to pass by the same event (2.6)."""
    for node in graph.nodes.values():
        activity = node.activity
        if activity.split_mode != AND:
            continue
        if len({edge.signal for edge in node.outgoing if edge.signal}) > 1:
            message = "an AND split with different signals is never left; use OR, or one signal"
            yield problem(graph, WARNING, "and_split_signals", message, activity)


def and_joins(graph: Graph) -> Iterator[Problem]:
    """A join counts arrows: one that a choice can avoid blocks it for ever."""
    for node in graph.nodes.values():
        if not node.is_join:
            continue
        for edge in node.incoming:
            chooser = _avoids(graph, node, edge)
            if chooser is not None:
                message = (
                    f"the join {node.activity.name} waits for this transition, but the choice at "
                    f"{chooser.activity.name} can avoid it; then the join never fires"
                )
                yield problem(graph, WARNING, "join_may_wait", message, edge)
        yield from _repeated(graph, node)


def _avoids(graph: Graph, join: Node, edge: Transition) -> Node | None:
    """Return an activity whose choice can keep a token off one arrow, but not off the join.

    A choice before the branches part does not count: it decides about all of them alike. Nor does
    one that ends in a stopall, which ends the other branches as well.
    """
    here = [join.activity.id]
    leading = backward(graph, [edge.source], without=here)
    others = [one for one in join.incoming if one is not edge]
    starts = [node.activity.id for node in graph.starts]
    for node in graph.nodes.values():
        one = node.activity.id
        if one not in leading or one in here or _surely_leads(node, edge, leading):
            continue
        exits = _exits(graph, node, edge, leading)
        past = forward(graph, [exit.target for exit in exits], without=here)
        parallel = forward(graph, starts, without=[one])
        for other in others if exits else ():
            if other in exits or other.source in past or other.source in parallel:
                return node
    return None


def _surely_leads(node: Node, edge: Transition, leading: set[int]) -> bool:
    """Tell whether every token that leaves an activity is on its way to an arrow, too."""
    mode = node.activity.split_mode
    if mode == XOR:
        return False
    on_the_way = [one for one in node.outgoing if one is edge or one.target in leading]
    return mode == AND or any(one.id in node.free and not one.signal for one in on_the_way)


def _exits(graph: Graph, node: Node, edge: Transition, leading: set[int]) -> list[Transition]:
    """Return the arrows by which a token can leave for good."""
    arrows = (*node.outgoing, *node.timers)
    away = [one for one in arrows if one is not edge and one.target not in leading]
    killers = [one.id for one in graph.activities if one.kind == STOPALL]
    return [one for one in away if _ends(graph, forward(graph, [one.target], killers))]


def _ends(graph: Graph, reached: set[int]) -> bool:
    nodes = [graph.nodes[one] for one in reached]
    return any(node.activity.flow_stop or not node.outgoing for node in nodes)


def _repeated(graph: Graph, node: Node) -> Iterator[Problem]:
    """Two tokens on one arrow become one if the join waits (B7)."""
    if node.counts:
        return
    for edge in node.incoming:
        source = graph.nodes[edge.source]
        if source.activity.split_mode == XOR:
            continue
        beside = [one.target for one in source.outgoing if one is not edge]
        if edge.source in forward(graph, beside, without=[node.activity.id]):
            message = (
                f"a loop can cross this transition again while the join {node.activity.name} "
                "waits; both crossings become one, unless the join counts them"
            )
            yield problem(graph, WARNING, "join_may_merge", message, edge)
