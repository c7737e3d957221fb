"""Which tasks a lane takes next: keys of batches, fairness, batch sizes, groups and rates."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

#: Tasks of one key run as one recordset.
MERGED = "b"
#: Tasks of one key share a transaction but run one after the other.
SEPARATE = "e"
#: A task that took its worker down: it has a transaction and a worker to itself.
ALONE = "s"

#: Waiting this long counts as much as one step of priority, so that nothing waits for ever.
AGEING_SECONDS = 60.0
FIRST_BATCH = 500
MAX_BATCH = 1000
#: Each separate task takes one of the transaction's savepoints.
MAX_SEPARATE = 40
#: A transaction that runs longer than this keeps locks and dead rows for too long.
LONG_BATCH_SECONDS = 2.0


def batch_key(fingerprint: str, *, merged: bool, grouped: bool) -> str:
    """Return the key shared by tasks that a lane may claim together.

    :param fingerprint: everything that has to be equal for that, as text
    :param grouped: whether the tasks have a concurrency group: claiming those takes a lock
    """
    digest = hashlib.md5(fingerprint.encode(), usedforsecurity=False).hexdigest()
    return f"{MERGED if merged else SEPARATE}:{digest}{':g' if grouped else ''}"


def is_grouped(key: str) -> bool:
    """Tell whether the tasks of a key have concurrency groups."""
    return key.endswith(":g")


@dataclass(frozen=True)
class Head:
    """The first ready task of a batch key."""

    priority: int
    """0 is the most urgent."""
    key: str
    waiting_seconds: float
    """Since the task is due."""


@dataclass
class Turn:
    """What one lane remembers while it runs: whom it served last, and how large batches may be."""

    sizes: dict[str, int] = field(default_factory=dict)
    """Adapted batch size by key."""
    _served_at: dict[str, float] = field(default_factory=dict)

    def choose(self, heads: Sequence[Head], now: float) -> Head | None:
        """Return the head to serve: by priority and age, then the one served longest ago.

        Age counts from the last time the key was served, so a long queue does not outweigh a
        short one by the age of its oldest task.

        :param now: seconds on any monotonic clock, the same as for :meth:`served`
        """

        def rank(head: Head) -> tuple[float, float, float, str]:
            served_at = self._served_at.get(head.key, float("-inf"))
            age = min(head.waiting_seconds, now - served_at)
            steps = int(age / AGEING_SECONDS)
            return head.priority - steps, served_at, -head.waiting_seconds, head.key

        return min(heads, key=rank, default=None)

    def limit(self, key: str) -> int:
        """Return how many tasks of ``key`` to claim at once."""
        if key.startswith(ALONE):
            return 1
        if key.startswith(SEPARATE):
            return min(self.sizes.get(key, MAX_SEPARATE), MAX_SEPARATE)
        return self.sizes.get(key, FIRST_BATCH)

    def served(self, key: str, now: float) -> None:
        """Remember that it was the turn of ``key``."""
        self._served_at[key] = now

    def adapt(
        self, key: str, count: int, seconds: float, *, undecided: int = 0, skipped: int = 0
    ) -> None:
        """Adapt the size of the next batch of ``key`` to what the last one took.

        :param count: tasks that were run
        :param undecided: how many of them have to be run once more
        :param skipped: tasks that were looked at and could not be in the batch
        """
        limit = self.limit(key)
        if skipped:
            self.sizes[key] = max(1, count)
        elif undecided or seconds > LONG_BATCH_SECONDS:
            self.sizes[key] = max(1, min(limit, count) // 2)
        elif count >= limit and seconds < LONG_BATCH_SECONDS / 4:
            self.sizes[key] = min(limit * 2, MAX_BATCH)


@dataclass(frozen=True)
class GroupPolicy:
    """Limits of a concurrency group. A group nobody configured has the defaults."""

    lanes: int = 1
    """Lanes that may work on the group at the same time; 0 means no limit."""
    rate_count: int = 0
    """Tasks that may start within ``rate_seconds``; 0 means no limit."""
    rate_seconds: float = 60.0
    paused: bool = False

    def room(self, running: int, recent: int) -> int | None:
        """Return how many tasks may start now, None for any number.

        :param running: lanes that work on the group
        :param recent: tasks started within the last ``rate_seconds``
        """
        if self.paused or (self.lanes and running >= self.lanes):
            return 0
        return max(0, self.rate_count - recent) if self.rate_count else None


def rooms(
    policies: Mapping[str, GroupPolicy], running: Mapping[str, int], recent: Mapping[str, int]
) -> dict[str, int]:
    """Return ``{group: tasks that may start}`` for every group with a bound.

    Groups that are not in the result have room for any number of tasks.
    """
    result = {}
    for name in {*policies, *running}:
        policy = policies.get(name, GroupPolicy())
        room = policy.room(running.get(name, 0), recent.get(name, 0))
        if room is not None:
            result[name] = room
    return result


def admit(
    items: Iterable[tuple[int, int | None, str | None]], room: Mapping[str, int]
) -> list[int]:
    """Pick the tasks that may run together, in their order.

    A record appears once: two tasks for one record are two runs, not one.

    :param items: (task id, record id or None, group or None)
    :param room: as :func:`rooms` returns it
    """
    left = dict(room)
    seen: set[int] = set()
    admitted = []
    for task_id, record_id, group in items:
        if record_id is not None and record_id in seen:
            continue
        if group is not None and group in left:
            if left[group] <= 0:
                continue
            left[group] -= 1
        if record_id is not None:
            seen.add(record_id)
        admitted.append(task_id)
    return admitted
