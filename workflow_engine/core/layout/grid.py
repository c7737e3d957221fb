"""Boxes, labels and bends as cells of layers; every line connects neighbouring layers only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .model import Arrow, Box, Spacing

BOX = "box"
LABEL = "label"
BEND = "bend"


class Cell:
    """Something that takes room on a layer."""

    __slots__ = ("above", "below", "height", "kind", "layer", "owner", "place", "width", "x")

    def __init__(self, kind: str, owner: int, layer: int, width: float, height: float) -> None:
        self.kind = kind
        self.owner = owner
        """Id of the box or arrow."""
        self.layer = layer
        self.width = width
        self.height = height
        self.place = 0
        """Position on the layer, from the left."""
        self.x = 0.0
        """Of its middle."""
        self.above: list[Cell] = []
        self.below: list[Cell] = []


class Grid:
    """All cells."""

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = []
        """By layer, each from left to right."""
        self.boxes: dict[int, Cell] = {}
        self.chains: dict[int, list[Cell]] = {}
        """By arrow, from the upper end to the lower one."""

    def add(self, cell: Cell) -> Cell:
        """Put a cell at the right end of its layer."""
        while len(self.rows) <= cell.layer:
            self.rows.append([])
        self.rows[cell.layer].append(cell)
        return cell

    def number(self) -> None:
        """Let every cell know its place."""
        for row in self.rows:
            for place, cell in enumerate(row):
                cell.place = place


def build(
    boxes: Sequence[Box],
    arrows: Sequence[Arrow],
    layers: Mapping[int, int],
    back: set[int],
    spacing: Spacing,
) -> Grid:
    """Return the cells, each layer in the order in which boxes and arrows were given."""
    grid = Grid()
    for box in boxes:
        loops = [one for one in arrows if one.source == one.target == box.id]
        width, height = _with_loops(box, loops, spacing)
        cell = Cell(BOX, box.id, layers[box.id], width, height)
        grid.boxes[box.id] = grid.add(cell)
    for arrow in arrows:
        if arrow.source != arrow.target:
            grid.chains[arrow.id] = _chain(grid, arrow, is_back=arrow.id in back)
    grid.number()
    return grid


def _with_loops(box: Box, loops: Sequence[Arrow], spacing: Spacing) -> tuple[float, float]:
    """Return the size of a box with the arrows to itself, which stand at its right side."""
    if not loops:
        return box.width, box.height
    beside = spacing.loop + max(loop.label_width for loop in loops)
    rooms = sum(loop_room(loop, spacing) for loop in loops)
    return box.width + beside, max(box.height, rooms)


def loop_room(loop: Arrow, spacing: Spacing) -> float:
    """Return the height that an arrow to its own box takes."""
    return max(loop.label_height, spacing.loop)


def _chain(grid: Grid, arrow: Arrow, *, is_back: bool) -> list[Cell]:
    """Add the cells of an arrow; its label stands right behind its source."""
    ends = (grid.boxes[arrow.source], grid.boxes[arrow.target])
    upper, lower = reversed(ends) if is_back else ends
    label_layer = lower.layer - 1 if is_back else upper.layer + 1
    chain = [upper]
    for layer in range(upper.layer + 1, lower.layer):
        if layer == label_layer and arrow.label_width:
            cell = Cell(LABEL, arrow.id, layer, arrow.label_width, arrow.label_height)
        else:
            cell = Cell(BEND, arrow.id, layer, 0, 0)
        chain.append(grid.add(cell))
    chain.append(lower)
    for one, other in zip(chain, chain[1:], strict=False):
        one.below.append(other)
        other.above.append(one)
    return chain
