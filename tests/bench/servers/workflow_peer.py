"""Our workflow engine against django-viewflow, the peer that keeps its tokens in a database.

Both on the same PostgreSQL, by turns. The peer commits every step; ours does in one of the cases.
"""

import configparser
import json
import os
import subprocess
from statistics import median

from ..engine import STOCK, TESTS, Engine
from .figure import Figure, ServerCase

REQUIREMENTS = "requirements-workflow.txt"
#: Our case → (what of the peer it is compared with, how often faster it is wanted).
WANTED = {
    "workflow_bulk": ("step", 20),
    "workflow_single": ("step", 3),
    "workflow_committed": ("step", 3),
    "workflow_net_bulk": ("net", 20),
    "workflow_net_single": ("net", 3),
}


def run(env, rounds, quick=False):
    """Measure both, round by round."""
    peers, ours = {"step": [], "net": []}, {name: [] for name in WANTED}
    with _Peer(env) as measure, _Ours(env) as engine:
        for _round in range(1 if quick else rounds):
            for name, seconds in measure(20 if quick else 100).items():
                peers[name].append(seconds)
            for name, seconds in engine.measure().items():
                ours[name].append(seconds)
    rates = {name: 1 / median(seconds) for name, seconds in {**peers, **ours}.items()}
    text = [f"django-viewflow, {name:<18} {rates[name]:8.0f}/s" for name in peers]
    ratios = {}
    for name, (peer, wanted) in WANTED.items():
        ratios[name] = rates[name] / rates[peer]
        text.append(
            f"{name:<35} {rates[name]:8.0f}/s, {ratios[name]:.1f} times {peer} (wanted ≥ {wanted})"
        )
    return Figure(CASE.name, {"rates": rates, "ratios": ratios, "rounds": rounds}, text)


class _Peer:
    """An environment and a database for the peer, for a `with` block."""

    def __init__(self, env):
        self._env, self._name = env, f"bench_viewflow_{os.getpid()}"

    def __enter__(self):
        from toolkit.venv import Venv  # the commands put scripts/ on the path

        venv = Venv("workflow", (REQUIREMENTS,))
        venv.prepare()
        self._python = venv.python
        self._env.create_database(self._name)
        return self.measure

    def __exit__(self, *_exc):
        self._env.drop_database(self._name)

    def measure(self, count):
        config = configparser.ConfigParser(interpolation=None)
        config.read(self._env.conf)
        options = config["options"]
        where = [options.get(f"db_{key}", "") for key in ("host", "port", "user")]
        variables = self._env.environ()
        if options.get("db_password", "False") != "False":
            variables["PGPASSWORD"] = options["db_password"]
        program = TESTS / "bench" / "peers" / "viewflow_rate.py"
        done = subprocess.run(
            [self._python, program, *where, self._name, str(count)],
            env=variables,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"django-viewflow could not be measured:\n{done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])


class _Ours:
    """A worker with our cases, for a `with` block."""

    def __init__(self, env):
        self._env, self._name = env, f"bench_workflow_{os.getpid()}"

    def __enter__(self):
        manifests = sorted(TESTS.parent.glob("*/__manifest__.py"))
        modules = [*STOCK, *(one.parent.name for one in manifests)]
        template = self._env.prepared_database("bench_ours", modules, demo=False)
        self._env.create_database(self._name, template)
        self._engine = Engine("ours", self._env, self._name)
        return self

    def __exit__(self, *_exc):
        self._engine.stop()
        self._env.drop_database(self._name)

    def measure(self):
        """Return the seconds per operation of each case."""
        found = {}
        for name in WANTED:
            self._engine.ask(do="setup", case=name)
            for _warm in range(2):
                answer = self._engine.ask(do="round", case=name, part="act", late=False)
            found[name] = answer["seconds"]
            self._engine.ask(do="remove")
        return found


CASE = ServerCase("workflow_peer", "tokens: our engine and django-viewflow", run)
