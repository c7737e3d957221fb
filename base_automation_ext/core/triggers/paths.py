"""Paths from a rule's model to fields of other records, and what has to be heard along them.

``order_line.product_id.name`` is two steps and a leaf. The models along a path are numbered by
their depth: 0 is the rule's own model, the last one holds the leaf. A record there is the *end* of
the path, a record of the rule's model its *root*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from odoo.addons.server_action_engine.core.subscriptions import CREATE, UNLINK, WRITE

from .base import AFTER, CHANGE, Trigger
from .sightings import Sighting

ONE = "many2one"
LINES = "one2many"
MANY = "many2many"
#: Types of fields a path can follow.
LINKS = frozenset({ONE, LINES, MANY})


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """What a path has to know of one field."""

    model: str
    name: str
    type: str
    is_stored: bool = True
    comodel: str = ""
    """The model a link leads to."""
    inverses: tuple[str, ...] = ()
    """Stored fields of the comodel that are the same link seen from there."""
    link_names: frozenset[str] = frozenset()
    """Fields of the comodel that decide which of its records are seen through the link: its
    inverses, those of its domain, and whether a record is archived."""
    related: str = ""
    depends: tuple[str, ...] = ()
    depends_context: frozenset[str] = frozenset()
    is_searchable: bool = True


@dataclass(frozen=True, slots=True)
class WatchedPath:
    """A path with the fields at its end."""

    steps: tuple[FieldFacts, ...]
    leaf_model: str
    leaves: frozenset[str] = frozenset()
    """Stored fields at the end; empty when only the links matter."""
    compares_leaves: bool = False
    """Whether a link that moves matters only if the leaves have another value there."""
    hears_recomputations: bool = True

    @property
    def depth(self) -> int:
        """The depth of the model that holds the leaves."""
        return len(self.steps)

    def model_at(self, depth: int) -> str:
        """Return the name of the model at a depth."""
        return self.steps[depth].model if depth < self.depth else self.leaf_model


@dataclass(frozen=True, slots=True)
class WatchPoint:
    """One event that has to be heard for a path."""

    model: str
    event: str
    depth: int
    names: frozenset[str] | None = None
    """Watched fields of a WRITE."""
    is_frame: bool = False
    """Changes nothing itself, but the changes inside it belong together."""


@dataclass(frozen=True)
class PathTrigger(Trigger):
    """A trigger that looks beyond the record. Subclasses say which changes they are about."""

    filters = frozenset({AFTER, CHANGE})

    paths: tuple[WatchedPath, ...] = ()
    on_create: bool = False
    """Whether a new record counts as a change from nothing."""

    @property
    def hears_creation(self) -> bool:
        """Whether new records of the rule's model have to be looked at."""
        return self.on_create

    def concerns(self, seen: Sighting) -> bool:
        """Tell whether the trigger wants what one record saw change along one of the paths."""
        return bool(seen)


def watch_points(path: WatchedPath, hears_creation: bool = False) -> Iterator[WatchPoint]:
    """Yield the events by which what is seen along ``path`` can change."""
    for depth in range(path.depth + 1):
        model = path.model_at(depth)
        names = _names_at(path, depth)
        if names:
            yield WatchPoint(model, WRITE, depth, names)
        if depth:
            if path.steps[depth - 1].inverses:
                yield WatchPoint(model, CREATE, depth)
            yield WatchPoint(model, UNLINK, depth)
        step = _step_at(path, depth)
        if step is not None and step.type == LINES:
            # The lines tell what happens to them, one by one; this says when all have.
            yield WatchPoint(model, WRITE, depth, frozenset({step.name}), is_frame=True)
    has_lines = any(step.type == LINES for step in path.steps)
    if hears_creation:
        yield WatchPoint(path.model_at(0), CREATE, 0)
    if has_lines:
        # A new record's own first lines are no change of it, or one with its creation.
        yield WatchPoint(path.model_at(0), CREATE, 0, is_frame=True)


def _step_at(path: WatchedPath, depth: int) -> FieldFacts | None:
    return path.steps[depth] if depth < path.depth else None


def _names_at(path: WatchedPath, depth: int) -> frozenset[str]:
    """Return the fields at a depth of which a new value can change what is seen."""
    step = _step_at(path, depth)
    names: set[Any] = set(path.leaves) if step is None else set()
    if step is not None and step.is_stored and step.type in (ONE, MANY):
        names.add(step.name)
    if depth:
        names |= path.steps[depth - 1].link_names
    return frozenset(names)
