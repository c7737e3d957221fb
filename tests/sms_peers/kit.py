"""Shared by the tests and benchmarks of the SMS transports; `pure_addons` comes before it."""

import time

from server_action_engine.core.retry import RetryPolicy
from sms_action.core.message import Message
from sms_action.core.numbers import parse_number, parse_sender
from sms_action.core.smpp.account import SmppAccount
from sms_action.core.smpp.submissions import submissions
from sms_action.transports import SmppClient

QUICK = RetryPolicy(max_attempts=3, delay_seconds=0.02, max_delay_seconds=0.2)


def message(key, text="Hello", **values):
    values.setdefault("to", parse_number("+31612345678"))
    values.setdefault("sender", parse_sender("Odoo"))
    return Message(key, text=text, **values)


def account(port, host="127.0.0.1", **values):
    values = {"system_id": "me", "password": "s3cret-word", "answer_seconds": 5.0, **values}
    return SmppAccount(host, port, **values)


def parts(gateway, count, text="Hello", start=0):
    """Return so many messages of one part, with the keys 0, 1, 2 …"""
    for number in range(start, start + count):
        yield from submissions(message(number, f"{text} {number}"), gateway, number)


class Inbox:
    """Keeps what the gateway delivers."""

    def __init__(self):
        self.arrived = []

    def __call__(self, arrivals):
        self.arrived += arrivals
        return [True] * len(arrivals)

    @property
    def receipts(self):
        return [one.receipt for one in self.arrived]


def client(gateway, inbox=None, **values):
    values = {"connecting": QUICK, "pauses": QUICK, **values}
    return SmppClient(gateway, inbox or Inbox(), **values)


def outcomes(answers):
    """Return outcomes by key; every key once."""
    found = {}
    for answer in answers:
        assert answer.key not in found, f"two outcomes for {answer.key}"
        found[answer.key] = answer.outcome
    return found


def listen_until(sender, condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain for the gateway"
        sender.listen(0.05)
