"""Places where processes wait for each other, as files of one folder.

A file works between processes that share nothing else, and outlives a process that is killed while
it waits.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

TIMEOUT_SECONDS = 60.0
PAUSE_SECONDS = 0.01


class Meeting:
    """The meeting points of one test; made anew from its folder in every process."""

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def barrier(self, name: str, parties: int) -> None:
        """Return as soon as ``parties`` processes are here.

        :raises TimeoutError: if they do not come within a minute
        """
        (self.folder / f"{name}.party.{os.getpid()}").touch()
        wait_until(
            lambda: len(list(self.folder.glob(f"{name}.party.*"))) >= parties,
            f"{parties} processes at the barrier {name}",
        )

    def pause(self, name: str) -> None:
        """Say that this process is at ``name`` and stay there until it is released or killed."""
        (self.folder / f"{name}.reached").touch()
        wait_until((self.folder / f"{name}.released").exists, f"the release of {name}")

    def wait_reached(self, name: str) -> None:
        """Wait until another process stands at ``name``."""
        wait_until((self.folder / f"{name}.reached").exists, f"a process at {name}")

    def release(self, name: str) -> None:
        """Let the process at ``name`` go on, now or whenever it gets there."""
        (self.folder / f"{name}.released").touch()


def wait_until(
    condition: Callable[[], object], what: str, timeout_seconds: float = TIMEOUT_SECONDS
) -> None:
    """Wait until ``condition`` is true.

    :raises TimeoutError: naming ``what`` was waited for
    """
    end = time.monotonic() + timeout_seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {timeout_seconds:.0f} s in vain for {what}")
        time.sleep(PAUSE_SECONDS)
