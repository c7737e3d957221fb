"""Working days and working hours, from spans of work that somebody else knows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from .island import CHUNK_DAYS, Island, Load, Span

__all__ = ["Span", "Working", "WorkingTime"]

#: What is farther away from all that is known is asked for by itself, not with all between.
_NEAR_DAYS = 2 * CHUNK_DAYS


class Working(Protocol):
    """What knows when people work."""

    def plan_days(self, day: date, count: int) -> date | None:
        """Return the ``count``-th working day after a day, before it if negative.

        For 0 it is the day itself, or the next one with work. None if work has an end before.
        """

    def plan_hours(self, moment: datetime, hours: float) -> datetime | None:
        """Return the moment (naive UTC) after so much working time, before if negative."""


class WorkingTime:
    """Working time from spans that are loaded once, by chunks.

    What planning one moment costs does not depend on how far away it is, and many records need
    no more loading than one.
    """

    def __init__(self, load: Load) -> None:
        """Take what returns the spans between two days, the last excluded, in order."""
        self._load = load
        self._islands: list[Island] = []

    def plan_days(self, day: date, count: int) -> date | None:
        """Return the ``count``-th working day after a day; see :class:`Working`."""
        try:
            return self._around(day).plan_days(day, count)
        except OverflowError:
            return None

    def plan_hours(self, moment: datetime, hours: float) -> datetime | None:
        """Return the moment after so much working time; see :class:`Working`."""
        try:
            return self._around(moment.date()).plan_hours(moment, hours)
        except OverflowError:
            return None

    def _around(self, day: date) -> Island:
        for island in self._islands:
            if island.is_near(day, _NEAR_DAYS):
                return island
        self._islands.append(Island(self._load, day))
        return self._islands[-1]
