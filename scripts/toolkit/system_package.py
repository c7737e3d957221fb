"""Programs of the machine's own packages: found, or installed where that is allowed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

from .commands import is_root, run_logged
from .errors import SetupError
from .locks import cache_lock
from .output import note, step


def find_program(names: Sequence[str]) -> str | None:
    """Return the path of the first of these programs that is here."""
    return next((found for found in map(shutil.which, names) if found), None)


def prepare_program(package: str, names: Sequence[str], without: str) -> str | None:
    """Return a program, installing its package as root; None after telling what to run.

    :param names: names the program may have
    :param without: what does not work without it, for people
    """
    found = find_program(names)
    if found:
        return found
    if not is_root() or not shutil.which("apt-get"):
        note(f"no {package} here: {without} will fail. Install it: sudo apt-get install {package}")
        return None
    with cache_lock(package, f"installing {package}"):
        return find_program(names) or _install(package, names, without)


def _install(package: str, names: Sequence[str], without: str) -> str | None:
    step(f"{package}: installing the machine's package")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "--yes", "--no-install-recommends", package]
    try:
        run_logged(["apt-get", "update"], f"{package}-update", "apt-get update failed", env=quiet)
        run_logged(command, package, f"{package} could not be installed", env=quiet)
    except SetupError as error:
        # Everything else works without it, and the tests that need it fail on their own.
        note(f"{error.problem}\n    {without} will fail. Install it: apt-get install {package}")
    return find_program(names)
