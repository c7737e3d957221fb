"""An order of nodes that follows the arrows as far as cycles allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def ranks(
    nodes: Sequence[int], starts: Iterable[int], edges: Iterable[tuple[int, int]]
) -> dict[int, int]:
    """Return ``{node: rank}``: without cycles every arrow leads to a higher rank.

    Reverse post-order of a depth-first search from the starts, then from what they do not reach.
    The same input gives the same order.
    """
    targets: dict[int, list[int]] = {node: [] for node in nodes}
    for source, target in edges:
        targets[source].append(target)
    finished: list[int] = []
    seen: set[int] = set()
    # Starts first, so that a cycle begins where tokens enter it.
    for root in [*starts, *nodes]:
        if root not in seen:
            _search(root, targets, seen, finished)
    return {node: rank for rank, node in enumerate(reversed(finished))}


def _search(root: int, targets: dict[int, list[int]], seen: set[int], finished: list[int]) -> None:
    seen.add(root)
    stack = [(root, iter(reversed(targets[root])))]
    while stack:
        node, rest = stack[-1]
        for target in rest:
            if target not in seen:
                seen.add(target)
                stack.append((target, iter(reversed(targets[target]))))
                break
        else:
            stack.pop()
            finished.append(node)
