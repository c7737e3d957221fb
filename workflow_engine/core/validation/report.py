"""All checks."""

from __future__ import annotations

from ..graph import Graph
from . import activities, cycles, splits, structure
from .problem import ERROR, WARNING, Check, Problem

CHECKS: tuple[Check, ...] = (
    structure.words,
    structure.starts,
    structure.stops,
    structure.unreachable,
    structure.names,
    activities.subflows,
    activities.idle,
    activities.models,
    activities.transitions,
    splits.and_splits,
    splits.and_joins,
    cycles.endless,
)


def problems(graph: Graph) -> list[Problem]:
    """Return everything that is wrong with a definition, errors first."""
    found = [one for check in CHECKS for one in check(graph)]
    return sorted(found, key=lambda one: one.severity != ERROR)


__all__ = ["CHECKS", "ERROR", "WARNING", "Problem", "problems"]
