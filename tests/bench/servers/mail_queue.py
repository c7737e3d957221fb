"""Odoo's mail queue from end to end: stock's and ours, to the same server in one run."""

import contextlib
import json
import statistics
import subprocess

from ..engine import STOCK, TESTS
from .figure import Figure, ServerCase
from .odoo_server import database, ours

SESSIONS = 10
#: Milliseconds between client and server → e-mails in one run of the queue.
MAILS = {0: 400, 20: 100}


def run(env, rounds, quick=False):
    """Measure e-mails per second of one worker, on loopback and at a distance."""
    from smtp_kit.latency import delayed
    from smtp_kit.sink import Sink
    from toolkit.peers import prepare_peers

    rows = []
    with contextlib.ExitStack() as stack:
        bases = {
            "stock": stack.enter_context(database(env, "stock", STOCK)),
            "ours": stack.enter_context(ours(env)),
        }
        sink = stack.enter_context(Sink(prepare_peers().smtp_sink, keep=False))
        for distance, mails in MAILS.items():
            port = stack.enter_context(delayed(sink.port, distance))
            asked = {"port": port, "mails": mails // 4 if quick else mails, "sessions": SESSIONS}
            rates = {name: [] for name in bases}
            for number in range(1 if quick else rounds):
                for name in list(bases)[:: -1 if number % 2 else 1]:
                    rates[name] += _measure(env, bases[name], asked)
            rows.append({"round_trip_ms": distance, **asked, "per_second": rates})
    return Figure(CASE.name, {"rows": rows}, [_line(row) for row in rows])


def _measure(env, name, asked):
    """Return the rates of a process of one engine, without its first run."""
    command = [env.python, "-m", "bench.servers.mail_queue_driver", env.conf, name]
    done = subprocess.run(
        [str(part) for part in [*command, json.dumps(asked)]],
        cwd=TESTS,
        env=env.environ(),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"the driver failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _line(row):
    stock, own = (statistics.median(row["per_second"][name]) for name in ("stock", "ours"))
    wanted = 8 if row["round_trip_ms"] else 1.4
    return (
        f"{row['round_trip_ms']:>2} ms to the server, {row['mails']} e-mails: stock {stock:.0f}/s, "
        f"ours {own:.0f}/s ({SESSIONS} sessions), {own / stock:.2f} × (wanted ≥ {wanted})"
    )


CASE = ServerCase("mail_queue", "Odoo's mail queue from rows to the server", run)
