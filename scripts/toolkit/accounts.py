"""Who runs PostgreSQL: this user, or an ordinary account when this is root (it refuses root)."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .commands import is_root
from .errors import SetupError

CANDIDATES = ("postgres", "nobody", "www-data", "daemon")


@dataclass(frozen=True)
class Account:
    """An operating-system account a process can be started as."""

    uid: int
    gid: int
    name: str

    @property
    def other(self) -> bool:
        """Tell whether it is not the account of this process."""
        return self.uid != os.geteuid()

    def run(
        self, command: list[str | Path], environ: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, from `/`, with its output captured."""
        switch = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [str(part) for part in command],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(environ or {})},
            cwd="/",
            start_new_session=True,
            **switch,
        )

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this account may work in a folder."""
        return self.run(["sh", "-c", 'cd "$0"', folder]).returncode == 0


def database_account() -> Account:
    """Return the account that may run PostgreSQL."""
    if not is_root():
        entry = pwd.getpwuid(os.geteuid())
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise SetupError(
        "PostgreSQL refuses to run as root, and this machine has no ordinary account for it",
        "create one: useradd --system postgres",
    )
