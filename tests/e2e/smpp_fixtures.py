"""Fixtures of the tests of SMPP: SMSCs, and Odoo with one gateway."""

import collections
import os
import signal
import time

import pytest
from smpp_jobs import serve, states, use_gateway, write_sms
from sms_peers import processes
from sms_peers.odd_smsc import SUBMIT_SM, pdu

RESPONSE = 1 << 31


@pytest.fixture
def closing():
    """A function that takes something to close or kill after the test."""
    things = []

    def remember(thing):
        things.append(thing)
        return thing

    yield remember
    for thing in reversed(things):
        (getattr(thing, "close", None) or thing.kill)()


@pytest.fixture
def start_smsc(folder, closing):
    """Start a real SMSC: ``start_smsc("node", reports=["DELIVRD"])``."""
    return lambda kind="node", **options: closing(processes.STARTS[kind](folder, **options))


@pytest.fixture
def odoo(in_odoo):
    return Odoo(in_odoo)


class Odoo:
    """A database with one SMPP gateway, as a test uses it."""

    def __init__(self, in_odoo):
        self._in_odoo = in_odoo

    def run(self, function, **arguments):
        return self._in_odoo(function, **arguments).result()

    def start(self, function=serve, **options):
        return self._in_odoo(function, **options)

    def use(self, smsc, messages=0, **values):
        self.run(use_gateway, port=smsc.port, **values)
        self.run(write_sms, count=messages)

    def end(self, process):
        """End the process as systemd does."""
        os.kill(process.pid, signal.SIGTERM)
        assert process.result() is None

    def wait(self, wanted, seconds=40.0):
        """Wait until ``wanted(states)`` holds; returns the states."""
        end = time.monotonic() + seconds
        while True:
            found = self.run(states)
            if wanted(found):
                return found
            assert time.monotonic() < end, f"waited in vain; the messages are {found}"
            time.sleep(0.1)

    def wait_settled(self, count, seconds=60.0):
        """Wait until so many messages are there, none of which is still to be sent."""

        def settled(found):
            return len(found) == count and not {"queued", "sending"} & {
                one[0] for one in found.values()
            }

        return self.wait(settled, seconds)

    def wait_all(self, state, count, seconds=40.0):
        def reached(found):
            return [one[0] for one in found.values()] == [state] * count

        return self.wait(reached, seconds)


def texts(smsc):
    """Return how often each text was taken by the SMSC."""
    said = (
        bytes.fromhex(one["message"]).decode() if "message" in one else one["text"]
        for one in smsc.messages
    )
    return collections.Counter(said)


def hellos(count):
    return collections.Counter({f"Hello {number}": 1 for number in range(count)})


def ok(number, sequence):
    return pdu(SUBMIT_SM | RESPONSE, sequence, 0, b"id%d\0" % number)
