"""The addons of this repository: where they are, what they need, what they contain."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

from .places import ROOT

TEST_ADDONS = ROOT / "tests" / "addons"
SUITE = (
    "server_action_engine",
    "base_automation_ext",
    "smtp_mail_action",
    "sms_action",
    "workflow_engine",
)
_NOT_CONTENT = {"__pycache__", "tests", "readme", "static"}
"""Folders that leave no trace in a database; assets are built when they are asked for."""


def own_addons() -> dict[str, Path]:
    """Return every addon of the repository by name, the test-only ones too."""
    manifests = [*ROOT.glob("*/__manifest__.py"), *TEST_ADDONS.glob("*/__manifest__.py")]
    return {path.parent.name: path.parent for path in sorted(manifests)}


def own_folders() -> list[Path]:
    """Return the addons folders of the repository that hold an addon."""
    folders = [ROOT]
    if any(TEST_ADDONS.glob("*/__manifest__.py")):
        folders.append(TEST_ADDONS)
    return folders


def manifest_of(addon: Path) -> dict[str, object]:
    """Read an addon's manifest."""
    manifest: dict[str, object] = ast.literal_eval((addon / "__manifest__.py").read_text())
    return manifest


def split(modules: list[str]) -> tuple[list[str], list[str]]:
    """Divide modules, with what ours depend on, into Odoo's and ours; both sorted."""
    addons = own_addons()
    ours: set[str] = set()
    stock: set[str] = set()
    todo = list(modules)
    while todo:
        name = todo.pop()
        if name not in addons:
            stock.add(name)
        elif name not in ours:
            ours.add(name)
            depends = manifest_of(addons[name]).get("depends", [])
            todo += depends if isinstance(depends, list) else []
    return sorted(stock - {"base"}), sorted(ours)


def content_digest(names: list[str]) -> str:
    """Return a digest of what installing these addons of ours reads."""
    digest = hashlib.sha256()
    addons = own_addons()
    for name in names:
        for path in sorted(addons[name].rglob("*")):
            parts = path.relative_to(addons[name]).parts
            if path.is_file() and not _NOT_CONTENT & set(parts):
                digest.update("/".join((name, *parts)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
