"""SMS over HTTP to a real gateway, Kannel, over SMPP to a real SMSC, and the reports back."""

import pytest
from smpp_fixtures import hellos, texts
from smpp_jobs import queue, run_queue, states, use_kannel, write_sms
from sms_peers.kannel import Kannel

pytest_plugins = ["smpp_fixtures"]


@pytest.fixture
def smsc(start_smsc):
    return start_smsc("node", reports=["DELIVRD"])


@pytest.fixture
def kannel(smsc, folder, closing):
    return closing(Kannel(folder, smsc.port))


def test_to_the_phone_and_back(odoo, smsc, kannel, server):
    """Kannel calls back Odoo's own web server, which finds the messages."""
    odoo.run(use_kannel, url=kannel.url, base=server.url)
    odoo.run(write_sms, count=8)
    odoo.run(run_queue)
    odoo.wait_all("delivered", 8)
    assert texts(smsc) == hellos(8)
    assert set(odoo.run(queue).values()) == {"sent"}


def test_a_long_message_and_one_beyond_gsm(odoo, smsc, kannel, server):
    odoo.run(use_kannel, url=kannel.url, base=server.url)
    odoo.run(write_sms, count=1, text="a" * 200)
    odoo.run(write_sms, count=1, text="жди 😀")
    odoo.run(run_queue)
    odoo.wait(lambda found: {one[0] for one in found.values()} == {"delivered"})
    said = sorted(texts(smsc))
    assert "жди 😀 0" in said
    assert sum(len(one) for one in said if not one.startswith("ж")) == len("a" * 200 + " 0")


def test_a_wrong_password_costs_no_attempt(odoo, smsc, kannel, server):
    odoo.run(use_kannel, url=kannel.url, base=server.url, secret="wrong-word")
    odoo.run(write_sms, count=3)
    odoo.run(run_queue)
    assert {(one[0], one[2]) for one in odoo.run(states).values()} == {("queued", 0)}
    assert smsc.messages == []
