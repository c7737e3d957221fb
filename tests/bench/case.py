"""What a benchmark case is. Imports nothing from Odoo: the parent process reads it too."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One row of the table; the functions run inside a worker process of one engine."""

    name: str
    """Key for `make bench CASE=name`, unique."""
    label: str
    """What is measured, for the table."""
    act: Callable[[Any, Any], None]
    """`act(env, prepared)`: the work through an engine; timed, with the flush after it."""
    hand: Callable[[Any, Any], None]
    """`hand(env, prepared)`: the same work as a developer would write it; timed likewise."""
    prepare: Callable[[Any], Any]
    """`prepare(env)`: untimed start of each round, in the transaction of the round."""
    setup: Callable[[Any], None] = lambda env: None
    """`setup(env)`: rules and actions, once per database; not called where the work is by hand."""
    operations: int = 1
    """How many equal operations `act` performs; times are shown per operation."""
    engines: tuple[str, ...] = ("hand", "stock", "ours")
    """Columns that exist for this case."""
    hand_engine: str = "hand"
    """Worker that runs `hand`; another one where the difference lies in a setting of ours."""
    late: bool = True
    """Also measure late in a transaction that has already run rules on 1,000 records."""
    target: float | None = None
    """Highest ratio ours : hand that the project wants; shown, never asserted."""
    limit_seconds: float | None = None
    """Most seconds per operation the project wants on top of the work by hand, or in all where
    nothing can be written by hand; shown, never asserted."""

    def column(self, engine: str) -> tuple[str, str]:
        """Return the worker and the function ("act" or "hand") of a column."""
        return (self.hand_engine, "hand") if engine == "hand" else (engine, "act")
