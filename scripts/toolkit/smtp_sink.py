"""smtp-sink, postfix's SMTP server for tests, which fails on demand.

The machine's own is taken; else Debian's package is unpacked into the cache. It is never installed:
that would start a mail server and replace the machine's.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from .apt import PrivateApt, unpack
from .commands import output_of
from .errors import SetupError
from .locks import cache_lock
from .output import step
from .places import cache_folder, make_folder

PACKAGE = "postfix"
REMEDY = "install postfix (it brings smtp-sink), then run the command again"
_OS_RELEASE = Path("/etc/os-release")


@dataclass(frozen=True)
class SmtpSink:
    """The program, and what it needs to run."""

    program: Path
    environ: dict[str, str] = field(default_factory=dict)


def prepare_smtp_sink() -> SmtpSink:
    """Return smtp-sink, fetching it where the machine has none.

    :raises SetupError: when it can be neither found nor fetched
    """
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    found = shutil.which("smtp-sink", path=path)
    if found:
        return SmtpSink(Path(found))
    folder = cache_folder() / PACKAGE
    with cache_lock(PACKAGE, "fetching postfix"):
        if not folder.is_dir():
            try:
                _fetch(folder)
            except SetupError as error:
                raise SetupError(f"there is no smtp-sink: {error.problem}", REMEDY) from error
    return _unpacked(folder)


def _unpacked(folder: Path) -> SmtpSink:
    libraries = [folder / "usr" / "lib" / PACKAGE]
    libraries += [*folder.glob("usr/lib/*-linux-*"), *folder.glob("lib/*-linux-*")]
    search = os.pathsep.join(str(one) for one in libraries)
    return SmtpSink(folder / "usr" / "sbin" / "smtp-sink", {"LD_LIBRARY_PATH": search})


def _fetch(folder: Path) -> None:
    """Unpack beside the target and rename, so that a killed set-up leaves nothing half-done."""
    step("smtp-sink: none found here, fetching Debian's package postfix")
    partial = folder.with_name(f".partial-{PACKAGE}")
    shutil.rmtree(partial, ignore_errors=True)
    # Libraries have to be those of this machine's release.
    apt = PrivateApt(make_folder(cache_folder() / f"apt-{PACKAGE}"), (_codename(),))
    try:
        apt.update()
        _unpack(apt, partial, [PACKAGE])
        if _missing_libraries(partial):
            _unpack(apt, partial, apt.libraries_of(PACKAGE))
        missing = _missing_libraries(partial)
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


def _missing_libraries(folder: Path) -> list[str]:
    sink = _unpacked(folder)
    listed = output_of(["ldd", sink.program], env={**os.environ, **sink.environ})
    return re.findall(r"(\S+) => not found", listed)


def _codename() -> str:
    text = _OS_RELEASE.read_text() if _OS_RELEASE.is_file() else ""
    found = re.search(r"^VERSION_CODENAME=\"?(\w+)", text, re.MULTILINE)
    if not found or not re.search(r"^ID=debian$", text, re.MULTILINE):
        raise SetupError("this machine is no Debian, whose package could be fetched")
    return found.group(1)
