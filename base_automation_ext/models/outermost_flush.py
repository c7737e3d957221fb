"""Doing something once, right before a transaction is committed.

``cr.precommit`` is not the place: Odoo runs it at the start and at the end of every savepoint, and
rolling one back empties it. What is to happen once for the whole transaction, also for what was
changed before a savepoint that is rolled back, stands around ``cr.flush`` instead. There the two
calls a savepoint makes can be told from the others by who makes them: a savepoint may have been
opened before anybody asked for anything, so nothing else knows of it. The others (the commit
itself, the end of a request, tests) mean "this is all". Somebody else's explicit flush in the
middle of a transaction (the record-by-record part of an import that has failed) means it too: what
comes after it counts as a second time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from odoo.sql_db import _FlushingSavepoint

_OF_SAVEPOINTS = frozenset(
    method.__code__ for method in (_FlushingSavepoint.__init__, _FlushingSavepoint._close)
)


class OutermostFlush:
    """Calls back before the end of the transaction of one cursor."""

    def __init__(self, cr, callback: Callable[[], bool]) -> None:
        """Start watching.

        :param callback: returns whether it has changed anything
        """
        self._cr = cr
        self._callback = callback
        self._running = False
        # On this cursor object only; the class stays as it is.
        cr.flush = self._flush
        cr.postrollback.add(self.stop)

    def stop(self) -> None:
        """Stop watching. What happened is committed, or rolled back."""
        if self._cr.__dict__.get("flush") == self._flush:
            del self._cr.flush

    # It has to go whatever becomes of a savepoint in which watching began.
    stop.outlives_savepoint = True

    def _flush(self) -> None:
        caller = sys._getframe(1).f_code
        self._original()
        if self._running or caller in _OF_SAVEPOINTS:
            return
        self._running = True
        try:
            if self._callback():
                self._original()
        finally:
            self._running = False
        if caller.co_name == "commit":
            self.stop()

    def _original(self) -> None:
        type(self._cr).flush(self._cr)
