"""Where things are kept: this checkout, its ignored work folder, the cache of the user."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from pathlib import Path

from .errors import SetupError

NAME = "odoo-automation-suite"
ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""
CHECKOUT_TAG = hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
"""Tells two checkouts apart in places they share."""
WORK = ROOT / ".work"
"""What belongs to this checkout alone; `make clean` removes it."""
LOGS = WORK / "log"

NEEDED_BYTES = 3 * 10**9
"""Odoo unpacked 1.3 GB, its package 0.12 GB, Python packages 0.6 GB, databases 0.5 GB."""


def cache_folder() -> Path:
    """Return the folder shared by all checkouts of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).expanduser().absolute() / NAME


def make_folder(path: Path, mode: int = 0o755) -> Path:
    """Create a folder with its parents; say what to do when that is not allowed."""
    try:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"cannot create {path}: {error.strerror}",
            "make it writable, or name another cache folder with XDG_CACHE_HOME=…",
        ) from error
    return path


def check_space(folder: Path, needed: int = NEEDED_BYTES) -> None:
    """Refuse to start a large set-up that cannot end well."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise SetupError(
            f"only {free / 1e9:.1f} GB free on the disk of {folder}; "
            f"the set-up needs {needed / 1e9:.0f} GB",
            "free some space, or name a cache folder on another disk with XDG_CACHE_HOME=…",
        )


SHARED_HOMES = (Path("/var/cache") / NAME, Path("/var/tmp") / f"{NAME}-root")  # noqa: S108
"""Folders that root shares with the account that runs PostgreSQL, when the checkout or the cache
lies under `/root`, which nobody else may enter. `open_home` checks whose they are."""


def open_home(path: Path) -> Path:
    """Create a folder others may enter; refuse one that somebody else made or may write to."""
    make_folder(path)
    status = path.lstat()
    others_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or others_write:
        raise SetupError(f"{path} belongs to somebody else", f"look at it, then: rm -r {path}")
    path.chmod(0o755)
    return path
