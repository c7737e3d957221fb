"""Rectangles and lines, from cells that have their places."""

from __future__ import annotations

from collections.abc import Sequence

from .grid import LABEL, Cell, Grid, loop_room
from .model import Arrow, Box, Picture, Rect, Route, Spacing

Point = tuple[float, float]


def draw(
    boxes: Sequence[Box], arrows: Sequence[Arrow], grid: Grid, back: set[int], spacing: Spacing
) -> Picture:
    """Return the picture of a grid."""
    tops, height = _tops(grid, spacing)
    rects = {box.id: _rect(box, grid.boxes[box.id], tops) for box in boxes}
    ports = _ports(grid, rects)
    routes = {}
    used: dict[int, float] = {}
    for arrow in arrows:
        if arrow.source == arrow.target:
            top = used.get(arrow.source, rects[arrow.source].y)
            used[arrow.source] = top + loop_room(arrow, spacing)
            routes[arrow.id] = _loop(arrow, rects[arrow.source], top, spacing)
        else:
            chain = grid.chains[arrow.id]
            routes[arrow.id] = _route(arrow.id, chain, tops, ports, is_back=arrow.id in back)
    width = max((cell.x + cell.width / 2 for row in grid.rows for cell in row), default=0)
    return Picture(round(width, 2), height, rects, routes)


def _tops(grid: Grid, spacing: Spacing) -> tuple[list[float], float]:
    """Return the upper edge of each layer and the height of all."""
    tops, top = [], 0.0
    for row in grid.rows:
        tops.append(top)
        top += max((cell.height for cell in row), default=0) + spacing.between
    return tops, max(0.0, top - spacing.between)


def _rect(box: Box, cell: Cell, tops: Sequence[float]) -> Rect:
    """The box is at the left of its cell; arrows to itself are at its right."""
    return Rect(round(cell.x - cell.width / 2, 2), tops[cell.layer], box.width, box.height)


def _ports(grid: Grid, rects: dict[int, Rect]) -> dict[tuple[int, int, bool], Point]:
    """Spread the ends of lines over the edges of their boxes, in the order in which they go on.

    :returns: (box, arrow, lower edge?) → point
    """
    ends: dict[tuple[int, bool], list[tuple[float, int]]] = {}
    for arrow, chain in grid.chains.items():
        ends.setdefault((chain[0].owner, True), []).append((chain[1].x, arrow))
        ends.setdefault((chain[-1].owner, False), []).append((chain[-2].x, arrow))
    ports = {}
    for (box, is_lower), lines in ends.items():
        rect = rects[box]
        y = rect.bottom if is_lower else rect.y
        for number, (_x, arrow) in enumerate(sorted(lines), 1):
            x = rect.x + rect.width * number / (len(lines) + 1)
            ports[box, arrow, is_lower] = (round(x, 2), y)
    return ports


def _route(
    arrow: int,
    chain: Sequence[Cell],
    tops: Sequence[float],
    ports: dict[tuple[int, int, bool], Point],
    *,
    is_back: bool,
) -> Route:
    points = [ports[chain[0].owner, arrow, True]]
    label = None
    for cell in chain[1:-1]:
        top = tops[cell.layer]
        points.append((cell.x, top))
        if cell.kind == LABEL:
            x = round(cell.x - cell.width / 2, 2)
            label = Rect(x, top, cell.width, cell.height)
            points.append((cell.x, top + cell.height))
    points.append(ports[chain[-1].owner, arrow, False])
    return Route(tuple(reversed(points) if is_back else points), label, is_back)


def _loop(arrow: Arrow, rect: Rect, top: float, spacing: Spacing) -> Route:
    """An arrow from the right edge of a box round to itself, its label beside it."""
    room = loop_room(arrow, spacing)
    out = rect.right + spacing.loop
    upper, lower = top + room / 4, top + room * 3 / 4
    # A second arrow may stand lower than the box is high: it starts at the lower right corner then.
    start, end = min(upper, rect.bottom), min(lower, rect.bottom)
    points = ((rect.right, start), (out, upper), (out, lower), (rect.right, end))
    label = None
    if arrow.label_width:
        label = Rect(out, top, arrow.label_width, arrow.label_height)
    return Route(points, label, True)
