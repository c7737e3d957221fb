"""Working days and working hours, from spans of work that somebody else knows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple, Protocol

#: Days that are asked for at once.
CHUNK_DAYS = 364
#: After so many days without work it is taken to be over for good, as resource.calendar does.
LONGEST_REST_DAYS = 1400


class Span(NamedTuple):
    """One stretch of work."""

    start: datetime
    """Naive UTC."""
    stop: datetime
    day: date
    """Of the calendar's time zone."""


class Working(Protocol):
    """What knows when people work."""

    def plan_days(self, day: date, count: int) -> date | None:
        """Return the ``count``-th working day after a day, before it if negative.

        For 0 it is the day itself, or the next one with work. None if work has an end before.
        """

    def plan_hours(self, moment: datetime, hours: float) -> datetime | None:
        """Return the moment (naive UTC) after so much working time, before if negative."""


class WorkingTime:
    """Working time from spans that are loaded once, by chunks, and searched by bisection.

    What planning one moment costs does not depend on how far away it is, and many records need
    no more loading than one.
    """

    def __init__(self, load: Callable[[date, date], Sequence[Span]]) -> None:
        """Take what returns the spans between two days, the last excluded, in order."""
        self._load = load
        self._first: date | None = None
        self._last: date | None = None
        self._spans: list[Span] = []
        self._index()

    def plan_days(self, day: date, count: int) -> date | None:
        """Return the ``count``-th working day after a day; see :class:`Working`."""
        self._cover(day)
        while count < 0:
            place = bisect_left(self._days, day) + count
            if place >= 0:
                return self._days[place]
            if not self._extend_backward(day):
                return None
        while True:
            known = bisect_right(self._days, day) if count else bisect_left(self._days, day)
            place = known + max(count - 1, 0)
            if place < len(self._days):
                return self._days[place]
            if not self._extend_forward(day):
                return None

    def plan_hours(self, moment: datetime, hours: float) -> datetime | None:
        """Return the moment after so much working time; see :class:`Working`."""
        self._cover(moment.date())
        work = timedelta(seconds=round(abs(hours) * 3600))
        if hours < 0:
            return self._hours_before(moment, work)
        while True:
            first = bisect_right(self._stops, moment)
            if first < len(self._spans):
                goal = self._worked_until(first, moment) + work
                place = max(first, bisect_left(self._totals, goal) - 1)
                if place < len(self._spans):
                    return self._spans[place].start + (goal - self._totals[place])
            if not self._extend_forward(moment.date()):
                return None

    def _hours_before(self, moment: datetime, work: timedelta) -> datetime | None:
        while True:
            last = bisect_left(self._starts, moment) - 1
            if last >= 0:
                goal = self._worked_until(last, moment) - work
                place = min(last, bisect_right(self._totals, goal) - 1)
                if place >= 0:
                    return self._spans[place].start + (goal - self._totals[place])
            if not self._extend_backward(moment.date()):
                return None

    def _worked_until(self, place: int, moment: datetime) -> timedelta:
        span = self._spans[place]
        return self._totals[place] + min(max(moment, span.start), span.stop) - span.start

    # -- what is known ----------------------------------------------------------------------------

    def _cover(self, day: date) -> None:
        if self._first is None or self._last is None:
            self._first = self._last = day - timedelta(days=7)
        while day < self._first:
            self._take(backward=True)
        while day >= self._last:
            self._take(backward=False)

    def _extend_forward(self, since: date) -> bool:
        assert self._last is not None
        latest = max(since, self._days[-1]) if self._days else since
        return (self._last - latest).days < LONGEST_REST_DAYS and self._take(backward=False)

    def _extend_backward(self, since: date) -> bool:
        assert self._first is not None
        soonest = min(since, self._days[0]) if self._days else since
        return (soonest - self._first).days < LONGEST_REST_DAYS and self._take(backward=True)

    def _take(self, *, backward: bool) -> bool:
        assert self._first is not None and self._last is not None
        chunk = timedelta(days=CHUNK_DAYS)
        if backward:
            start, self._first = self._first - chunk, self._first - chunk
            self._spans = [*self._load(start, start + chunk), *self._spans]
        else:
            start, self._last = self._last, self._last + chunk
            self._spans = [*self._spans, *self._load(start, start + chunk)]
        self._index()
        return True

    def _index(self) -> None:
        self._days = sorted({span.day for span in self._spans})
        self._starts = [span.start for span in self._spans]
        self._stops = [span.stop for span in self._spans]
        lengths = (span.stop - span.start for span in self._spans)
        #: Work before each span, and after the last.
        self._totals = list(accumulate(lengths, initial=timedelta()))
