"""Locks between processes. The kernel drops them when a process dies, however it dies."""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .output import note
from .places import cache_folder, make_folder


@contextlib.contextmanager
def exclusive(path: Path, waiting_for: str = "") -> Iterator[None]:
    """Hold a file lock; tell a person once when another process holds it."""
    make_folder(path.parent)
    with path.open("w") as handle:
        if not try_lock(handle, fcntl.LOCK_EX):
            if waiting_for:
                note(f"another command is {waiting_for}; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def cache_lock(name: str, waiting_for: str) -> contextlib.AbstractContextManager[None]:
    """Hold a lock that all checkouts of this user share."""
    return exclusive(cache_folder() / "locks" / f"{name}.lock", waiting_for)


def take_lock(handle: IO[str], kind: int, seconds: float) -> bool:
    """Take a lock as soon as it is free; return False when it is not within some seconds."""
    end = time.monotonic() + seconds
    while not (taken := try_lock(handle, kind)) and time.monotonic() < end:
        time.sleep(0.05)
    return taken


def try_lock(handle: IO[str], kind: int) -> bool:
    """Take ``fcntl.LOCK_EX`` or ``LOCK_SH`` now, or return False."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
