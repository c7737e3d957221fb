"""What a signal means for a command that has started other programs."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType

from .output import step

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Stopped(KeyboardInterrupt):
    """Ends what runs; test runners treat it as Ctrl-C instead of as a failed test."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextlib.contextmanager
def signals_as_exit() -> Iterator[None]:
    """Turn Ctrl-C and a polite kill into a quiet exit that stops everything started."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise _Stopped(number)

    before = {number: signal.signal(number, leave) for number in _ENDING}
    try:
        yield
    except _Stopped as stopped:
        step(f"stopped by {signal.Signals(stopped.number).name}")
        sys.exit(128 + stopped.number)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def interrupts_ignored() -> Iterator[None]:
    """Leave Ctrl-C to the program in the foreground."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
