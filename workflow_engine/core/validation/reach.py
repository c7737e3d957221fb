"""Which activities can be reached from which."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..graph import Graph


def forward(graph: Graph, starts: Iterable[int], without: Collection[int] = ()) -> set[int]:
    """Return the activities that can be reached, the starts included.

    :param without: activities that must not be passed
    """
    return _search(starts, _neighbours(graph, backward=False), without)


def backward(graph: Graph, ends: Iterable[int], without: Collection[int] = ()) -> set[int]:
    """Return the activities from which one of ``ends`` can be reached, the ends included."""
    return _search(ends, _neighbours(graph, backward=True), without)


def _neighbours(graph: Graph, *, backward: bool) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {activity.id: [] for activity in graph.activities}
    for edge in graph.transitions:
        source, target = (edge.target, edge.source) if backward else (edge.source, edge.target)
        found[source].append(target)
    return found


def _search(
    starts: Iterable[int], neighbours: dict[int, list[int]], without: Collection[int]
) -> set[int]:
    seen: set[int] = set()
    todo = [one for one in starts if one not in without]
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += [other for other in neighbours[one] if other not in without]
    return seen
