"""From the value of a date field to the moments at which a rule is due for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property

from ..local_time import to_local, to_utc
from .units import DAYS, WORKABLE, Offset, Shift, add_days, add_months, last_day_of_month
from .validation import check
from .working import Working


@dataclass(frozen=True)
class Step:
    """One more moment of an escalation, counted from the same value."""

    number: int
    unit: str = DAYS


@dataclass(frozen=True, order=True)
class Occurrence:
    """One moment at which a rule is due for a value."""

    moment: datetime
    """Naive UTC."""
    step: int = 0
    """0 for the rule's own delay, from 1 on for the steps of an escalation."""
    number: int = 0
    """Counts what recurs, from 0."""


@dataclass(frozen=True)
class Leg:
    """The way from a value to one occurrence."""

    offsets: tuple[Offset, ...]
    step: int = 0
    number: int = 0

    @cached_property
    def shift(self) -> Shift:
        """What the offsets come to where all time counts."""
        return Shift.of(self.offsets)


@dataclass(frozen=True)
class DuePlan:
    """So long before or after the value of a field, and what follows on that."""

    number: int = 0
    unit: str = DAYS
    before: bool = False
    at: time | None = None
    """Local time of day the moment is put to; None keeps the one of the value."""
    last_day: bool = False
    """Put the moment to the last day of its month."""
    working: bool = False
    """Count working days or working time only."""
    every: int = 0
    """Be due again every so many units; 0 for once only."""
    every_unit: str = DAYS
    times: int = 1
    """How often in all."""
    steps: tuple[Step, ...] = ()

    def validate(self) -> None:
        """Check that the settings go together.

        :raises DuePlanError: says what to change, in a text marked for translation
        """
        check(self)

    @cached_property
    def legs(self) -> tuple[Leg, ...]:
        """All ways from a value to a moment."""
        sign = -1 if self.before else 1
        own = Offset(sign * self.number, self.unit)
        rounds = max(1, self.times) if self.every else 1
        found = [Leg((own,))]
        found += [
            Leg((own, Offset(number * self.every, self.every_unit)), number=number)
            for number in range(1, rounds)
        ]
        for index, step in enumerate(self.steps, 1):
            found.append(Leg((Offset(sign * step.number, step.unit),), index))
        return tuple(found)

    def moment(
        self, value: date | datetime, zone: tzinfo, working: Working | None = None
    ) -> datetime | None:
        """Return the first moment the rule's own delay leads to, None if there is none.

        :param value: a date is read as the start of that day in ``zone``; a datetime is naive UTC
        :param working: needed when working time is counted
        """
        return self.moment_of(self.legs[0], value, zone, working)

    def occurrences(
        self,
        value: date | datetime,
        zone: tzinfo,
        working: Working | None = None,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> list[Occurrence]:
        """Return all moments for a value in their order, only those in [start, end) if given."""
        found = sorted(self._all(value, zone, working))
        return [
            one
            for one in found
            if (start is None or one.moment >= start) and (end is None or one.moment < end)
        ]

    def _all(
        self, value: date | datetime, zone: tzinfo, working: Working | None
    ) -> Iterator[Occurrence]:
        latest: dict[int, datetime] = {}
        for leg in self.legs:
            moment = self.moment_of(leg, value, zone, working)
            # Where the clock skips a day, or work stops, two of a recurrence may fall together.
            if moment is not None and latest.get(leg.step) != moment:
                latest[leg.step] = moment
                yield Occurrence(moment, leg.step, leg.number)

    def moment_of(
        self, leg: Leg, value: date | datetime, zone: tzinfo, working: Working | None
    ) -> datetime | None:
        """Return the moment one leg leads to; None outside of the calendar or of working time."""
        try:
            if self.working:
                assert working is not None, "a plan of working time needs a calendar"
                return self._in_working_time(leg, value, zone, working)
            moment = self._on_the_clock(value, leg.shift, zone)
            return moment + timedelta(minutes=leg.shift.minutes)
        except (OverflowError, ValueError):
            return None

    def _on_the_clock(self, value: date | datetime, shift: Shift, zone: tzinfo) -> datetime:
        if isinstance(value, datetime):
            if not (shift.months or shift.days or self.at or self.last_day):
                return value
            local = to_local(value, zone)
        else:
            local = datetime.combine(value, time())
        local = add_days(add_months(local, shift.months), shift.days)
        if self.last_day:
            local = last_day_of_month(local)
        return to_utc(self._put_to_time(local), zone)

    def _in_working_time(
        self, leg: Leg, value: date | datetime, zone: tzinfo, working: Working
    ) -> datetime | None:
        moment = self._on_the_clock(value, Shift(), zone)
        for offset in leg.offsets:
            planned = self._work_off(moment, offset, zone, working)
            if planned is None:
                return None
            moment = planned
        return moment

    def _work_off(
        self, moment: datetime, offset: Offset, zone: tzinfo, working: Working
    ) -> datetime | None:
        shift = Shift.of([offset])
        if offset.unit not in WORKABLE:
            return self._on_the_clock(moment, shift, zone)
        if offset.unit != DAYS:
            return working.plan_hours(moment, shift.minutes / 60)
        local = to_local(moment, zone)
        day = working.plan_days(local.date(), shift.days)
        if day is None:
            return None
        return to_utc(self._put_to_time(datetime.combine(day, local.time())), zone)

    def _put_to_time(self, local: datetime) -> datetime:
        return local if self.at is None else datetime.combine(local.date(), self.at)
