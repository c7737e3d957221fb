"""Find Chromium, or install it where that is allowed."""

from __future__ import annotations

import os
import shutil

from .commands import is_root, run_logged
from .errors import SetupError
from .locks import cache_lock
from .output import note, step

# Odoo looks for the same names.
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALL = "apt-get install chromium"


def find_browser() -> str | None:
    """Return the path of the machine's Chromium or Chrome."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def prepare_browser() -> str | None:
    """Return a browser, installing it as root; None after telling what to run."""
    found = find_browser()
    if found:
        return found
    if not is_root() or not shutil.which("apt-get"):
        note(f"no Chromium here: browser tests will fail. Install it: sudo {INSTALL}")
        return None
    with cache_lock("chromium", "installing Chromium"):
        found = find_browser()
        return found or _install()


def _install() -> str | None:
    step("Chromium: installing the machine's package")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
    try:
        run_logged(["apt-get", "update"], "chromium-update", "apt-get update failed", env=quiet)
        run_logged(command, "chromium", "Chromium could not be installed", env=quiet)
    except SetupError as error:
        # Everything but the browser tests works without it, and those fail on their own.
        note(f"{error.problem}\n    browser tests will fail. Install it: {INSTALL}")
    return find_browser()
