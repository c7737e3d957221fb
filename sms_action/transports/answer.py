"""What every transport yields."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from ..core.outcome import Outcome


@dataclass(frozen=True)
class Answer:
    """The outcome of one message or part."""

    key: Hashable
    """The caller's name for it."""
    outcome: Outcome
    """What became of it."""
