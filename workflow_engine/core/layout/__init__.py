"""Where the parts of a diagram go: layered, cycles allowed, labels on arrows, stable.

Boxes and arrows go in with their sizes, rectangles and lines come out; nothing is drawn here. The
steps, one file each, are those of the usual layered method (Sugiyama, Tagawa, Toda 1981): break
cycles, assign layers, order each layer, place everything on its layer.
"""

from .arrange import arrange
from .model import Arrow, Box, Picture, Rect, Route, Spacing

__all__ = ["Arrow", "Box", "Picture", "Rect", "Route", "Spacing", "arrange"]
