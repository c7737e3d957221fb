"""Cycles are broken and boxes get layers: 0, 2, 4 … from the starts on; labels go in between."""

from __future__ import annotations

from collections.abc import Sequence

from ..ordering import ranks
from .model import Arrow, Box

#: Layers from one box to the next: its label has one of its own.
STEP = 2


def back_arrows(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> set[int]:
    """Return the arrows that lead back; turned round, they leave no cycle."""
    order = ranks(
        [box.id for box in boxes],
        [box.id for box in boxes if box.is_start],
        [(arrow.source, arrow.target) for arrow in arrows],
    )
    return {one.id for one in arrows if order[one.source] >= order[one.target]}


def layers(boxes: Sequence[Box], arrows: Sequence[Arrow], back: set[int]) -> dict[int, int]:
    """Return the layer of each box: as near to the top as what leads to it allows.

    What nothing leads to is drawn down to what it leads to, unless it is a start.
    """
    above: dict[int, list[int]] = {box.id: [] for box in boxes}
    below: dict[int, list[int]] = {box.id: [] for box in boxes}
    for arrow in arrows:
        if arrow.source != arrow.target:
            ends = (arrow.source, arrow.target)
            upper, lower = reversed(ends) if arrow.id in back else ends
            above[lower].append(upper)
            below[upper].append(lower)
    order = _downwards(boxes, above, below)
    found: dict[int, int] = {}
    for one in order:
        found[one] = max((found[other] + STEP for other in above[one]), default=0)
    starts = {box.id for box in boxes if box.is_start}
    for one in order:
        if not above[one] and below[one] and one not in starts:
            found[one] = min(found[other] for other in below[one]) - STEP
    return found


def _downwards(
    boxes: Sequence[Box], above: dict[int, list[int]], below: dict[int, list[int]]
) -> list[int]:
    """Return the boxes in an order in which nothing comes before what is above it."""
    missing = {one: len(others) for one, others in above.items()}
    todo = [box.id for box in boxes if not missing[box.id]]
    order = []
    while todo:
        one = todo.pop(0)
        order.append(one)
        for other in below[one]:
            missing[other] -= 1
            if not missing[other]:
                todo.append(other)
    return order
