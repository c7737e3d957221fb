"""Which PostgreSQL to use: one that the user names, if it serves; else the private cluster."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .output import note

_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD", "PGSERVICE", "PGPASSFILE")
_QUESTION = (
    "SELECT current_user, current_setting('server_version_num'),"
    " (SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user)"
)


@dataclass(frozen=True)
class Server:
    """How to reach a PostgreSQL server."""

    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)

    def environ(self) -> dict[str, str]:
        """The process environment in which libpq's programs reach this server and no other."""
        kept = {key: value for key, value in os.environ.items() if key not in _VARIABLES}
        named = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user}
        if self.password:
            named["PGPASSWORD"] = self.password
        return {**kept, **named, "PGCONNECT_TIMEOUT": "5"}


def named_server(
    options: Mapping[str, str], environ: Mapping[str, str] = os.environ
) -> tuple[Server, str] | None:
    """Return the server that PG* variables or `odoo.conf` name, and who names it."""
    if environ.get("PGHOST") or environ.get("PGPORT"):
        server = Server(
            environ.get("PGHOST") or "/var/run/postgresql",
            int(environ.get("PGPORT") or 5432),
            environ.get("PGUSER") or environ.get("USER") or "odoo",
            environ.get("PGPASSWORD", ""),
        )
        return server, "the PG* variables"
    if _given(options, "db_host"):
        server = Server(
            options["db_host"],
            int(_given(options, "db_port") or 5432),
            _given(options, "db_user") or "odoo",
            _given(options, "db_password"),
        )
        return server, "odoo.conf"
    return None


def _given(options: Mapping[str, str], key: str) -> str:
    value = options.get(key, "").strip()
    return "" if value.lower() in ("false", "none") else value


def fault_of(server: Server, psql: Path) -> str:
    """Say why a server cannot be used; empty: it can."""
    done = subprocess.run(
        [str(psql), "-X", "-A", "-t", "-w", "-d", "postgres", "-c", _QUESTION],
        capture_output=True,
        text=True,
        env=server.environ(),
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return f"it does not answer ({lines[0].strip() if lines else 'no message'})"
    user, version, may_create = done.stdout.strip().split("|")
    if user == "postgres":
        return "Odoo refuses the role postgres; set PGUSER to a role of its own"
    if int(version) < 130000:
        return f"its version {int(version) // 10000} is older than 13"
    if may_create != "t":
        return f"the role {user} may not create databases"
    return ""


def usable_named_server(options: Mapping[str, str], psql: Path) -> Server | None:
    """Return the named server if it can be used; say why not if it cannot."""
    named = named_server(options)
    if named is None:
        return None
    server, origin = named
    fault = fault_of(server, psql)
    if not fault:
        return server
    note(f"PostgreSQL named by {origin} ({server.host}:{server.port}) is not used: {fault}")
    return None
