"""Text messages over a slow line: what a window, and what kept connections, are worth."""

import json
import subprocess
from pathlib import Path

from .figure import Figure, ServerCase

TESTS = Path(__file__).resolve().parents[2]


def _drive(env, what, rounds, messages):
    command = [env.python, "-m", "bench.servers.sms_driver", what, str(rounds), str(messages)]
    done = subprocess.run(command, cwd=TESTS, env=env.environ(), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the measurement of {what} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def smpp(env, rounds, quick=False):
    """Measure a window of 1 and of 50 at a round trip of 20 ms, with two servers."""
    found = _drive(env, "smpp", rounds, 1000 if quick else 3000)
    text, ratios = [], {}
    for kind in ("node", "smpp34"):
        one, fifty = (found["medians"][f"{kind} window {window}"] for window in (1, 50))
        ratios[kind] = fifty / one
        text.append(
            f"{kind:<8} window 1 {one:8.1f}/s   window 50 {fifty:8.1f}/s   "
            f"{ratios[kind]:.1f} times (wanted ≥ 30)"
        )
    return Figure(SMPP.name, {**found, "ratios": ratios}, text)


def http(env, rounds, quick=False):
    """Measure eight kept connections against a new one for each message, at 50 ms."""
    found = _drive(env, "http", rounds, 200 if quick else 800)
    new, kept = found["medians"]["new"], found["medians"]["kept"]
    text = [
        f"one new connection per message {new:8.1f}/s",
        f"eight kept connections         {kept:8.1f}/s   {kept / new:.1f} times (wanted ≥ 10)",
    ]
    return Figure(HTTP.name, {**found, "ratio": kept / new}, text)


SMPP = ServerCase("sms_smpp", "SMPP at 20 ms round trip: window 1 and 50", smpp, ("peers",))
HTTP = ServerCase(
    "sms_http", "HTTP gateway at 50 ms round trip: new and kept connections", http, ("peers",)
)
