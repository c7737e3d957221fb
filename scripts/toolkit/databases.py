"""Create, copy and drop databases together with their file stores."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from .errors import SetupError
from .pg_server import Server
from .places import make_folder

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}")


class Databases:
    """The databases of one server, with file stores in one folder."""

    def __init__(self, server: Server, binaries: Path, filestores: Path) -> None:
        self._server = server
        self.binaries = binaries
        self.filestores = filestores

    def client(self, program: str, *arguments: str, stdin: str | None = None) -> str:
        """Run one of PostgreSQL's programs and return its standard output.

        :raises SetupError: with the program's message.
        """
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            capture_output=True,
            text=True,
            env=self._server.environ(),
            **({"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}),
        )
        if done.returncode:
            raise SetupError(f"{program}: {done.stderr.strip()}")
        return done.stdout

    def query(self, database: str, sql: str) -> str:
        """Run SQL; return unaligned rows, one a line, columns divided by `|`."""
        flags = ["-X", "-A", "-t", "-q", "-w", "-v", "ON_ERROR_STOP=1"]
        return self.client("psql", *flags, "-d", database, "-f", "-", stdin=sql).rstrip("\n")

    def exists(self, name: str) -> bool:
        """Tell whether a database exists."""
        return check_name(name) in self.names()

    def names(self) -> list[str]:
        """Return the names of all databases."""
        return self.query("postgres", "SELECT datname FROM pg_database").splitlines()

    def create(self, name: str, template: str | None = None) -> None:
        """Create a database as Odoo does, or copy one with its file store."""
        source = check_name(template or "template0")
        # Copying files beats replaying a whole template through the WAL.
        how = "STRATEGY file_copy" if template else "ENCODING 'unicode' LC_COLLATE 'C'"
        major = int(self.query("postgres", "SHOW server_version_num")) // 10000
        if template and major < 15:
            how = ""
        self.query("postgres", f'CREATE DATABASE "{check_name(name)}" TEMPLATE "{source}" {how}')
        if template:
            self.copy_filestore(self.filestores / template, name)

    def drop(self, name: str) -> None:
        """Drop a database that may not exist, ending its connections, with its file store."""
        ours = f"datname = '{check_name(name)}' AND usename = current_user"
        end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"  # noqa: S608 - checked
        # FORCE is refused while the autovacuum is there, which a plain DROP stops and waits for.
        self.query("postgres", f'{end};\nDROP DATABASE IF EXISTS "{name}"')
        shutil.rmtree(self.filestores / name, ignore_errors=True)

    def copy_filestore(self, source: Path, name: str) -> None:
        """Give a database the files of another; Odoo names files by content, so links do."""
        target = self.filestores / name
        shutil.rmtree(target, ignore_errors=True)
        if source.is_dir():
            make_folder(target.parent)
            shutil.copytree(source, target, copy_function=link_or_copy)


def link_or_copy(source: str, target: str) -> str:
    """Hard-link a file; copy it where the two folders are on different disks."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def check_name(name: str) -> str:
    """Return a database name that needs no quoting; refuse any other."""
    if not _NAME.fullmatch(name):
        raise SetupError(
            f"{name!r} is no database name",
            "use letters, digits, `_`, `.` and `-`, at most 63",
        )
    return name
