"""Position on each layer: lines as straight as the room for everything allows."""

from __future__ import annotations

from collections.abc import Sequence

from .grid import BOX, Cell, Grid

#: Passes downwards and upwards.
PASSES = 12
#: How much a line wants to be straight: those along bends most, since bends show.
WEIGHTS = {0: 8.0, 1: 2.0, 2: 1.0}


def place(grid: Grid, gap: float) -> None:
    """Give every cell its ``x``; the leftmost edge is 0."""
    for row in grid.rows:
        _spread(row, gap)
    for number in range(PASSES):
        downwards = number % 2 == 0
        for row in grid.rows if downwards else reversed(grid.rows):
            _settle(row, gap, above=downwards, below=not downwards)
    for row in grid.rows:
        _settle(row, gap, above=True, below=True)
    left = min((cell.x - cell.width / 2 for row in grid.rows for cell in row), default=0)
    for row in grid.rows:
        for cell in row:
            cell.x = round(cell.x - left, 2)


def _spread(row: Sequence[Cell], gap: float) -> None:
    edge = 0.0
    for cell in row:
        cell.x = edge + cell.width / 2
        edge += cell.width + gap


def _settle(row: Sequence[Cell], gap: float, *, above: bool, below: bool) -> None:
    """Move the cells of a layer as near to the middle of what they hang on as their order allows.

    Least squares under the condition that neighbours keep their distance, which is isotonic
    regression: neighbours that want to pass each other are pooled and share their mean wish.
    """
    offsets, wishes, weights = [], [], []
    offset = 0.0
    for number, cell in enumerate(row):
        if number:
            offset += (row[number - 1].width + cell.width) / 2 + gap
        wish, weight = _wish(cell, above=above, below=below)
        offsets.append(offset)
        wishes.append(wish - offset)
        weights.append(weight)
    for cell, offset, position in zip(row, offsets, _isotonic(wishes, weights), strict=True):
        cell.x = position + offset


def _wish(cell: Cell, *, above: bool, below: bool) -> tuple[float, float]:
    """Return where a cell wants to be, and how much."""
    total = weights = 0.0
    for other in (*(cell.above if above else ()), *(cell.below if below else ())):
        weight = WEIGHTS[(cell.kind == BOX) + (other.kind == BOX)]
        total += other.x * weight
        weights += weight
    if not weights:
        # Nothing pulls: it stays, and gives way to everything that is pulled.
        return cell.x, 0.01
    return total / weights, weights


def _isotonic(wishes: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the non-decreasing values next to ``wishes`` (pool adjacent violators)."""
    pools: list[list[float]] = []
    for wish, weight in zip(wishes, weights, strict=True):
        pools.append([wish, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            value, mass, size = pools.pop()
            last = pools[-1]
            last[0] = (last[0] * last[1] + value * mass) / (last[1] + mass)
            last[1] += mass
            last[2] += size
    return [value for value, _mass, size in pools for _ in range(int(size))]
