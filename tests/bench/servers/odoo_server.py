"""An Odoo server for the length of a `with` block, and a driver process beside it."""

import contextlib
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from ..engine import STOCK, TESTS

START_SECONDS = 120
#: A single process, in which one scheduler thread runs tasks and one is left for the rest.
THREADED = ("--workers", "0", "--max-cron-threads", "2")


@contextlib.contextmanager
def database(env, key, modules):
    """Yield the name of a throw-away copy of a prepared database."""
    name = f"bench_{key}_{os.getpid()}"
    env.create_database(name, env.prepared_database(f"bench_{key}", modules, demo=False))
    try:
        yield name
    finally:
        env.drop_database(name)


def ours(env):
    """Return a throw-away database with the suite, for a `with` block."""
    manifests = sorted(TESTS.parent.glob("*/__manifest__.py"))
    suite = [manifest.parent.name for manifest in manifests]
    return database(env, "ours", [*STOCK, *suite])


@contextlib.contextmanager
def odoo_server(env, name, *arguments):
    """Run Odoo on a database; yields the process once it answers."""
    port = env.free_port()
    log = Path(env.work) / f"bench-server-{name}.log"
    log.unlink(missing_ok=True)
    options = ["-d", name, "--db-filter", f"^{name}$", "--log-level", "warn"]
    options += ["--http-port", str(port), "--gevent-port", str(env.free_port()), *arguments]
    process = env.popen_odoo(options, log)
    try:
        _wait_until_it_answers(process, port, log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def drive(env, name, what, options=(), **arguments):
    """Run one function of the driver in a process of its own; returns what it measured.

    :param options: those of the server, which the process that queues work has as well
    """
    command = [env.python, "-m", "bench.servers.driver", "--config", env.conf]
    command += ["--database", name, "--options", json.dumps(options), what, json.dumps(arguments)]
    done = subprocess.run(
        [str(part) for part in command],
        cwd=TESTS,
        env=env.environ(),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"the driver of {what} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def memory_mb(process):
    """Return resident and highest resident memory of the largest process of a server, in MiB."""
    pids = [process.pid, *_children(process.pid)]
    return max((_status(pid, "VmRSS:"), _status(pid, "VmHWM:")) for pid in pids)


def _children(pid):
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()]


def _status(pid, key):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def _wait_until_it_answers(process, port, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError):
            url = f"http://127.0.0.1:{port}/web/health"
            with urllib.request.urlopen(url, timeout=5):
                return
        time.sleep(0.2)
    last = "\n".join(log.read_text().splitlines()[-20:]) if log.exists() else ""
    raise RuntimeError(f"the server did not start:\n{last}")
