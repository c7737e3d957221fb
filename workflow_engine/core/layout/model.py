"""What goes in and what comes out. Sizes and positions have one unit, such as pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Box:
    """An activity."""

    id: int
    width: float
    height: float
    is_start: bool = False
    """Starts come first; cycles are broken where they lead back."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """A transition. Two may lead from one box to another, and one may lead back to its own."""

    id: int
    source: int
    target: int
    label_width: float = 0
    label_height: float = 0


@dataclass(frozen=True, slots=True)
class Spacing:
    """Free space."""

    beside: float = 30
    """Between neighbours on a layer."""
    between: float = 25
    """Between a layer of boxes and the layer of labels below it."""
    loop: float = 20
    """How far an arrow to its own box reaches out."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A place; ``x`` and ``y`` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    def overlaps(self, other: Rect) -> bool:
        """Tell whether two places have more than an edge in common."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Route:
    """An arrow as it is drawn."""

    points: tuple[tuple[float, float], ...]
    """From the edge of its source to the edge of its target."""
    label: Rect | None
    is_back: bool
    """Whether it leads against the flow, as part of a cycle."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A layout."""

    width: float
    height: float
    boxes: Mapping[int, Rect] = field(default_factory=dict)
    arrows: Mapping[int, Route] = field(default_factory=dict)
