"""SMS gateways on loopback, and what is closed after a test."""

import pytest
from sms_peers import processes
from sms_peers.http_fakes import Provider
from sms_peers.proxy import Proxy


@pytest.fixture
def closing():
    """A function that takes something to close, kill or stop after the test."""
    things = []

    def remember(thing):
        things.append(thing)
        return thing

    yield remember
    for thing in reversed(things):
        getattr(thing, "close", None) and thing.close()
        getattr(thing, "kill", None) and thing.kill()


@pytest.fixture
def start_smsc(tmp_path, closing):
    """Start a real SMSC: ``start_smsc("node", reports=["DELIVRD"])``."""
    return lambda kind, **options: closing(processes.STARTS[kind](tmp_path, **options))


@pytest.fixture(params=sorted(processes.STARTS))
def any_smsc(request, start_smsc):
    """Start an SMSC of each of the two kinds in turn."""
    return lambda **options: start_smsc(request.param, **options)


@pytest.fixture
def start_proxy(closing):
    return lambda port: closing(Proxy(port))


@pytest.fixture
def provider(closing):
    """A fake HTTP provider."""
    return closing(Provider().start())
