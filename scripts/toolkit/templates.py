"""Prepared databases: installed once, kept in the cache as a dump, copied in seconds."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from .addons import content_digest, split
from .databases import Databases, check_name
from .errors import SetupError
from .locks import cache_lock
from .output import note, step
from .places import cache_folder, make_folder

KEPT = 4
"""Dumps kept in the cache per kind; each is some 20 MB."""
Install = Callable[[str, list[str], bool], None]
"""Installs modules in a database: (database, modules, with demonstration data)."""


class Templates:
    """Prepared databases on one server."""

    def __init__(self, databases: Databases, odoo_identity: str, install: Install) -> None:
        self._databases = databases
        self._identity = odoo_identity
        self._install = install

    def prepared(self, key: str, modules: list[str], demo: bool) -> str:
        """Return the name of a database with these modules, making it if need be.

        Odoo's own modules form a layer of their own: after a change of ours only ours are
        installed again.
        """
        stock, ours = split(modules)
        digest = self._digest(*stock, f"demo={demo}")
        base = f"tpl_stock_{digest}"
        self._ensure(base, None, stock or ["base"], demo)
        if not ours:
            return base
        digest = self._digest(base, *ours, content_digest(ours))
        name = check_name(f"tpl_{key}_{digest}")
        self._ensure(name, base, ours, demo)
        return name

    def _digest(self, *parts: str) -> str:
        text = "\n".join((self._identity, *parts))
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    def _ensure(self, name: str, base: str | None, modules: list[str], demo: bool) -> None:
        if self._ready(name):
            return
        with cache_lock(f"database-{name}", f"preparing the database {name}"):
            if self._ready(name):
                return
            dump = cache_folder() / "database" / name
            building = f"building_{name}"
            self._databases.drop(name)
            self._databases.drop(building)
            if not self._restore(dump, building, name):
                data = "with" if demo else "without"
                shown = ", ".join(modules)
                step(f"Database: installing {shown} ({data} demonstration data)")
                self._databases.create(building, base)
                self._install(building, modules, demo)
                self._keep(dump, building)
            self._rename(building, name)

    def _ready(self, name: str) -> bool:
        # On a server of the user's the database may be another checkout's, its files elsewhere.
        return (self._databases.filestores / name).is_dir() and self._databases.exists(name)

    def _restore(self, dump: Path, database: str, name: str) -> bool:
        if not (dump / "database").is_file():
            return False
        step(f"Database: restoring {name} from the cache")
        self._databases.create(database)
        arguments = ["--no-owner", "--exit-on-error", "-j", "2", "-d", database]
        try:
            self._databases.client("pg_restore", *arguments, str(dump / "database"))
        except SetupError as error:
            # Made by another server version, or damaged: installing again repairs both.
            note(f"the cached copy cannot be restored: {error.problem}")
            self._databases.drop(database)
            shutil.rmtree(dump)
            return False
        self._databases.copy_filestore(dump / "filestore", database)
        self._databases.query(database, "ANALYZE")
        dump.touch()
        return True

    def _keep(self, dump: Path, database: str) -> None:
        partial = dump.with_name(f".partial-{dump.name}")
        shutil.rmtree(partial, ignore_errors=True)
        make_folder(partial)
        target = str(partial / "database")
        self._databases.client("pg_dump", "-Fc", "-Z1", "-f", target, database)
        files = self._databases.filestores / database
        if files.is_dir():
            shutil.copytree(files, partial / "filestore")
        shutil.rmtree(dump, ignore_errors=True)
        partial.rename(dump)
        _forget_old(dump)

    def _rename(self, building: str, name: str) -> None:
        files = self._databases.filestores
        shutil.rmtree(files / name, ignore_errors=True)
        if (files / building).is_dir():
            (files / building).rename(files / name)
        self._databases.query("postgres", f'ALTER DATABASE "{building}" RENAME TO "{name}"')


def _forget_old(dump: Path) -> None:
    kind = dump.name.rsplit("_", 1)[0]
    same = sorted(dump.parent.glob(f"{kind}_*"), key=lambda path: path.stat().st_mtime)
    for old in same[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
