"""Fixtures of the end-to-end tests: an environment, a database of one's own, servers around it."""

import os
import re
import sys
import uuid
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(Path(__file__).parent))

from harness.browser import Browser  # noqa: E402 - the folder is on the path only now
from harness.http_receiver import HttpReceiver  # noqa: E402
from harness.ledger import Ledger  # noqa: E402
from harness.meeting import Meeting  # noqa: E402
from harness.preloaded import Preloaded  # noqa: E402
from harness.process import fork_in_odoo  # noqa: E402
from harness.server import OdooServer  # noqa: E402
from harness.smtp_server import SmtpServer  # noqa: E402
from testing.addons import public  # noqa: E402
from testing.logs import AllowList, findings  # noqa: E402
from toolkit.environment import open_environment  # noqa: E402


@pytest.fixture(scope="session")
def env():
    """The project's environment, with PostgreSQL running."""
    with open_environment(need=("odoo", "postgres", "browser")) as environment:
        yield environment


@pytest.fixture(scope="session")
def load(env, tmp_path_factory):
    """Have a process load Odoo with modules, without demo data: ``load(key, modules)``."""
    loaded = []

    def start(key, modules) -> Preloaded:
        database = f"e2e_loaded_{uuid.uuid4().hex[:8]}"
        env.create_database(database, env.prepared_database(key, modules, False))
        process = Preloaded(env, tmp_path_factory.mktemp("preloaded"), database)
        loaded.append(process)
        return process

    yield start
    for process in loaded:
        process.stop()
        env.drop_database(process.database)


@pytest.fixture(scope="session")
def preloaded(load):
    """The process that is forked, with all addons of this repository."""
    return load("e2e", public())


@pytest.fixture
def folder(tmp_path):
    """A folder of the test, outside Odoo: logs, results and meeting points."""
    return tmp_path


@pytest.fixture
def announced():
    """Regular expressions of warnings and errors which the test expects in Odoo's log."""
    return []


@pytest.fixture
def database(env, preloaded, folder, announced):
    """A database of one's own. Afterwards Odoo's logs must hold nothing unannounced."""
    name = f"e2e_{uuid.uuid4().hex[:8]}"
    env.create_database(name, preloaded.database)
    yield name
    env.drop_database(name)
    allowed = AllowList.load(ROOT / "tests" / "log_allowlist.txt")
    found = [record for log in sorted(folder.glob("*.log")) for record in findings(log, allowed)]
    missing = [one for one in announced if not any(re.search(one, record.text) for record in found)]
    unannounced = [
        record.text for record in found if not any(re.search(one, record.text) for one in announced)
    ]
    assert not unannounced, "not announced in Odoo's log:\n" + "\n".join(unannounced)
    assert not missing, f"announced, but not in Odoo's log: {missing}"


@pytest.fixture
def start_server(env, database, folder, preloaded):
    """Start Odoo servers on the database: ``start_server(cron_threads=1)``."""
    servers = []

    def start(loads_itself=False, **options) -> OdooServer:
        process = None if loads_itself else preloaded
        server = OdooServer(env, folder, database, process, **options)
        servers.append(server)
        return server.start()

    yield start
    try:
        for server in servers:
            server.stop()
    finally:
        for server in servers:
            server.kill()


@pytest.fixture
def server(start_server):
    """One running Odoo server without cron threads."""
    return start_server()


@pytest.fixture
def admin(server):
    """The administrator's session on ``server``."""
    return server.login()


@pytest.fixture
def in_odoo(env, database, folder, preloaded):
    """Start functions of the test file inside Odoo: ``in_odoo(function, name=value).result()``."""
    started = []

    def start(function, kill_points=(), **arguments):
        process = fork_in_odoo(preloaded, env, folder, database, function, arguments, kill_points)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def meeting(folder):
    """Barriers and pauses shared with processes, which get ``folder=str(folder)``."""
    return Meeting(folder / "meeting")


@pytest.fixture
def ledger(folder):
    """Notes outside Odoo; a process opens the same file by ``ledger.path``."""
    return Ledger(folder / "ledger.jsonl")


@pytest.fixture
def smtp():
    """A real SMTP server."""
    server = SmtpServer().start()
    yield server
    server.stop()


@pytest.fixture
def receiver():
    """A real HTTP server."""
    server = HttpReceiver().start()
    yield server
    server.stop()


@pytest.fixture
def browser(env):
    """A real Chromium."""
    with Browser(env.chromium) as chromium:
        yield chromium


@pytest.fixture(autouse=True)
def no_process_is_left():
    """Fail a test that leaves a process of its own running."""
    before = set(psutil.Process().children(recursive=True))
    yield
    left = [
        process
        for process in psutil.Process().children(recursive=True)
        if process not in before and process.status() != psutil.STATUS_ZOMBIE
    ]
    # These live as long as all tests: the toolkit's watcher of the database server, and the process
    # that has loaded Odoo.
    left = [process for process in left if not is_of_session(process)]
    for process in left:
        process.kill()
    assert not left, f"processes left behind: {left}"


def is_of_session(process):
    words = process.cmdline()
    # What the process that has loaded Odoo has forked is called as it is.
    is_host = words[2:3] == ["host"] and process.ppid() == os.getpid()
    return is_host or any("pg_" in word for word in words)
