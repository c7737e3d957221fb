"""Stop the private cluster once no command uses it, also when the last one was killed.

Run as a process of its own by `pg_cluster`. Every command holds the users' lock shared; the kernel
gives it up when the command dies. An exclusive lock is granted when nobody is left.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
from pathlib import Path
from typing import IO

STOP_SECONDS = 30
LEAVING_SECONDS = 2


def postmaster(data: Path) -> int | None:
    """Return the process id of the server on this data folder, if it runs."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        # After a crash the number may belong to another program by now.
        running_in = os.readlink(f"/proc/{pid}/cwd")
    except (OSError, ValueError, IndexError):
        return None
    return pid if running_in == os.path.realpath(data) else None


def stop(data: Path) -> None:
    """Shut the server down: politely, and at once when that takes too long."""
    for kind, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5)):
        pid = postmaster(data)
        if pid is None:
            return
        os.kill(pid, kind)
        end = time.monotonic() + seconds
        while postmaster(data) and time.monotonic() < end:
            time.sleep(0.05)


def _become_keeper(own: IO[str]) -> bool:
    """Return False when the checkout has a keeper; one that is just leaving is waited for."""
    end = time.monotonic() + LEAVING_SECONDS
    while time.monotonic() < end:
        try:
            fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.1)
        else:
            return True
    return False


def main() -> None:
    """Wait until nobody uses the cluster, then stop it."""
    data, locks = Path(sys.argv[1]), Path(sys.argv[2])
    with (locks / "postgres-keeper.lock").open("w") as own:
        if not _become_keeper(own):
            return
        with (locks / "postgres-users.lock").open("w") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            stop(data)


if __name__ == "__main__":
    main()
