"""Runs in the suite's Python: sends text messages to peers on 127.0.0.1 through a slow line.

``python -m bench.servers.sms_driver smpp|http rounds messages``; prints JSON.
"""

import json
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

# The toolkit, which finds the peers.
sys.path.append(str(Path(__file__).resolve().parents[3] / "scripts"))

import pure_addons

pure_addons.install()

from sms_peers import kit, processes  # noqa: E402
from sms_peers.http_fakes import ACCOUNT, SECRET, Provider  # noqa: E402
from smtp_kit.latency import delayed  # noqa: E402

from sms_action.core.http.account import HttpAccount  # noqa: E402
from sms_action.core.http.presets import presets  # noqa: E402
from sms_action.core.outcome import Fate  # noqa: E402
from sms_action.transports import HttpGateway  # noqa: E402

SMPP_RTT_MS, HTTP_RTT_MS = 20, 50


def rate(answers, count, started):
    """Return messages per second of a run in which each was accepted."""
    fates = [answer.outcome.fate for answer in answers]
    assert fates == [Fate.ACCEPTED] * count, f"only {fates.count(Fate.ACCEPTED)} were accepted"
    return count / (time.monotonic() - started)


def smpp(kind, window, messages, folder):
    """Messages per second over one session with this window."""
    smsc = processes.STARTS[kind](folder)
    try:
        with delayed(smsc.port, SMPP_RTT_MS) as port:
            gateway = kit.account(port, window=window)
            sender = kit.client(gateway)
            list(sender.send(kit.parts(gateway, 1)))
            batch = list(kit.parts(gateway, messages))
            started = time.monotonic()
            found = rate(sender.send(batch), messages, started)
            sender.close()
            return found
    finally:
        smsc.kill()


def http(keep, messages):
    """Messages per second: kept connections and several at a time, or one connection for each."""
    provider = Provider().start()
    batch = [kit.message(number) for number in range(messages)]
    try:
        with delayed(provider.port, HTTP_RTT_MS) as port:
            twilio = presets()["twilio"]
            url = twilio.url.replace("https://api.twilio.com", f"http://127.0.0.1:{port}")
            description = replace(twilio, url=url)
            gateway = HttpGateway(HttpAccount(description, ACCOUNT, SECRET, workers=8))
            started = time.monotonic()
            answers = gateway.send(batch) if keep else each_anew(gateway, batch)
            found = rate(answers, messages, started)
            gateway.close()
            return found
    finally:
        provider.close()


def each_anew(gateway, batch):
    """Send as code does that opens a connection for each message."""
    for message in batch:
        yield from gateway.send([message])
        gateway.close()


def medians(runs):
    return {name: round(statistics.median(values), 1) for name, values in runs.items()}


def main(what, rounds, messages):
    runs = {}
    with tempfile.TemporaryDirectory() as folder:
        for _round in range(rounds):
            if what == "smpp":
                for kind in sorted(processes.STARTS):
                    for window, count in ((1, messages // 10), (50, messages)):
                        found = smpp(kind, window, count, folder)
                        runs.setdefault(f"{kind} window {window}", []).append(found)
            else:
                runs.setdefault("new", []).append(http(False, messages // 10))
                runs.setdefault("kept", []).append(http(True, messages))
    print(json.dumps({"rounds": runs, "medians": medians(runs)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
