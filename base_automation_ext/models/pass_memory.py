"""What a pass that ran out of time leaves to the next one of the same process.

Each look goes through the dates of the whole catch-up window, for what came late. Under load, when
one pass follows another, that would be done again and again; whatever comes late calls the
scheduled action, and so shows that it has to be done.
"""

import time
from dataclasses import dataclass
from datetime import datetime

#: Conditions may come true without anybody being told; so often all is looked at anyway.
_ALL_SECONDS = 300.0
_left: dict[str, "Left"] = {}


@dataclass(frozen=True)
class Left:
    """A pass goes on with another one."""

    trigger_id: int
    """The wake-up it has planned for that."""
    until: datetime
    """All that was due by then is done."""
    all_at: float
    """When all was looked at, on ``time.monotonic()``."""


def leave(database, trigger_id, until, all_at):
    """Keep until when all is done, for the pass that a wake-up starts."""
    _left[database] = Left(trigger_id, until, all_at)


def take(cr, cron_id, now):
    """Return what the pass before has left, None if all has to be looked at.

    That is so when somebody else has called, too. Odoo deletes the wake-ups of a running action,
    but commits that after it.
    """
    left = _left.pop(cr.dbname, None)
    if left is None or time.monotonic() - left.all_at > _ALL_SECONDS:
        return None
    cr.execute(
        "SELECT id FROM ir_cron_trigger WHERE cron_id = %s AND call_at <= %s", [cron_id, now]
    )
    return left if [found for [found] in cr.fetchall()] == [left.trigger_id] else None
