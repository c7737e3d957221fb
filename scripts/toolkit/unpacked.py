"""Programs of Debian's packages, unpacked into the cache for tests.

The machine's own are taken if it has them. A package is never installed here: that needs root, and
would start a mail server or an SMS gateway.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .apt import PrivateApt, unpack
from .commands import output_of
from .errors import SetupError
from .locks import cache_lock
from .output import step
from .places import cache_folder, make_folder

_OS_RELEASE = Path("/etc/os-release")
# Daemons are in folders that an ordinary user's PATH leaves out.
_DAEMONS = ("/usr/sbin", "/usr/local/sbin")


@dataclass(frozen=True)
class Program:
    """A program, and what it needs to run."""

    path: Path
    environ: dict[str, str] = field(default_factory=dict)


def prepare_programs(package: str, names: Sequence[str]) -> list[Program]:
    """Return programs of a package, fetching it where the machine lacks one of them.

    :raises SetupError: when they can be neither found nor fetched
    """
    path = os.pathsep.join((os.environ.get("PATH", ""), *_DAEMONS))
    found = [shutil.which(name, path=path) for name in names]
    if all(found):
        return [Program(Path(one)) for one in found if one]
    folder = cache_folder() / package
    with cache_lock(package, f"fetching {package}"):
        if not folder.is_dir():
            try:
                _fetch(package, names, folder)
            except SetupError as error:
                remedy = f"install {package}, then run the command again"
                raise SetupError(f"there is no {names[0]}: {error.problem}", remedy) from error
    return [_unpacked(folder, package, name) for name in names]


def _unpacked(folder: Path, package: str, name: str) -> Program:
    libraries = [folder / "usr" / "lib" / package]
    libraries += [*folder.glob("usr/lib/*-linux-*"), *folder.glob("lib/*-linux-*")]
    search = os.pathsep.join(str(one) for one in libraries)
    return Program(folder / "usr" / "sbin" / name, {"LD_LIBRARY_PATH": search})


def _fetch(package: str, names: Sequence[str], folder: Path) -> None:
    """Unpack beside the target and rename, so that a killed set-up leaves nothing half-done."""
    step(f"{package}: none found here, fetching Debian's package")
    partial = folder.with_name(f".partial-{package}")
    shutil.rmtree(partial, ignore_errors=True)
    # Libraries have to be those of this machine's release.
    apt = PrivateApt(make_folder(cache_folder() / f"apt-{package}"), (_codename(),))
    try:
        apt.update()
        _unpack(apt, partial, [package])
        if _missing_libraries(partial, package, names):
            _unpack(apt, partial, apt.libraries_of(package))
        missing = _missing_libraries(partial, package, names)
        if missing:
            raise SetupError(f"it cannot run without {', '.join(missing)}")
        partial.rename(folder)
    finally:
        shutil.rmtree(apt.folder, ignore_errors=True)


def _unpack(apt: PrivateApt, target: Path, packages: list[str]) -> None:
    located = apt.locate(*packages)
    if not located:
        raise SetupError(f"Debian's mirror lacks one of {', '.join(packages)}")
    make_folder(target)
    for file in apt.fetch(located):
        unpack(file, target)


def _missing_libraries(folder: Path, package: str, names: Sequence[str]) -> list[str]:
    missing: set[str] = set()
    for program in (_unpacked(folder, package, name) for name in names):
        listed = output_of(["ldd", program.path], env={**os.environ, **program.environ})
        missing.update(re.findall(r"(\S+) => not found", listed))
    return sorted(missing)


def _codename() -> str:
    text = _OS_RELEASE.read_text() if _OS_RELEASE.is_file() else ""
    found = re.search(r"^VERSION_CODENAME=\"?(\w+)", text, re.MULTILINE)
    if not found or not re.search(r"^ID=debian$", text, re.MULTILINE):
        raise SetupError("this machine is no Debian, whose package could be fetched")
    return found.group(1)
