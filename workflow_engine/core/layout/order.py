"""Order on each layer: few crossings, and no change where nothing is won by it."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping

from .grid import BOX, Cell, Grid

#: Passes over all layers, downwards and upwards in turn; more hardly help.
PASSES = 8


def reduce_crossings(grid: Grid, previous: Mapping[int, float] | None = None) -> None:
    """Sort every layer.

    :param previous: where boxes were before, from left to right; their order is kept unless another
        one has fewer crossings
    """
    if previous:
        as_before(grid, previous)
    best, fewest = _orders(grid), crossings(grid)
    for number in range(PASSES):
        if not fewest:
            break
        downwards = number % 2 == 0
        for row in grid.rows if downwards else reversed(grid.rows):
            _sort(row, downwards=downwards)
        _swap_neighbours(grid)
        now = crossings(grid)
        if now < fewest:
            best, fewest = _orders(grid), now
    grid.rows = best
    grid.number()


def _orders(grid: Grid) -> list[list[Cell]]:
    return [list(row) for row in grid.rows]


def as_before(grid: Grid, previous: Mapping[int, float]) -> None:
    """Put boxes in their former order, and everything else near what it hangs on."""
    for row in grid.rows:
        wishes = {id(cell): _former(cell, previous) for cell in row}
        row.sort(key=lambda cell: wishes[id(cell)])
    grid.number()


def _former(cell: Cell, previous: Mapping[int, float]) -> float:
    if cell.kind == BOX and cell.owner in previous:
        return previous[cell.owner]
    seen = set()
    todo = [*cell.above, *cell.below]
    # A bend belongs to one arrow: walk to its two ends.
    found = []
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if one.kind == BOX:
            found += [previous[one.owner]] if one.owner in previous else []
        elif cell.kind != BOX or one.owner != cell.owner:
            todo += [*one.above, *one.below]
    return sum(found) / len(found) if found else float("inf")


def _sort(row: list[Cell], *, downwards: bool) -> None:
    """Sort a layer by the middle of what its cells hang on; cells that hang on nothing stay."""
    wishes = {}
    for cell in row:
        places = [other.place for other in (cell.above if downwards else cell.below)]
        wishes[id(cell)] = sum(places) / len(places) if places else None
    moving = [cell for cell in row if wishes[id(cell)] is not None]
    moving.sort(key=lambda cell: (wishes[id(cell)], cell.place))
    rest = iter(moving)
    row[:] = [cell if wishes[id(cell)] is None else next(rest) for cell in row]
    for place, cell in enumerate(row):
        cell.place = place


def _swap_neighbours(grid: Grid) -> None:
    """Exchange neighbours where that alone removes crossings."""
    for row in grid.rows:
        for place in range(len(row) - 1):
            left, right = row[place], row[place + 1]
            if _crossed(right, left) < _crossed(left, right):
                row[place], row[place + 1] = right, left
                left.place, right.place = place + 1, place


def _crossed(left: Cell, right: Cell) -> int:
    """Count the crossings of the lines of two neighbours."""
    return sum(
        one.place > other.place
        for lefts, rights in ((left.above, right.above), (left.below, right.below))
        for one in lefts
        for other in rights
    )


def crossings(grid: Grid) -> int:
    """Count all crossings of lines between neighbouring layers."""
    count = 0
    for row in grid.rows:
        passed: list[int] = []
        for cell in row:
            ends = sorted(other.place for other in cell.below)
            count += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return count
