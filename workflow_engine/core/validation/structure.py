"""Starts, stops, and what cannot be reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..constants import JOINS, KINDS, SPLITS
from ..graph import Graph
from .problem import ERROR, WARNING, Problem, problem
from .reach import backward, forward


def starts(graph: Graph) -> Iterator[Problem]:
    """Without a start, an instance has no token at all (B6)."""
    if not graph.starts:
        yield problem(graph, ERROR, "no_start", "no activity is a start; mark one as flow start")


def stops(graph: Graph) -> Iterator[Problem]:
    """Without a stop behind it, an instance can never be complete."""
    ends = {activity.id for activity in graph.activities if activity.flow_stop}
    if not ends:
        yield problem(
            graph, WARNING, "no_stop", "no activity is a stop, so no instance is ever complete"
        )
        return
    alive = backward(graph, ends)
    for activity in graph.activities:
        if activity.id not in alive:
            yield problem(
                graph,
                WARNING,
                "no_way_out",
                "from here no stop activity can be reached; the instance stays active for ever",
                activity,
            )


def unreachable(graph: Graph) -> Iterator[Problem]:
    """What no start leads to is never used; that may be on purpose (jumps)."""
    reached = forward(graph, [node.activity.id for node in graph.starts])
    for activity in graph.activities:
        if activity.id not in reached:
            yield problem(
                graph, WARNING, "unreachable", "no transition leads here from a start", activity
            )


def words(graph: Graph) -> Iterator[Problem]:
    """Kinds and modes that do not exist."""
    for activity in graph.activities:
        for value, allowed in (
            (activity.kind, KINDS),
            (activity.split_mode, SPLITS),
            (activity.join_mode, JOINS),
        ):
            if value not in allowed:
                message = f"{value!r} does not exist; choose one of {', '.join(allowed)}"
                yield problem(graph, ERROR, "unknown_word", message, activity)


def names(graph: Graph) -> Iterator[Problem]:
    """The name of a stop activity is its result (2.8); keys tell versions' elements apart."""
    stops = Counter(activity.name for activity in graph.activities if activity.flow_stop)
    for activity in graph.activities:
        if activity.flow_stop and stops[activity.name] > 1:
            message = "several stop activities have this name; their results cannot be told apart"
            yield problem(graph, WARNING, "same_result", message, activity)
    for elements in (graph.activities, graph.transitions):
        keys = Counter(one.key for one in elements)
        for one in elements:
            if keys[one.key] > 1:
                message = f"the key {one.key!r} is used twice; give each element its own"
                yield problem(graph, ERROR, "same_key", message, one)
