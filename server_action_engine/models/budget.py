"""The wall-clock budget of author-written code, best effort.

One watchdog thread per process looks after all running code. When a budget is used up it cancels
the SQL statement that is running (PostgreSQL's cancel request, so no ``statement_timeout`` has to
be set and restored) and raises :class:`BudgetExceededError` in the thread that runs the code.
It cannot interrupt a C function that does not return. It protects against accidents, it is not a
boundary against an attacker.
"""

import contextlib
import ctypes
import math
import os
import threading
import time

from ..core.errors import BudgetExceededError

#: Seconds between two attempts to stop code that swallowed the first one.
_RETRY_SECONDS = 1.0


class _Deadline:
    __slots__ = ("at", "cursor", "fired", "thread_id")

    def __init__(self, seconds, cursor):
        self.at = time.monotonic() + seconds
        self.thread_id = threading.get_ident()
        self.cursor = cursor
        self.fired = False


class _Watchdog:
    def __init__(self):
        self._condition = threading.Condition()
        self._deadlines = set()
        self._thread = None
        # When the thread looks next; entering a later deadline need not wake it.
        self._looks_at = math.inf

    def enter(self, seconds, cursor):
        deadline = _Deadline(seconds, cursor)
        with self._condition:
            self._deadlines.add(deadline)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._watch, name="server_action_engine.watchdog", daemon=True
                )
                self._thread.start()
            elif deadline.at < self._looks_at:
                self._condition.notify()
        return deadline

    def leave(self, deadline):
        """Forget the deadline; an interrupt that is under way is taken back."""
        with self._condition:
            self._deadlines.discard(deadline)
            if deadline.fired:
                _interrupt(deadline.thread_id, None)

    def _watch(self):
        with self._condition:
            while True:
                self._looks_at = min((item.at for item in self._deadlines), default=math.inf)
                wait = self._looks_at - time.monotonic()
                if wait > 0:
                    self._condition.wait(None if wait == math.inf else wait)
                    continue
                for deadline in list(self._deadlines):
                    if deadline.at <= time.monotonic():
                        self._expire(deadline)

    @staticmethod
    def _expire(deadline):
        deadline.at = time.monotonic() + _RETRY_SECONDS
        deadline.fired = True
        # The thread is stopped first: otherwise code that catches the SQL error goes on.
        _interrupt(deadline.thread_id, BudgetExceededError)
        with contextlib.suppress(Exception):
            deadline.cursor._cnx.cancel()


def _interrupt(thread_id, exception):
    """Raise ``exception`` in a thread at its next bytecode; None takes a pending one back."""
    target = ctypes.py_object(exception) if exception else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread_id), target)


_watchdog = _Watchdog()


def _reset_after_fork():
    """A forked worker has neither the thread nor, possibly, a usable lock."""
    global _watchdog
    _watchdog = _Watchdog()


os.register_at_fork(after_in_child=_reset_after_fork)


@contextlib.contextmanager
def wall_clock_budget(seconds, cursor, what):
    """Stop the body after ``seconds`` (0: never).

    :param cursor: the cursor the body works on
    :param what: function that names the code, for the error message
    :raises BudgetExceededError: when the body was stopped
    """
    if not seconds:
        yield
        return
    token = _watchdog.enter(seconds, cursor)
    try:
        yield
    except BudgetExceededError as exc:
        raise BudgetExceededError(_message(what, seconds)) from exc
    except Exception as exc:
        if getattr(exc, "pgcode", None) == "57014":  # query_canceled
            raise BudgetExceededError(_message(what, seconds)) from exc
        raise
    finally:
        _watchdog.leave(token)


def _message(what, seconds):
    return (
        f"{what()} was stopped after {seconds:g} seconds. Make it do less at once, or run it "
        "in the background (Execution: as a task)."
    )
