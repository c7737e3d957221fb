"""What a person sees: one line per step, and progress that is quiet in a log file."""

from __future__ import annotations

import sys
import time

_LOG_INTERVAL_SECONDS = 10


def step(text: str) -> None:
    """Announce a step of the set-up."""
    print(f"==> {text}", flush=True)


def note(text: str) -> None:
    """Add a remark to the step before."""
    print(f"    {text}", flush=True)


class Progress:
    """A line that is rewritten on a terminal and repeated every ten seconds in a log."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._terminal = sys.stdout.isatty()
        self._last = time.monotonic()
        self._shown = ""

    def show(self, text: str) -> None:
        now = time.monotonic()
        if self._terminal:
            if text != self._shown:
                print(f"\r\x1b[K    {self._label}: {text}", end="", flush=True)
                self._shown = text
        elif now - self._last >= _LOG_INTERVAL_SECONDS:
            self._last = now
            print(f"    {self._label}: {text}", flush=True)

    def close(self) -> None:
        if self._terminal and self._shown:
            print("\r\x1b[K", end="", flush=True)


def megabytes(size: int) -> str:
    """Return a size in bytes as text in MiB."""
    return f"{size / 2**20:.0f} MiB"
