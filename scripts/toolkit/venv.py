"""The virtual environment: Odoo's dependencies and the developers' tools, pinned."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import time
from pathlib import Path

from .commands import output_of, run_logged
from .locks import cache_lock
from .odoo_tree import OdooTree
from .output import Progress, note, step
from .places import ROOT, cache_folder, check_space, make_folder
from .venv_pip import install_pip

RUNTIME = ("requirements.txt", "requirements-dev.txt")
LINT = ("requirements-lint.txt",)
OCA = "requirements-oca.txt"
KEPT_DAYS = 30
_LAUNCHER = """#!{python}
# Written by scripts/setup. A file of its own, because `python -m odoo` puts the current folder
# first on the path, where an addon such as `calendar` would hide the standard library.
from odoo.cli.command import main

main()
"""


class Venv:
    """A virtual environment in the cache, for one Python and one set of requirements."""

    def __init__(self, kind: str, requirements: tuple[str, ...], variant: str = "") -> None:
        self._requirements = [ROOT / name for name in requirements]
        tag = f"{sys.version_info.major}.{sys.version_info.minor}"
        digest = _digest(self._requirements, variant, sys.base_prefix)
        self.folder = cache_folder() / "venv" / f"{kind}-{tag}-{digest}"
        self.python = self.folder / "bin" / "python"

    def prepare(self) -> None:
        """Create it if need be; return at once when it is complete."""
        if not self._complete():
            with cache_lock("venv", "installing Python packages"):
                if not self._complete():
                    self._create()
        os.utime(self.folder)

    @property
    def site_packages(self) -> Path:
        """Where pip puts packages."""
        return next(self.folder.glob("lib/python3*/site-packages"))

    def _complete(self) -> bool:
        marked = (self.folder / ".complete").is_file()
        # The machine's Python may have been replaced under a finished environment.
        return marked and bool(output_of([self.python, "-I", "-c", "print(1)"]))

    def _create(self) -> None:
        check_space(make_folder(self.folder.parent))
        names = " and ".join(path.name for path in self._requirements)
        step(f"Python {self.folder.name.split('-')[1]}: installing packages of {names}")
        shutil.rmtree(self.folder, ignore_errors=True)
        install_pip(self.folder)
        self.install([part for path in self._requirements for part in ("-r", str(path))], "pip")
        self.finish()
        (self.folder / ".complete").touch()
        _remove_old(self.folder)

    def finish(self) -> None:
        """Add what pip does not install."""

    def install(self, arguments: list[str], log_name: str) -> None:
        """Run `pip install` with these arguments, showing how far it is."""
        progress = Progress("packages")
        command: list[str | Path] = [
            self.python,
            "-m",
            "pip",
            "install",
            "--no-input",
            "--progress-bar",
            "off",
        ]
        # What the index has only as source is pure Python here, but compiling is never wanted;
        # byte code is written when a module is first used, which is far less than all of it.
        command += ["--prefer-binary", "--no-compile", "--disable-pip-version-check", *arguments]
        run_logged(
            command,
            log_name,
            "pip could not install the Python packages",
            "check the network and pip's configuration (`pip config list`), then run it again",
            watch=lambda log: progress.show(pip_progress(log.read_text(errors="replace"))),
        )
        progress.close()


class OdooVenv(Venv):
    """The virtual environment in which one Odoo tree is importable."""

    def __init__(self, tree: OdooTree) -> None:
        super().__init__("odoo", RUNTIME, str(tree.root))
        self._tree = tree
        self.odoo_bin = self.folder / "bin" / "odoo-bin"

    def finish(self) -> None:
        """Make `odoo` importable and write its launcher."""
        (self.site_packages / "odoo-server.pth").write_text(f"{self._tree.root}\n")
        self.odoo_bin.write_text(_LAUNCHER.format(python=self.python))
        self.odoo_bin.chmod(0o755)

    def prepare_oca(self) -> None:
        """Add the OCA addons."""
        mark = self.folder / f".oca-{_digest([ROOT / OCA])}"
        with cache_lock("venv", "installing Python packages"):
            if not mark.is_file():
                step(f"Python: installing packages of {OCA}")
                self.install(["--no-deps", "-r", str(ROOT / OCA)], "pip-oca")
                mark.touch()


def pip_progress(log: str) -> str:
    """Say in a few words how far a pip run is, from its log."""
    if "Installing collected packages" in log:
        return f"installing {log.rsplit('Installing collected packages:', 1)[1].count(',') + 1}"
    found = len(re.findall(r"^Collecting ", log, re.MULTILINE))
    fetched = re.findall(r"^\s+(?:Downloading|Using cached) (\S+)", log, re.MULTILINE)
    last = fetched[-1].rsplit("/", 1)[-1].split("-")[0] if fetched else ""
    return f"{found} found, {len(fetched)} fetched {last}".rstrip()


def _digest(files: list[Path], *more: str) -> str:
    parts = [path.read_bytes() for path in files] + [text.encode() for text in more]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def _remove_old(current: Path) -> None:
    """Forget environments of earlier requirements that no checkout has used for a month."""
    for folder in current.parent.iterdir():
        age = time.time() - folder.stat().st_mtime
        if folder != current and age > KEPT_DAYS * 86400:
            note(f"removing {folder.name}, unused for {KEPT_DAYS} days")
            shutil.rmtree(folder, ignore_errors=True)
