"""E-mail over SMTP: the ways of stock, and ours with parallel sessions, without Odoo's own work."""

import json
import statistics
import subprocess

from ..engine import TESTS
from .figure import Figure, ServerCase

LABELS = {
    "session_each": "stock, one session per mail",
    "one_session": "stock's queue, one session",
    "ours_1": "ours, one session",
    "ours_1_pipelined": "the same with pipelining",
    "ours_8": "ours, eight sessions",
    "ours_8_pipelined": "the same with pipelining",
}


def run(env, rounds, quick=False):
    """Measure messages per second on loopback and with 20 ms between client and server."""
    asked = [
        {"round_trip_ms": 0, "mails": 200 if quick else 1500, "rounds": rounds},
        {"round_trip_ms": 20, "mails": 40 if quick else 100, "rounds": rounds},
    ]
    rows = [{**one, "per_second": _measure(env, one)} for one in asked]
    return Figure(CASE.name, {"rows": rows}, [line for row in rows for line in _lines(row)])


def _measure(env, asked):
    done = subprocess.run(
        [env.python, "-m", "bench.servers.smtp_driver", json.dumps(asked)],
        cwd=TESTS,
        env=env.environ(),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"the driver failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _lines(row):
    medians = {way: statistics.median(rates) for way, rates in row["per_second"].items()}
    yield f"{row['round_trip_ms']} ms between client and server, {row['mails']} mails of 4 KiB"
    for way, rate in medians.items():
        to_each, to_queue = rate / medians["session_each"], rate / medians["one_session"]
        wanted = ""
        if way == "ours_8_pipelined" and row["round_trip_ms"]:
            wanted = " (wanted ≥ 8)"
        yield (
            f"{LABELS[way]:<30} {rate:8.0f} mails/s, {to_each:6.1f} × one session per mail, "
            f"{to_queue:5.1f} × one session{wanted}"
        )


CASE = ServerCase("smtp_sessions", "e-mails to an SMTP server, with and without latency", run)
