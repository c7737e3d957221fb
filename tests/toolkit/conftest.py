"""Tests of scripts/toolkit and of the wheels; they need neither Odoo's registry nor a network."""

import importlib
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
# pytest gives this folder the module name `toolkit`; the name belongs to scripts/toolkit.
sys.modules.pop("toolkit", None)
importlib.import_module("toolkit")

RELEASE = """
RELEASE_LEVELS = [ALPHA, FINAL] = ['alpha', 'final']
version_info = ({major!r}, {minor!r}, 0, FINAL, 0, '')
"""


@pytest.fixture(autouse=True)
def no_database_server(monkeypatch):
    """The server of the command that runs these tests is not theirs: libpq's variables go."""
    for name in [name for name in os.environ if name.startswith("PG") or name == "ODOO_RC"]:
        monkeypatch.delenv(name)


@pytest.fixture
def make_tree(tmp_path):
    """Return a function that writes a folder which looks like an Odoo of some version."""

    def make(major=19, minor=0, folder="tree", addons="odoo/addons"):
        root = tmp_path / folder
        (root / "odoo").mkdir(parents=True)
        (root / "odoo" / "release.py").write_text(RELEASE.format(major=major, minor=minor))
        if addons:
            (root / addons / "web").mkdir(parents=True)
            (root / addons / "web" / "__manifest__.py").write_text("{}")
        return root

    return make


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    """Point the cache at an empty folder and return it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "odoo-automation-suite"
