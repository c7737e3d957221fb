"""Create an empty virtual environment with a pip in it, also where `ensurepip` is missing.

Debian splits `python3-venv` and `python3-pip` from `python3`; a bare machine may lack either.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from .apt import PrivateApt, unpack
from .errors import SetupError
from .output import note
from .places import cache_folder, make_folder

_WHEELS = "usr/share/python-wheels/pip-*.whl"


def install_pip(folder: Path) -> None:
    """Create the environment and put pip into it."""
    python: str = getattr(sys, "_base_executable", None) or sys.executable
    if _run([python, "-c", "import ensurepip, venv"]) and _run([python, "-m", "venv", folder]):
        return
    if not _run([python, "-m", "venv", "--clear", "--without-pip", folder]):
        raise SetupError(
            f"{python} cannot create a virtual environment in {folder}",
            "install Python's venv module (Debian: apt-get install python3-venv)",
        )
    with tempfile.TemporaryDirectory() as temporary:
        wheel = _pip_of_this_python(python, Path(temporary)) or _pip_of_debian(Path(temporary))
        # A wheel is a zip, and Python runs a package inside a zip.
        pip = f"{wheel}/pip"
        if not _run([folder / "bin" / "python", pip, "install", "--no-index", wheel]):
            raise SetupError(
                "pip could not be put into the virtual environment",
                "install it for this Python (Debian: apt-get install python3-venv python3-pip)",
            )


def _pip_of_this_python(python: str, target: Path) -> Path | None:
    """Let the pip that is here download a pip; None: there is no pip here."""
    _run([python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", target, "pip"])
    return next(target.glob("pip-*.whl"), None)


def _pip_of_debian(target: Path) -> Path:
    """Take pip out of Debian's package of it."""
    note("this Python has neither ensurepip nor pip; taking pip from Debian's package")
    apt = PrivateApt(make_folder(cache_folder() / "apt-pip"), ("trixie",))
    apt.update()
    found = apt.locate("python3-pip-whl")
    for package in apt.fetch(found) if found else ():
        unpack(package, target)
    wheel = next(target.glob(_WHEELS), None)
    if not wheel:
        raise SetupError(
            "this Python has neither ensurepip nor pip, and Debian's mirror has no pip",
            "apt-get install python3-venv python3-pip",
        )
    return wheel


def _run(command: list[str | Path]) -> bool:
    done = subprocess.run([str(part) for part in command], capture_output=True)
    return done.returncode == 0
