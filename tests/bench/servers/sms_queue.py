"""Odoo's queue of text messages from rows to the provider: stock's Twilio and our gateways."""

import contextlib
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from ..engine import STOCK, TESTS
from .figure import Figure, ServerCase
from .odoo_server import database, ours
from .sms_queue_driver import SID, TOKEN

#: What is compared with stock: (way, round trip in ms, messages of stock, of ours, wanted ratio).
ROWS = (("smpp", 0, 500, 3000, 3), ("http", 50, 40, 400, 10))


def run(env, rounds, quick=False):
    """Measure messages per second of one worker, by turns."""
    from sms_peers.http_fakes import Provider
    from sms_peers.processes import STARTS
    from smtp_kit.latency import delayed

    rows = []
    with contextlib.ExitStack() as stack:
        bases = {
            "stock": stack.enter_context(database(env, "twilio", [*STOCK, "sms_twilio"])),
            "ours": stack.enter_context(ours(env)),
        }
        provider = Provider(SID, TOKEN).start()
        stack.callback(provider.close)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        # The faster of the two: the other one's 0.3 ms a message would be measured with ours.
        smsc = STARTS["node"](Path(folder))
        stack.callback(smsc.kill)
        for way, distance, few, many, wanted in ROWS:
            near = stack.enter_context(delayed(provider.port, distance))
            ports = {"stock": near, "http": near, "smpp": smsc.port}
            counts = {"stock": few, way: many // 2 if quick else many}
            rates = {name: [] for name in counts}
            for _round in range(1 if quick else rounds):
                for name, count in counts.items():
                    asked = {"way": name, "port": ports[name], "messages": count}
                    base = bases["stock" if name == "stock" else "ours"]
                    rates[name] += _measure(env, base, asked)
            rows.append({"way": way, "round_trip_ms": distance, "wanted": wanted, "rates": rates})
    return Figure(CASE.name, {"rows": rows}, [_line(row) for row in rows])


def _measure(env, name, asked):
    command = [env.python, "-m", "bench.servers.sms_queue_driver", env.conf, name]
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
    stock, own = (statistics.median(row["rates"][name]) for name in ("stock", row["way"]))
    return (
        f"{row['way']:<5} {row['round_trip_ms']:>2} ms: sms_twilio {stock:8.1f}/s, "
        f"ours {own:8.1f}/s, {own / stock:.1f} times (wanted ≥ {row['wanted']})"
    )


CASE = ServerCase(
    "sms_queue", "queue of text messages: sms_twilio and our gateways", run, ("peers",)
)
