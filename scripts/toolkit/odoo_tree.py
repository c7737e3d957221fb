"""Find an Odoo 19 that is already here: ODOO_HOME, an importable one, the cache."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .commands import output_of
from .errors import SetupError
from .places import cache_folder

SERIES = (19, 0)

# Addons installed by pip make ``odoo`` a package of several folders; the server is in one of them.
_FIND_IMPORTABLE = (
    "import importlib.util as u, os; s = u.find_spec('odoo'); "
    "found = list(s.submodule_search_locations or []) if s else []; "
    "print(next((f for f in found if os.path.exists(os.path.join(f, 'release.py'))), ''))"
)


@dataclass(frozen=True)
class OdooTree:
    """One Odoo server on disk."""

    root: Path
    """The folder that holds the package `odoo`."""
    version: str
    """Such as `19.0`."""
    origin: str
    """Where it was found, for people."""

    @property
    def addons_folders(self) -> list[Path]:
        """Odoo's own addons; a git checkout keeps most of them beside the package."""
        folders = [self.root / "odoo" / "addons"]
        beside = self.root / "addons"
        if (beside / "web" / "__manifest__.py").is_file():
            folders.append(beside)
        return folders

    def identity(self) -> str:
        """Return what changes when this Odoo does: its place, and the commit of a checkout."""
        commit = output_of(["git", "-C", self.root, "rev-parse", "HEAD"])
        return f"{self.version} {self.root} {commit.strip()}"


def series_of(root: Path) -> tuple[object, object] | None:
    """Read (major, minor) of the Odoo in a folder without importing it; None: no Odoo there."""
    release = root / "odoo" / "release.py"
    if not release.is_file():
        return None
    found = re.search(r"^version_info = \((.+?),\s*(.+?),", release.read_text(), re.MULTILINE)
    if not found:
        return None
    return (ast.literal_eval(found.group(1)), ast.literal_eval(found.group(2)))


def tree_at(root: Path, origin: str) -> OdooTree:
    """Return the tree in a folder, refusing what is not Odoo 19.0."""
    series = series_of(root)
    if series is None:
        raise SetupError(
            f"there is no Odoo in {root} ({origin})",
            "point ODOO_HOME at the folder that holds the package `odoo` "
            "(a git checkout of Odoo 19.0, or …/dist-packages), or unset it",
        )
    if series != SERIES:
        raise SetupError(
            f"{root} ({origin}) is Odoo {series[0]}.{series[1]}; the suite is written for 19.0",
            "point ODOO_HOME at an Odoo 19.0, or unset it and let the set-up fetch one",
        )
    if not any((folder / "web").is_dir() for folder in OdooTree(root, "", "").addons_folders):
        raise SetupError(
            f"the Odoo in {root} ({origin}) comes without its addons (no `web`)",
            "point ODOO_HOME at a complete Odoo 19.0",
        )
    return OdooTree(root, f"{series[0]}.{series[1]}", origin)


def find_tree(environ: Mapping[str, str] = os.environ) -> OdooTree | None:
    """Return the Odoo to use, or None when one must be fetched.

    :raises SetupError: when ODOO_HOME names something that is not Odoo 19.0.
    """
    if environ.get("ODOO_HOME"):
        return tree_at(Path(environ["ODOO_HOME"]).expanduser().resolve(), "ODOO_HOME")
    importable = _importable_root()
    # An older Odoo on the machine is no reason to stop: it simply is not the one to use.
    if importable and series_of(importable) == SERIES:
        return tree_at(importable, "importable")
    return cached_tree()


def cached_tree() -> OdooTree | None:
    """Return the tree that an earlier set-up unpacked into the cache."""
    for root in sorted(cache_folder().glob("odoo/*/usr/lib/python3/dist-packages"), reverse=True):
        if series_of(root) == SERIES:
            return tree_at(root, f"cache, package {root.parents[3].name}")
    return None


def _importable_root() -> Path | None:
    """Ask the Python that runs this, and the machine's own, away from the current folder."""
    for python in (sys.executable, "/usr/bin/python3"):
        package = output_of([python, "-I", "-c", _FIND_IMPORTABLE]).strip()
        if package:
            return Path(package).parent
    return None
