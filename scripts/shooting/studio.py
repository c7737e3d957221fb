"""A database with something to see, a server, a browser."""

import subprocess
import sys
import tempfile
from pathlib import Path

from demoing.post_office import PostOffice
from toolkit.suite_database import MODULES

SCRIPTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SCRIPTS.parent / "tests" / "e2e"))

from harness.browser import Browser  # noqa: E402 - the folder is on the path only now
from harness.server import OdooServer  # noqa: E402

from .shots import SHOTS  # noqa: E402

DATABASE = "screenshots"
SIZE = (1280, 800)


def shoot(env, target, names):
    """Take the pictures, all without names; returns an exit code."""
    unknown = [name for name in names if name not in SHOTS]
    if unknown:
        print(f"No picture is named {', '.join(unknown)}; there are {', '.join(SHOTS)}.")
        return 2
    env.drop_database(DATABASE)
    env.create_database(DATABASE, env.prepared_database("demo", MODULES, demo=True))
    with tempfile.TemporaryDirectory(dir=env.work) as folder:
        try:
            play_demo(env)
            return photograph(env, Path(folder), target, names or list(SHOTS))
        finally:
            env.drop_database(DATABASE)


def play_demo(env):
    """Fill the run log and the tasks as `make demo` does."""
    with PostOffice(env.python, env.work, env.free_port()) as post_office:
        command = [env.python, "-m", "demoing.play", "--config", env.conf, "--database", DATABASE]
        command += ["--smtp-port", str(post_office.port), "--inbox", str(post_office.inbox)]
        command = [str(part) for part in command]
        subprocess.run(command, cwd=SCRIPTS, env=env.environ(), check=True)


def photograph(env, folder, target, names):
    """Start server and browser, take the pictures; errors of the pages are an exit code of 1."""
    server = OdooServer(env, folder, DATABASE).start()
    failed = 0
    try:
        client = server.login()
        with Browser(env.chromium, *SIZE) as browser:
            for name in names:
                page = browser.open(client)
                SHOTS[name](page, client, target / f"{name}.png")
                errors = page.errors()
                failed += bool(errors)
                print(f"docs/pictures/{name}.png", *errors, sep="\n  ")
    finally:
        server.stop()
    return 1 if failed else 0
