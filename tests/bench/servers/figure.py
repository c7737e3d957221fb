"""What a server case is and what it answers. Imports nothing from Odoo."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """What a server case measured."""

    case: str
    values: dict[str, Any]
    """Plain data for the JSON file."""
    text: list[str]
    """The same for a reader."""

    def lines(self) -> list[str]:
        """Return the lines to print."""
        return self.text

    def as_dict(self) -> dict[str, Any]:
        """Return the entry of the JSON file."""
        return {"case": self.case, **self.values}


@dataclass(frozen=True)
class ServerCase:
    """A benchmark that starts servers of its own."""

    name: str
    label: str
    run: Callable[..., Figure]
    """`run(env, rounds, quick=False)`; not every case has rounds."""
    need: tuple[str, ...] = ()
    """What the environment has to have beside Odoo and PostgreSQL."""
