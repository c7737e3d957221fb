"""Find Chromium, or install it where that is allowed."""

from __future__ import annotations

from .system_package import find_program, prepare_program

# Odoo looks for the same names.
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_browser() -> str | None:
    """Return the path of the machine's Chromium or Chrome."""
    return find_program(NAMES)


def prepare_browser() -> str | None:
    """Return a browser, installing it as root; None after telling what to run."""
    return prepare_program("chromium", NAMES, "browser tests")
