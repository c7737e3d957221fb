"""Schedules: when a rule without an event runs. Moments are naive UTC, plans are local."""

from __future__ import annotations

import calendar
import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from . import cron_expression
from .local_time import to_utc


class Schedule(ABC):
    """A plan that names moments of local time."""

    @abstractmethod
    def next_after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """Return the first moment of the plan after ``moment``, None if there is none."""

    def preview(self, moment: datetime, zone: tzinfo, count: int) -> list[datetime]:
        """Return the next ``count`` moments after ``moment``, or fewer if the plan ends."""
        found: list[datetime] = []
        current: datetime | None = moment
        while len(found) < count:
            current = self.next_after(current, zone) if current else None
            if current is None:
                break
            found.append(current)
        return found


@dataclass(frozen=True)
class CronSchedule(Schedule):
    """What a cron expression says."""

    expression: str
    """Five fields, see ``cron_expression.normalize``."""

    def next_after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        return cron_expression.next_after(self.expression, moment, zone)


@dataclass(frozen=True)
class _DaySchedule(Schedule):
    """One moment on certain days."""

    at: time
    """Local time of day."""

    def next_after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        local = moment.replace(tzinfo=timezone.utc).astimezone(zone)
        # A day earlier: a moment may be moved past midnight where the clock skips an hour.
        for day in self._days(local.date() - timedelta(days=1)):
            found = to_utc(datetime.combine(day, self.at), zone)
            if found > moment:
                return found
        return None

    @abstractmethod
    def _days(self, first: date) -> Iterator[date]:
        """Yield the days of the plan from ``first`` on, in order."""


@dataclass(frozen=True)
class EveryFewDays(_DaySchedule):
    """Every ``every`` days, counted from a day on."""

    every: int
    start: date

    def _days(self, first: date) -> Iterator[date]:
        behind = max(0, (first - self.start).days)
        rounds = -(-behind // self.every)
        for number in itertools.count(rounds):
            yield self.start + timedelta(days=number * self.every)


@dataclass(frozen=True)
class Weekly(_DaySchedule):
    """On certain days of the week."""

    weekdays: frozenset[int]
    """0 is Monday. At least one."""

    def _days(self, first: date) -> Iterator[date]:
        for number in itertools.count():
            day = first + timedelta(days=number)
            if day.weekday() in self.weekdays:
                yield day


@dataclass(frozen=True)
class Monthly(_DaySchedule):
    """On a day of the month, or on its last day where it has fewer."""

    day: int

    def _days(self, first: date) -> Iterator[date]:
        for number in itertools.count(first.year * 12 + first.month - 1):
            year, month = divmod(number, 12)
            length = calendar.monthrange(year, month + 1)[1]
            found = date(year, month + 1, min(self.day, length))
            if found >= first:
                yield found
