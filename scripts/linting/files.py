"""Which files are linted: those git knows or would take, never what is ignored."""

from __future__ import annotations

import subprocess
from pathlib import Path

from toolkit.addons import own_addons
from toolkit.places import ROOT

_FOREIGN = ("/static/lib/", "/i18n/", "/static/description/")


def project_files(*endings: str) -> list[str]:
    """Return paths relative to the checkout that end so, sorted."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    names = sorted(name for name in set(done.stdout.split("\0")) if name.endswith(endings))
    # A file may be deleted and not yet committed.
    return [name for name in names if (ROOT / name).is_file()]


def formatted_files() -> list[str]:
    """Return the XML, JavaScript and style files that are written here, not generated."""
    addons = tuple(f"{path.relative_to(ROOT)}/" for path in own_addons().values())
    names = project_files(".xml", ".js", ".scss", ".cjs")
    return [
        name
        for name in names
        if (name.startswith(addons) or name.endswith(".cjs"))
        and not any(part in f"/{name}" for part in _FOREIGN)
    ]


def python_scripts() -> list[str]:
    """Return the commands in `scripts/`: Python without an ending."""
    found = [path for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix]
    return sorted(str(path.relative_to(ROOT)) for path in found if _is_python(path))


def typed_folders() -> list[str]:
    """Return the folders that must be fully typed: core and transports of each addon.

    A core may be there before the addon around it has a manifest.
    """
    folders = {path / layer for path in own_addons().values() for layer in ("core", "transports")}
    folders |= set(ROOT.glob("*/core"))
    return sorted(
        str(folder.relative_to(ROOT)) for folder in folders if (folder / "__init__.py").is_file()
    )


def _is_python(path: Path) -> bool:
    with path.open("rb") as file:
        return b"python" in file.readline()
