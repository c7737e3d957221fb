"""What is written into the diagram of a definition, and how much room it takes.

Whoever draws uses a font of its own; sizes are those of a usual one, rather too large.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .layout import Arrow, Box

#: Pixels a letter takes, and a line.
NAME_LETTER, LETTER = 8.0, 6.4
NAME_LINE, LINE = 20.0, 15.0
#: Free pixels around the lines of a box, and around those of a label.
BOX_PADDING, LABEL_PADDING = 14.0, 4.0
#: The symbol in front of a line.
SYMBOL = 18.0
#: Boxes are not narrower than this, so that rows of them look even.
MINIMUM = 110.0
#: Letters that are shown; the whole text is in the tooltip.
NAME_LIMIT, LIMIT = 32, 30

NAME = "name"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, ``kind`` says of what."""

    kind: str
    text: str

    @property
    def width(self) -> float:
        """How many pixels it takes."""
        if self.kind == NAME:
            return len(self.text) * NAME_LETTER
        return len(self.text) * LETTER + SYMBOL

    @property
    def height(self) -> float:
        """How many pixels it takes."""
        return NAME_LINE if self.kind == NAME else LINE


def line(kind: str, text: str) -> Line:
    """Return a line that is not too long, in one piece."""
    limit = NAME_LIMIT if kind == NAME else LIMIT
    plain = " ".join(text.split())
    return Line(kind, plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…")


def box(id_: int, lines: Sequence[Line], *, is_start: bool) -> Box:
    """Return the room that an activity takes."""
    width = max((one.width for one in lines), default=0) + 2 * BOX_PADDING
    height = sum(one.height for one in lines) + 2 * BOX_PADDING
    return Box(id_, max(MINIMUM, width), height, is_start=is_start)


def arrow(id_: int, source: int, target: int, lines: Sequence[Line]) -> Arrow:
    """Return a transition with the room that its label takes."""
    if not lines:
        return Arrow(id_, source, target)
    width = max(one.width for one in lines) + 2 * LABEL_PADDING
    height = sum(one.height for one in lines) + 2 * LABEL_PADDING
    return Arrow(id_, source, target, width, height)
