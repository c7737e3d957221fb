"""One finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ..definition import Activity, Transition
from ..graph import Graph

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author should know."""

    severity: str
    code: str
    """Stable name of the finding; messages may be reworded and translated."""
    place: str
    message: str
    """What is wrong and what to do."""
    activity: int | None = None
    transition: int | None = None


Check: TypeAlias = "Callable[[Graph], Iterator[Problem]]"


def problem(
    graph: Graph, severity: str, code: str, message: str, at: Activity | Transition | None = None
) -> Problem:
    """Return a finding about a definition or a part of it."""
    return Problem(
        severity,
        code,
        graph.place(at),
        message,
        at.id if isinstance(at, Activity) else None,
        at.id if isinstance(at, Transition) else None,
    )
