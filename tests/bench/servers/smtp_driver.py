"""Sends messages to smtp-sink in several ways and prints rates, in a process with the core.

python -m bench.servers.smtp_driver '{"mails": 200, "rounds": 3, "round_trip_ms": 20}'
"""

import contextlib
import json
import smtplib
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
BODY = "x" * 70 + "\r\n"
CONTENT = ("From: shop@example.com\r\nSubject: Order\r\n\r\n" + BODY * 55).encode()  # 4 KiB
SENDER = "shop@example.com"
SESSIONS = 8


def session_each(port, mails):
    """As stock sends one mail: connect, send, quit."""
    for number in range(mails):
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as session:
            session.sendmail(SENDER, [f"p{number}@example.com"], CONTENT)


def one_session(port, mails):
    """As stock's queue sends a batch: one session, one command after the other."""
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as session:
        for number in range(mails):
            session.sendmail(SENDER, [f"p{number}@example.com"], CONTENT)


def ours(sessions, pipelining):
    """Return a way that uses the pool."""

    def send(port, mails):
        from smtp_mail_action.core.account import Account
        from smtp_mail_action.transports import Envelope, SessionPool

        account = Account(
            host="127.0.0.1",
            port=port,
            sessions=sessions,
            pipelining=pipelining,
            messages_per_session=100_000,
        )
        envelopes = (
            Envelope(SENDER, (f"p{number}@example.com",), CONTENT) for number in range(mails)
        )
        with SessionPool(account) as pool:
            sent = sum(
                one.result.recipients[0].verdict == "sent" for one in pool.deliver(envelopes)
            )
        if sent != mails:
            raise RuntimeError(f"{mails - sent} of {mails} messages were not sent")

    return send


WAYS = {
    "session_each": session_each,
    "one_session": one_session,
    "ours_1": ours(1, pipelining=False),
    "ours_1_pipelined": ours(1, pipelining=True),
    "ours_8": ours(SESSIONS, pipelining=False),
    "ours_8_pipelined": ours(SESSIONS, pipelining=True),
}


def measure(port, mails, rounds):
    """Return way → messages per second in each round; every round begins with another way."""
    rates = {name: [] for name in WAYS}
    names = list(WAYS)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            started = time.perf_counter()
            WAYS[name](port, mails)
            rates[name].append(mails / (time.perf_counter() - started))
    return rates


def main():
    sys.path[:0] = [str(TESTS), str(TESTS.parent / "scripts")]
    import pure_addons
    from smtp_kit.latency import delayed
    from smtp_kit.sink import Sink
    from toolkit.peers import prepare_peers

    pure_addons.install()
    asked = json.loads(sys.argv[1])
    with contextlib.ExitStack() as stack:
        sink = stack.enter_context(Sink(prepare_peers().smtp_sink, keep=False))
        port = stack.enter_context(delayed(sink.port, asked["round_trip_ms"]))
        measure(port, 20, 1)  # loads and connects everything once
        rates = measure(port, asked["mails"], asked["rounds"])
    print(json.dumps(rates))


if __name__ == "__main__":
    main()
