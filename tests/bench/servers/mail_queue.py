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
            if not distance:
                where = {
                    name: _measure(env, bases[name], {**asked, "profile": 1}) for name in bases
                }
    text = [*map(_line, rows), "where the time of an e-mail goes, on loopback:", *table(where)]
    return Figure(CASE.name, {"rows": rows, "profile": where}, text)


def _measure(env, name, asked):
    """Return what a process of one engine measures, without its first run."""
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


def table(found):
    """Return a table for a reader.

    :param found: ``{engine: {part: [milliseconds, calls]}}``
    """
    names = list(found)
    rows = [("", *(f"{name}: ms, calls" for name in names))]
    for part in found[names[0]]:
        rows.append(
            (part, *(f"{found[name][part][0]:.2f}, {found[name][part][1]:.1f}" for name in names))
        )
    total = (f"{sum(one for one, _calls in found[name].values()):.2f}" for name in names)
    rows.append(("one e-mail", *total))
    return [f"  {row[0]:<44}" + "".join(f"{cell:>20}" for cell in row[1:]) for row in rows]


CASE = ServerCase("mail_queue", "Odoo's mail queue from rows to the server", run)
