"""The steps of a layout, in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .grid import build
from .layers import back_arrows, layers
from .model import Arrow, Box, Picture, Spacing
from .order import reduce_crossings
from .place import place
from .routes import draw


def arrange(
    boxes: Sequence[Box],
    arrows: Sequence[Arrow],
    *,
    previous: Mapping[int, float] | None = None,
    spacing: Spacing | None = None,
) -> Picture:
    """Return where everything goes, from top to bottom.

    The same input gives the same picture. Order matters: where that costs no crossing, what is
    given first is further left.

    :param previous: ``x`` of boxes in the picture before; their order from left to right is kept
        where it costs no crossing
    :raises KeyError: an arrow leads from or to a box that is not given
    """
    space = spacing or Spacing()
    back = back_arrows(boxes, arrows)
    grid = build(boxes, arrows, layers(boxes, arrows, back), back, space)
    reduce_crossings(grid, previous)
    place(grid, space.beside)
    return draw(boxes, arrows, grid, back, space)
