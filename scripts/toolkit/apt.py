"""Debian packages without root: a private apt beside the machine's own, and dpkg-deb to unpack."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .commands import output_of, run_logged
from .errors import SetupError
from .output import Progress, megabytes
from .places import make_folder

KEYRINGS = ("debian-archive-keyring.gpg", "debian-archive-keyring.pgp")
NO_NETWORK = "check the network (and http_proxy/https_proxy), or set ODOO_HOME to an Odoo 19 tree"


@dataclass(frozen=True)
class Download:
    """One line of `apt-get download --print-uris`."""

    uri: str
    file_name: str
    size: int
    sha256: str

    @property
    def package(self) -> str:
        """The package's name."""
        return self.file_name.split("_")[0]

    @property
    def version(self) -> str:
        """The package's version; apt escapes the colon of an epoch in file names."""
        return self.file_name.split("_")[1].replace("%3a", ":")


def parse_uris(text: str) -> list[Download]:
    """Read what `apt-get download --print-uris` prints."""
    lines = re.findall(r"^'([^']+)' (\S+) (\d+) (?:SHA256:)?(\S*)$", text, re.MULTILINE)
    return [Download(uri, name, int(size), digest) for uri, name, size, digest in lines]


def bare_name(package: str) -> str:
    """Return the name in `name=version` or `name/suite`."""
    return re.split("[=/]", package)[0]


def pick_mirror(targets: str) -> str | None:
    """Choose the Debian mirror among the lines `$(REPO_URI)` of `apt-get indextargets`."""
    for line in targets.splitlines():
        if line.rstrip("/").endswith("/debian"):
            return line.rstrip("/") + "/"
    return None


def machine_mirror() -> str:
    """Return the address of the Debian mirror this machine already uses."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise SetupError(
            "no Odoo 19 found, and this machine has no apt to fetch Debian's package with",
            "set ODOO_HOME to a checkout of Odoo 19.0",
        )
    named = os.environ.get("DEBIAN_MIRROR")
    mirror = named or pick_mirror(output_of(["apt-get", "indextargets", "--format", "$(REPO_URI)"]))
    if not mirror:
        raise SetupError(
            "this machine's apt names no Debian mirror (an address that ends in /debian)",
            "set DEBIAN_MIRROR to one, or ODOO_HOME to an Odoo 19 tree",
        )
    return mirror.rstrip("/") + "/"


class PrivateApt:
    """An apt with its own lists, sources and cache in one folder."""

    def __init__(self, folder: Path, suites: tuple[str, ...]) -> None:
        self.folder = folder
        self.signed = False
        for name in ("lists/partial", "cache/archives/partial", "download"):
            make_folder(folder / name)
        self._write_configuration(suites)
        self._env = {**os.environ, "APT_CONFIG": str(folder / "apt.conf"), "LC_ALL": "C"}

    def _write_configuration(self, suites: tuple[str, ...]) -> None:
        mirror = machine_mirror()
        keys = [Path("/usr/share/keyrings") / name for name in KEYRINGS]
        keyring = next((key for key in keys if key.is_file()), None)
        self.signed = keyring is not None
        option = f"[signed-by={keyring}]" if keyring else "[trusted=yes]"
        sources = self.folder / "sources.list"
        sources.write_text("".join(f"deb {option} {mirror} {suite} main\n" for suite in suites))
        settings = {
            "Dir::State::Lists": f"{self.folder}/lists",
            "Dir::Cache": f"{self.folder}/cache",
            "Dir::Etc::SourceList": str(sources),
            "Dir::Etc::SourceParts": "/dev/null",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            # Else apt, run by root, reads and writes these folders as a user who may not.
            "APT::Sandbox::User": "root",
        }
        lines = [f'{key} "{value}";\n' for key, value in settings.items()]
        (self.folder / "apt.conf").write_text("".join(lines))

    def update(self) -> None:
        """Fetch the package lists."""
        run_logged(
            ["apt-get", "update", "-o", "APT::Update::Error-Mode=any"],
            "apt-update",
            "apt could not fetch Debian's package lists",
            NO_NETWORK,
            env=self._env,
        )

    def locate(self, *packages: str) -> dict[str, Download]:
        """Return what a download of `name`, `name=version` or `name/suite` would fetch.

        One question for all packages, because apt reads its lists anew for each, which takes
        seconds. When one package does not exist, apt answers nothing at all.
        """
        command = ["apt-get", "download", "--print-uris", *packages]
        found = {one.package: one for one in parse_uris(output_of(command, env=self._env))}
        wanted = {package: found.get(bare_name(package)) for package in packages}
        return {package: one for package, one in wanted.items() if one}

    def libraries_of(self, package: str) -> list[str]:
        """Return the library packages that a package needs, the C library aside."""
        command = ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests"]
        command += ["--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances", package]
        names = re.findall(r"^(lib\S+)$", output_of(command, env=self._env), re.MULTILINE)
        return sorted({name.partition(":")[0] for name in names if not name.startswith("libc6")})

    def fetch(self, packages: dict[str, Download]) -> list[Path]:
        """Download packages, show progress, return the files in the same order."""
        target = self.folder / "download"
        partial = self.folder / "cache" / "archives" / "partial"
        total = sum(item.size for item in packages.values())
        progress = Progress("downloaded")

        def watch(_log: Path) -> None:
            have = sum(_size(path) for path in (*target.iterdir(), *partial.iterdir()))
            progress.show(f"{megabytes(have)} of {megabytes(total)} ({100 * have // total} %)")

        run_logged(
            ["apt-get", "download", *packages],
            "apt-download",
            "apt could not download " + ", ".join(packages),
            NO_NETWORK,
            watch=watch,
            env=self._env,
            cwd=target,
        )
        progress.close()
        return [target / item.file_name for item in packages.values()]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # apt renames its partial files while they are counted
        return 0


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(2**20), b""):
            digest.update(block)
    return digest.hexdigest()


def unpack(package: Path, target: Path) -> None:
    """Lay out the files of a .deb in a folder."""
    command = ["dpkg-deb", "-x", str(package), str(target)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SetupError(
            f"cannot unpack {package.name}: {done.stderr.strip()}",
            "free some disk space and run the command again",
        )
