"""Spans of work without a gap in what is known, searched by bisection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

#: Days that are asked for at once.
CHUNK_DAYS = 182
#: After so many days without work it is taken to be over for good, as resource.calendar does.
LONGEST_REST_DAYS = 1400


class Span(NamedTuple):
    """One stretch of work."""

    start: datetime
    """Naive UTC."""
    stop: datetime
    day: date
    """Of the calendar's time zone."""


Load = Callable[[date, date], Sequence[Span]]


class Island:
    """What is known around a day; it grows by chunks in both directions."""

    def __init__(self, load: Load, day: date) -> None:
        """Take what returns the spans between two days, the last excluded, in order."""
        self._load = load
        self.first = self.last = day - timedelta(days=7)
        self.spans: list[Span] = []
        self._take(backward=False)

    def is_near(self, day: date, days: int) -> bool:
        """Tell whether a day is known, or no farther away than some days."""
        span = timedelta(days=days)
        return self.first - span <= day < self.last + span

    def plan_days(self, day: date, count: int) -> date | None:
        """Return the ``count``-th working day after a day; see :class:`..working.Working`."""
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
        """Return the moment after so much working time; see :class:`..working.Working`."""
        self._cover(moment.date())
        work = timedelta(seconds=round(abs(hours) * 3600))
        if hours < 0:
            return self._hours_before(moment, work)
        while True:
            first = bisect_right(self._stops, moment)
            if first < len(self.spans):
                goal = self._worked_until(first, moment) + work
                place = max(first, bisect_left(self._totals, goal) - 1)
                if place < len(self.spans):
                    return self.spans[place].start + (goal - self._totals[place])
            if not self._extend_forward(moment.date()):
                return None

    def _hours_before(self, moment: datetime, work: timedelta) -> datetime | None:
        while True:
            last = bisect_left(self._starts, moment) - 1
            if last >= 0:
                goal = self._worked_until(last, moment) - work
                place = min(last, bisect_right(self._totals, goal) - 1)
                if place >= 0:
                    return self.spans[place].start + (goal - self._totals[place])
            if not self._extend_backward(moment.date()):
                return None

    def _worked_until(self, place: int, moment: datetime) -> timedelta:
        span = self.spans[place]
        return self._totals[place] + min(max(moment, span.start), span.stop) - span.start

    # -- what is known ----------------------------------------------------------------------------

    def _cover(self, day: date) -> None:
        while day < self.first:
            self._take(backward=True)
        while day >= self.last:
            self._take(backward=False)

    def _extend_forward(self, since: date) -> bool:
        latest = max(since, self._days[-1]) if self._days else since
        return (self.last - latest).days < LONGEST_REST_DAYS and self._take(backward=False)

    def _extend_backward(self, since: date) -> bool:
        soonest = min(since, self._days[0]) if self._days else since
        return (soonest - self.first).days < LONGEST_REST_DAYS and self._take(backward=True)

    def _take(self, *, backward: bool) -> bool:
        chunk = timedelta(days=CHUNK_DAYS)
        if backward:
            end, self.first = self.first, self.first - chunk
            self.spans = [*self._load(self.first, end), *self.spans]
        else:
            start, self.last = self.last, self.last + chunk
            self.spans = [*self.spans, *self._load(start, self.last)]
        self._index()
        return True

    def _index(self) -> None:
        self._days = sorted({span.day for span in self.spans})
        self._starts = [span.start for span in self.spans]
        self._stops = [span.stop for span in self.spans]
        lengths = (span.stop - span.start for span in self.spans)
        #: Work before each span, and after the last.
        self._totals = list(accumulate(lengths, initial=timedelta()))
