"""Runs functions of a test file inside Odoo. Started by ``process.py`` in one of two ways.

``worker.py one JOB`` runs one job and ends. ``worker.py host CONFIGURATION DATABASE`` loads Odoo
once and then forks a process for each job it reads from its standard input, a line each, and
answers with the number of the process: loading Odoo anew for each of them takes seconds.

A job is a JSON object ``{"configuration", "database", "file", "function", "arguments", "result",
"log", "kill_points", "meeting"}``. The function gets an environment of the superuser whose cursor
is committed when it returns and rolled back when it raises; what it returns is written to
``result`` as JSON.
"""

import importlib.util
import json
import os
import signal
import sys
import traceback
from pathlib import Path


def load_registry(configuration: str, database: str):
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", configuration, "-d", database], setup_logging=True)
    return Registry(database)


def run_job(registry, job: dict) -> int:
    """Run the function and write its answer; return the exit code of the process."""
    import odoo.api

    answer = {}
    try:
        # As at the start of a request: another process may have changed rules or modules.
        registry = registry.check_signaling()
        if job["kill_points"]:
            from harness.kill_points import install

            install(registry, job["kill_points"], job["meeting"])
        with registry.cursor() as cr:
            env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
            answer["value"] = load(job["file"], job["function"])(env, **job["arguments"])
            env.flush_all()
        # As at the end of a request: other processes must hear of what this one has changed.
        registry.signal_changes()
    except Exception as error:  # noqa: BLE001 - whatever it is, the test gets it
        answer = {
            "error": type(error).__name__,
            "message": str(error),
            "pgcode": getattr(error, "pgcode", None),
            "traceback": traceback.format_exc(),
        }
    # Written under another name first: whoever sees the file sees all of it.
    partial = Path(job["result"] + ".partial")
    partial.write_text(json.dumps(answer), encoding="utf-8")
    partial.rename(job["result"])
    return 1 if "error" in answer else 0


def load(file: str, name: str):
    """Return the function ``name`` of the test file ``file``."""
    spec = importlib.util.spec_from_file_location("e2e_job", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)


def end(code: int) -> None:
    """End the process now: threads of a library must not keep it alive."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def host(configuration: str, database: str) -> None:
    """Fork a process for each job until the standard input ends."""
    registry = load_registry(configuration, database)
    import odoo.sql_db

    # A connection to the database must not be shared by two processes.
    odoo.sql_db.close_all()
    # Ended children vanish by themselves.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if not pid:
            child(registry, json.loads(line))
        print(pid, flush=True)


def child(registry, job: dict) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        end(run_job(registry, job))
    finally:
        end(1)  # never back into the loop of the host


if __name__ == "__main__":
    # Test files import ``harness``; the script's own folder would offer its modules by short names.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    # The kits of the protocols lie beside the folder of these tests.
    sys.path.append(str(Path(__file__).resolve().parent.parent.parent))
    if sys.argv[1] == "host":
        host(sys.argv[2], sys.argv[3])
    else:
        only = json.loads(sys.argv[2])
        end(run_job(load_registry(only["configuration"], only["database"]), only))
