"""SMS of people that come in at the very same moment, each in a transaction of its own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from harness.meeting import Meeting
from sms_jobs import use_gateway

MESSAGES = 6
PARTS = 3
SENDER = "+31612345678"


def take(env, gateway, who, folder, locked):
    """Take a part of a message, and one that the other process is handed over too.

    Both processes have their snapshot before either has kept anything: the worst case.
    """
    from odoo.service.model import retrying

    from odoo.addons.sms_action.core.incoming import Part, Received

    if not locked:
        type(env["server.action.upsert.lock"])._take = lambda self, key_hashes: None
    tries = []

    def attempt():
        tries.append(env["sms.incoming"].search_count([]))
        if len(tries) == 1:
            Meeting(folder).barrier("ready", parties=2)
        env["sms.incoming"]._take(
            gateway,
            [
                Received(SENDER, "4040", f"part {who} ", Part(7, 2, who)),
                Received(SENDER, "4040", "again", provider_id="SM1"),
            ],
        )

    # What Odoo does with each request.
    retrying(attempt, env)
    return len(tries)


def incoming(env):
    """Return ``(texts of messages, number of parts that wait)``."""
    texts = sorted(env["sms.incoming"].search([]).mapped("text"))
    return texts, env["sms.incoming.part"].search_count([])


def fail_on_messages(env):
    """Make a rule that fails on every message."""
    model = env["ir.model"]._get_id("sms.incoming")
    action = {"name": "Fail", "model_id": model, "state": "code", "code": "raise UserError('no')"}
    rule = {"name": "Fail", "model_id": model, "trigger": "on_create_or_write"}
    env["base.automation"].create({**rule, "action_server_ids": [(0, 0, action)]})


def runs(env):
    """Return the states of all runs."""
    return env["server.action.run"].search([]).mapped("state")


def address(env, gateway):
    return env["sms.gateway"].browse(gateway).callback_token


@pytest.fixture
def gateway(in_odoo):
    values = {"kind": "clickatell", "callback_secret": "one"}
    return in_odoo(use_gateway, url="http://localhost", **values).result()


@pytest.fixture
def both(in_odoo, gateway, meeting):
    """Run ``take`` in two processes; return how often each has tried, and what there is then."""

    def run(locked):
        options = {"gateway": gateway, "folder": str(meeting.folder), "locked": locked}
        processes = [in_odoo(take, who=who, **options) for who in (1, 2)]
        tries = sorted(process.result() for process in processes)
        return tries, in_odoo(incoming).result()

    return run


def test_two_parts_at_the_same_moment_are_joined_at_once(both):
    """And what is handed over twice at the same moment is kept once."""
    assert both(locked=True) == ([1, 2], [["again", "part 1 part 2 "], 0])


def test_without_the_keys_they_would_wait(both):
    """The race is real: neither sees the other."""
    assert both(locked=False) == ([1, 1], [["again", "again"], 2])


def test_parts_of_several_messages_over_http(in_odoo, gateway, server):
    """As a provider sends them, all at the same time, each on a connection of its own."""
    token = in_odoo(address, gateway=gateway).result()
    url = f"{server.url}/sms_action/report/{token}?token=one"

    def post(part):
        message, number = part
        values = {"from": SENDER, "to": "4040", "text": f"{message}.{number} "}
        numbers = {"concat-ref": message, "concat-total": PARTS, "concat-part": number}
        answer = requests.post(url, json={**values, **numbers}, timeout=60)
        return answer.status_code

    parts = [(one, number) for one in range(MESSAGES) for number in range(1, PARTS + 1)]
    with ThreadPoolExecutor(len(parts)) as pool:
        assert set(pool.map(post, parts)) == {204}
    texts = ["".join(f"{one}.{number} " for number in (1, 2, 3)) for one in range(MESSAGES)]
    assert in_odoo(incoming).result() == [texts, 0]


def test_a_rule_that_fails_loses_no_message(in_odoo, gateway, server, announced):
    """The gateway, which would not deliver it again, hears that it is kept; the run is noted."""
    in_odoo(fail_on_messages).result()
    announced.append("kept without the rules")
    token = in_odoo(address, gateway=gateway).result()
    url = f"{server.url}/sms_action/report/{token}?token=one"
    answer = requests.post(url, json={"from": SENDER, "text": "STOP"}, timeout=60)
    assert answer.status_code == 204
    assert in_odoo(incoming).result() == [["STOP"], 0]
    assert in_odoo(runs).result() == ["failed"]
