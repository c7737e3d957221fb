"""Runs functions of a test file, or servers, inside Odoo. Started in one of two ways.

``worker.py one JOB`` runs one job and ends (``process.py``). ``worker.py host CONFIGURATION
DATABASE`` loads Odoo, says so by a line, and then forks a process for each order it reads from its
standard input, a line each, and answers with the number of the process (``preloaded.py``).

A job is a JSON object ``{"configuration", "database", "file", "function", "arguments", "result",
"log", "kill_points", "meeting"}``. The function gets an environment of the superuser whose cursor
is committed when it returns and rolled back when it raises; what it returns is written to
``result`` as JSON. A server is ``{"database", "program", "server", "folder", "log", "kill_points",
"meeting"}``, ``server`` being the arguments of ``program``.
"""

import importlib.util
import json
import os
import signal
import sys
import traceback
from pathlib import Path

import odoo.api
import odoo.sql_db

#: What the page of the web client loads.
WEB_CLIENT = (
    ("web.assets_web", True),
    ("web.assets_web", False),
    ("web.assets_web_print", False),
)


def load_registry(configuration: str, database: str):
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", configuration, "-d", database], setup_logging=True)
    return Registry(database)


def run_job(registry, job: dict) -> int:
    """Run the function and write its answer; return the exit code of the process."""
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
    """Fork a process for each order until the standard input ends."""
    from odoo.service.server import load_server_wide_modules

    registry = load_registry(configuration, database)
    load_server_wide_modules()
    make_assets(registry)
    # A connection to the database must not be shared by two processes.
    odoo.sql_db.close_all()
    # Ended children vanish by themselves.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print(os.getpid(), flush=True)
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if not pid:
            child(registry, json.loads(line))
        print(pid, flush=True)


def make_assets(registry) -> None:
    """Make what browsers load, once for all tests instead of in each of them."""
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        for bundle, is_script in WEB_CLIENT:
            made = env["ir.qweb"]._get_asset_bundle(bundle, js=is_script, css=not is_script)
            made.js() if is_script else made.css()


def child(registry, order: dict) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    run = serve if "server" in order else run_job
    try:
        move(registry, order["database"])
        end(run(registry, order))
    except Exception:  # noqa: BLE001 - whatever it is, this process is no host
        traceback.print_exc()
    finally:
        end(1)


def move(registry, database: str) -> None:
    """Make the registry that of a copy of its database, as it was when it was loaded.

    What was committed there since then is noticed as by a server that runs: Odoo signals it.
    """
    from odoo.modules.registry import Registry

    del Registry.registries[registry.db_name]
    Registry.registries[database] = registry
    registry.db_name = database
    registry._db = odoo.sql_db.db_connect(database)
    # A process that was killed has signalled nothing.
    registry.clear_all_caches()
    registry.cache_invalidated.clear()


def serve(registry, order: dict) -> int:
    """Be a server, as ``odoo-bin`` with these arguments."""
    from odoo.service import server
    from odoo.tools import config

    os.chdir(order["folder"])
    sys.argv = [order["program"], *order["server"]]
    config.parse_config(order["server"], setup_logging=True)
    if order["kill_points"]:
        install_everywhere(registry, order["kill_points"], order["meeting"])
    return server.start()


def install_everywhere(registry, places: list[str], folder: str) -> None:
    """Install kill points in the registry, and in those that are loaded in its place."""
    from odoo.modules.registry import Registry

    from harness.kill_points import install

    load = Registry.new.__func__

    @classmethod
    def new(cls, *args, **kwargs):
        loaded = load(cls, *args, **kwargs)
        install(loaded, places, folder)
        return loaded

    Registry.new = new
    install(registry, places, folder)


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
