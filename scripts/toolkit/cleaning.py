"""Remove what the other commands made."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

from .accounts import database_account
from .commands import is_root
from .errors import SetupError
from .locks import take_lock
from .output import step
from .pg_cluster import cluster_home, socket_folder
from .pg_keeper import stop
from .places import SHARED_HOMES, WORK, cache_folder

WATCHER_SECONDS = 2.0
"""What the cluster's watcher may need to leave after the last command."""


def remove_work() -> None:
    """Stop the private cluster and remove the work folder of this checkout."""
    if not WORK.is_dir():
        step("nothing to remove")
        return
    home = cluster_home(database_account())
    users = WORK / "lock" / "postgres-users.lock"
    if users.is_file():
        with users.open("w") as handle:
            if not take_lock(handle, fcntl.LOCK_EX, WATCHER_SECONDS):
                raise SetupError(
                    "another command of this checkout is using its database server",
                    "end it first (make serve, make test, …)",
                )
            stop(home / "data")
            _remove(socket_folder(home))
            _remove(home)
            _remove(WORK)
    _remove(WORK)


def remove_cache() -> None:
    """Remove the cache that all checkouts of this user share."""
    for folder in (cache_folder(), *(SHARED_HOMES if is_root() else ())):
        _remove(folder)


def _remove(folder: Path) -> None:
    if folder.is_dir():
        step(f"removing {folder}")
        shutil.rmtree(folder)
