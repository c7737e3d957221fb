"""One record a timed rule is due for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class DueItem:
    """A record, the moment at which a rule is due for it, and what that was counted from."""

    res_id: int
    moment: datetime
    """Naive UTC."""
    step: int
    value: date | datetime
    number: int = 0
    """Which repetition it is."""

    @property
    def key(self) -> tuple[int, datetime, int]:
        """What the ledger knows it by."""
        return self.res_id, self.moment, self.step

    @property
    def stamp(self) -> datetime:
        """The value as a datetime."""
        return as_datetime(self.value)


def as_datetime(value: date | datetime) -> datetime:
    """Return a date as the datetime PostgreSQL makes of it."""
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def latest_of_each(items: list[DueItem]) -> tuple[list[DueItem], list[DueItem]]:
    """Part what is due into what is run, and what a later repetition makes up for.

    A server that was down for three days sends one daily reminder, not three.
    """
    latest: dict[tuple[int, int], DueItem] = {}
    for item in items:
        place = item.res_id, item.step
        if place not in latest or latest[place].moment < item.moment:
            latest[place] = item
    if len(latest) == len(items):
        return items, []
    kept = set(latest.values())
    return [item for item in items if item in kept], [item for item in items if item not in kept]
