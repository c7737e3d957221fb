"""Runs on their way to the log: those of one transaction are written together.

They wait in ``cr.precommit``, so they are written with the next savepoint or commit, on the right
side of it, and are dropped with the savepoint or transaction they belong to. Whoever reads the
log before gets them written first (``ServerActionRun._search``).
"""

from functools import partial

from .run_log_rows import insert_rows

_KEY = "server_action_engine.runs"
#: Steps that wait at most; a longer statement saves nothing.
_MOST_STEPS = 500


class _Waiting:
    """The rows that wait in one transaction."""

    __slots__ = ("rows", "steps")

    def __init__(self):
        self.rows = []
        self.steps = 0


def write_soon(cr, row):
    """Keep a run (see :func:`run_log_rows.run_rows`) for the next write of the log."""
    waiting = cr.precommit.data.get(_KEY)
    if waiting is None:
        waiting = cr.precommit.data[_KEY] = _Waiting()
        cr.precommit.add(partial(write_waiting, cr))
    waiting.rows.append(row)
    waiting.steps += len(row[1])
    if waiting.steps >= _MOST_STEPS:
        write_waiting(cr)


def write_waiting(cr):
    """Write the runs of this transaction that wait."""
    waiting = cr.precommit.data.pop(_KEY, None)
    if waiting is not None:
        insert_rows(cr, waiting.rows)
