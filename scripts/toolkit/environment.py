"""The door of the toolkit: `with open_environment() as env:` gives a place where Odoo runs."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from .browser import find_browser, prepare_browser
from .commands import tail
from .configuration import DATA, addons_path, project_options, write_configuration
from .databases import Databases
from .errors import SetupError
from .odoo_package import fetch_tree
from .odoo_tree import OdooTree, find_tree
from .peers import prepare_peers
from .pg_binaries import find_binaries
from .pg_cluster import PORT, ROLE, Cluster
from .pg_server import Server, usable_named_server
from .places import LOGS, WORK, cache_folder, make_folder
from .ports import free_port
from .signals import interrupts_ignored, signals_as_exit
from .templates import Templates
from .venv import OdooVenv

DEFAULT_NEED = ("odoo", "postgres")
STOP_SECONDS = 15


class Environment:
    """Odoo, its Python, its database server and its folders."""

    def __init__(self, tree: OdooTree, venv: OdooVenv, server: Server, binaries: Path) -> None:
        self.work = WORK
        """Ignored folder of this checkout."""
        self.cache = cache_folder()
        """Folder shared by the checkouts of this user."""
        self.python = str(venv.python)
        """Python with Odoo's dependencies, the suite's tools and `odoo` itself."""
        self.odoo_bin = str(venv.odoo_bin)
        self.odoo_root = str(tree.root)
        """The folder that holds the package `odoo`."""
        self.addons_path = addons_path(tree)
        self.db_host = server.host
        self.db_port = server.port
        self.db_user = server.user
        self.pg_binaries = str(binaries)
        """Folder with PostgreSQL's client programs."""
        self.chromium = find_browser()
        """Path of a browser, or None."""
        self._server = server
        self.conf = str(write_configuration(tree, server, binaries))
        """The generated configuration file."""
        self.databases = Databases(server, binaries, DATA / "filestore")
        self._templates = Templates(self.databases, tree.identity(), self._install)
        self._children: list[subprocess.Popen[bytes]] = []

    def free_port(self) -> int:
        """Return a TCP port on 127.0.0.1 that nothing listens on."""
        return free_port()

    def environ(self) -> dict[str, str]:
        """The variables of a process that uses this environment."""
        variables = {**self._server.environ(), "ODOO_RC": self.conf}
        # A folder there, even the current one, lets addons hide modules of the standard library.
        variables.pop("PYTHONPATH", None)
        folders = [str(Path(self.python).parent), self.pg_binaries, variables.get("PATH", "")]
        variables["PATH"] = os.pathsep.join(folders)
        variables["XDG_RUNTIME_DIR"] = str(make_folder(self.work / "run", 0o700))
        return variables

    def odoo(
        self,
        args: Sequence[str],
        check: bool = True,
        log: str | Path | None = None,
        timeout: float | None = None,
        foreground: bool = False,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run odoo-bin to its end.

        :param log: file for its output; None: it goes where ours goes.
        :param timeout: seconds after which it is stopped.
        :param foreground: Ctrl-C is for odoo-bin alone, which decides what it means.
        :raises SetupError: when it fails and `check` is true, or at the timeout.
        """
        process = self.popen_odoo(args, log)
        try:
            with interrupts_ignored() if foreground else contextlib.nullcontext():
                code = process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise SetupError(f"odoo-bin took longer than {timeout} s") from error
        finally:
            self._stop(process)
        if check and code:
            shown = f"\n{tail(Path(log))}" if log else ""
            raise SetupError(f"odoo-bin {' '.join(args)} failed (exit code {code}){shown}")
        return subprocess.CompletedProcess(process.args, code)

    def popen_odoo(
        self, args: Sequence[str], log: str | Path | None = None
    ) -> subprocess.Popen[bytes]:
        """Start odoo-bin; it is stopped at the latest when the environment closes."""
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(Path(log).open("ab")) if log else None
            process = subprocess.Popen(
                [self.python, self.odoo_bin, *[str(part) for part in args]],
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                env=self.environ(),
            )
        self._children.append(process)
        return process

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database, empty or as a copy of another with its file store."""
        self.databases.create(name, template)

    def drop_database(self, name: str) -> None:
        """Drop a database and its file store; one that is not there is no error."""
        self.databases.drop(name)

    def prepared_database(self, key: str, modules: Sequence[str], demo: bool = False) -> str:
        """Return a database with these modules, to be copied with `create_database`."""
        return self._templates.prepared(key, list(modules), demo)

    def psql(self, database: str, sql: str) -> str:
        """Run SQL; return its rows, one a line, columns divided by `|`, no header."""
        return self.databases.query(database, sql)

    def close(self) -> None:
        """Stop what was started here and still runs."""
        for process in list(self._children):
            self._stop(process)

    def _install(self, database: str, modules: list[str], demo: bool) -> None:
        log = make_folder(LOGS) / f"install-{database}.log"
        log.unlink(missing_ok=True)
        args = ["-d", database, "-i", ",".join(modules), "--stop-after-init", "--no-http"]
        args += ["--max-cron-threads", "0", *(["--with-demo"] if demo else [])]
        self.odoo(args, log=log)

    def _stop(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self._children:
            self._children.remove(process)


@contextlib.contextmanager
def open_environment(need: Sequence[str] = DEFAULT_NEED) -> Iterator[Environment]:
    """Set up what is missing and keep it running inside the `with` block.

    :param need: of `odoo`, `postgres`, `browser`, `oca` (OCA addons for comparison), `peers`
        (servers that are no Python packages, for the transports).
    :raises SetupError: which ends the program with a sentence that says what to do.
    """
    with signals_as_exit(), contextlib.ExitStack() as stack:
        make_folder(WORK)
        tree = find_tree() or fetch_tree()
        venv = OdooVenv(tree)
        venv.prepare()
        if "oca" in need:
            venv.prepare_oca()
        if "browser" in need:
            prepare_browser()
        if "peers" in need:
            prepare_peers()
        server, binaries = _database_server(venv, "postgres" in need, stack)
        environment = Environment(tree, venv, server, binaries)
        stack.callback(environment.close)
        yield environment


def _database_server(
    venv: OdooVenv, start: bool, stack: contextlib.ExitStack
) -> tuple[Server, Path]:
    binaries = find_binaries(venv.site_packages)
    named = usable_named_server(project_options(), binaries / "psql")
    if named:
        return named, binaries
    cluster = Cluster(venv.site_packages)
    if start:
        stack.enter_context(cluster.running())
    return Server(str(cluster.socket_folder), PORT, ROLE), binaries
