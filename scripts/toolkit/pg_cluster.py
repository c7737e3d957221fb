"""A private PostgreSQL cluster on a Unix socket: it runs while a command needs it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from . import pg_keeper
from .accounts import Account, database_account
from .errors import SetupError
from .locks import exclusive, try_lock
from .output import note, step
from .pg_binaries import find_binaries, runnable_for
from .places import CHECKOUT_TAG, SHARED_HOMES, WORK, make_folder, open_home

ROLE = "odoo"
"""Owns the databases; it may create databases and is no superuser, as in production."""
ADMIN = "postgres"
PORT = 5432
#: Before the second attempt to start; children of a killed server are gone by then.
RETRY_SECONDS = 3.0
"""Only names the socket file; the cluster listens on no network port."""
SOCKET_PATH_LIMIT = 107
"""Bytes, from `sun_path` in unix(7)."""

# Every database here can be made again, so durability is traded for speed; parallel queries would
# want more shared memory than a container usually has.
SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
max_connections = 200
shared_buffers = 256MB
max_parallel_workers_per_gather = 0
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""


class Cluster:
    """The cluster of this checkout."""

    def __init__(self, site_packages: Path) -> None:
        self.account = database_account()
        self.client_binaries = find_binaries(site_packages)
        homes = list(SHARED_HOMES) if self.account.other else []
        self.binaries = runnable_for(self.client_binaries, self.account, homes)
        self.home = cluster_home(self.account)
        self.data = self.home / "data"
        self.log = self.home / "postgresql.log"
        self.socket_folder = socket_folder(self.home)
        self._locks = make_folder(WORK / "lock")

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Start the cluster unless another command has; the last one to leave stops it."""
        with (self._locks / "postgres-users.lock").open("w") as users:
            # Waits while a leaving command stops the cluster.
            fcntl.flock(users, fcntl.LOCK_SH)
            with exclusive(self._locks / "postgres-start.lock"):
                if not self._answers():
                    self._start()
                self._keep()
            try:
                yield
            finally:
                fcntl.flock(users, fcntl.LOCK_UN)
                if try_lock(users, fcntl.LOCK_EX):
                    pg_keeper.stop(self.data)

    def _answers(self) -> bool:
        probe = [self.client_binaries / "pg_isready", "-q", "-t", "5"]
        probe += ["-h", self.socket_folder, "-p", str(PORT)]
        return subprocess.run([str(part) for part in probe]).returncode == 0

    def _start(self) -> None:
        self._prepare_folders()
        if not (self.data / "PG_VERSION").is_file():
            self._create()
        # Children of a server that was killed hold its shared memory for a moment; starting again
        # then fails once, which says nothing about the data.
        if not (self._try_start() or self._try_start_later()):
            self._set_aside()
            self._create()
            if not self._try_start():
                raise SetupError(
                    f"PostgreSQL does not start; its log is {self.log}",
                    "read the log's end; `make clean` removes the cluster",
                )

    def _try_start_later(self) -> bool:
        time.sleep(RETRY_SECONDS)
        return self._try_start()

    def _try_start(self) -> bool:
        options = f"-k {self.socket_folder} -p {PORT}"
        files: list[str | Path] = ["-D", self.data, "-l", self.log, "-o", options]
        command = [self.binaries / "pg_ctl", *files, "-w", "-t", "60", "start"]
        return self.account.run(command).returncode == 0

    def _create(self) -> None:
        step("PostgreSQL: creating a private cluster")
        command: list[str | Path] = [self.binaries / "initdb", "-D", self.data, "-U", ADMIN]
        command += ["--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        done = self.account.run(command)
        if done.returncode:
            raise SetupError(
                f"PostgreSQL's initdb failed: {done.stderr.strip() or done.stdout.strip()}",
                f"check the disk and the permissions of {self.home}",
            )
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write(SETTINGS)
        self._create_role()

    def _create_role(self) -> None:
        sql = f"CREATE ROLE {ROLE} LOGIN CREATEDB;"
        command = [str(self.binaries / "postgres"), "--single", "-D", str(self.data), "postgres"]
        # Single-user mode reads from standard input, which `Account.run` keeps closed.
        done = self.account.run(["sh", "-c", 'sql=$0; printf "%s\\n" "$sql" | "$@"', sql, *command])
        if done.returncode:
            raise SetupError(f"PostgreSQL could not create its role: {done.stderr.strip()}")

    def _prepare_folders(self) -> None:
        for folder in (self.home, self.socket_folder):
            make_folder(folder, 0o700)
            if self.account.other:
                os.chown(folder, self.account.uid, self.account.gid)
            folder.chmod(0o700)

    def _set_aside(self) -> None:
        """Keep what cannot be started, for a look, out of the way of a new cluster."""
        broken = self.home / f"data-broken-{int(time.time())}"
        self.data.rename(broken)
        shutil.copy(self.log, broken / "log-of-the-failure")
        note(f"the cluster did not start again; it is set aside as {broken}")

    def _keep(self) -> None:
        """Leave a watcher that stops the cluster when this command is killed outright."""
        command = [sys.executable, "-I", pg_keeper.__file__, self.data, self._locks]
        subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )


def cluster_home(account: Account) -> Path:
    """Return the folder for the data: in the checkout, unless the account cannot get there."""
    inside = make_folder(WORK)
    if not account.other or account.can_enter(inside):
        return inside / "postgres"
    for shared in SHARED_HOMES:
        if account.can_enter(open_home(shared)):
            return shared / f"cluster-{CHECKOUT_TAG}"
    raise SetupError(
        f"the account {account.name}, which is to run PostgreSQL, can enter neither {inside} nor "
        + " nor ".join(str(path) for path in SHARED_HOMES),
        "run as an ordinary user, or name a server with PGHOST, PGPORT and PGUSER",
    )


def socket_folder(home: Path) -> Path:
    """Return where the socket goes; a long path does not fit into a socket's address."""
    folder = home / "socket"
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
        return folder
    return Path(tempfile.gettempdir()) / f"oas-{os.geteuid()}-{CHECKOUT_TAG}"
