"""HTTP gateways: against fakes of providers that are written from their documentation."""

import logging
from dataclasses import replace

import pytest
from sms_peers import kit
from sms_peers.http_fakes import ACCOUNT, SECRET

from sms_action.core.http.account import HttpAccount
from sms_action.core.http.presets import presets
from sms_action.core.outcome import Fate
from sms_action.transports import HttpGateway, MemoryGateway

PRESETS = presets()


def account(name, url, **values):
    """Return an account of a preset whose address leads to the fake."""
    preset = PRESETS[name]
    host = preset.url.split("/")[2]
    local = replace(preset, url=preset.url.replace(f"https://{host}", url))
    values = {"account": ACCOUNT, "secret": SECRET, "workers": 4, "answer_seconds": 5.0, **values}
    return HttpAccount(local, **values)


def messages(count, **values):
    return (kit.message(number, f"Hello {number}", **values) for number in range(count))


@pytest.mark.parametrize("name", ["twilio", "vonage", "clickatell"])
def test_many_messages_over_few_connections(name, provider, closing):
    gateway = closing(HttpGateway(account(name, provider.url)))
    found = kit.outcomes(gateway.send(messages(40)))
    assert {one.fate for one in found.values()} == {Fate.ACCEPTED} and len(found) == 40
    ids = {one.provider_ids[0] for one in found.values()}
    assert ids == {message_id for _name, message_id, _parameters in provider.messages}
    again = kit.outcomes(gateway.send(messages(8)))
    assert len(again) == 8
    assert provider.connections <= 4, "also from one batch to the next"


def test_every_character_arrives(provider, closing):
    gateway = closing(HttpGateway(account("twilio", provider.url)))
    text = "a&b=c+d%20 €[]{secret}\n'\"<>ж😀"
    assert [one.outcome.fate for one in gateway.send([kit.message(1, text)])] == [Fate.ACCEPTED]
    assert provider.messages[0][2]["Body"] == text


@pytest.mark.parametrize("name", ["twilio", "vonage", "clickatell"])
def test_wrong_credentials_are_asked_once(name, provider, closing):
    """The rest of the batch gets the same outcome unsent."""
    gateway = closing(HttpGateway(account(name, provider.url, secret="wrong", workers=1)))
    found = kit.outcomes(gateway.send(messages(10)))
    assert {one.fate for one in found.values()} == {Fate.GATEWAY} and len(found) == 10
    assert len(provider.requests) == 1 and provider.messages == []


def test_one_bad_message_fails_alone(provider, closing):
    gateway = closing(HttpGateway(account("twilio", provider.url)))
    batch = [kit.message(0), kit.message(1, ""), kit.message(2, "a" * 40_000), kit.message(3)]
    found = kit.outcomes(gateway.send(batch))
    assert [found[key].fate for key in range(4)] == [
        Fate.ACCEPTED,
        Fate.FAILED,
        Fate.FAILED,
        Fate.ACCEPTED,
    ]
    assert [found[key].reason for key in (1, 2)] == ["empty", "too_long"]
    assert len(provider.requests) == 2


def test_a_message_is_taken_only_when_it_can_go_out(provider, closing):
    """Attempts can be written down a chunk at a time."""
    provider.replies = [0.2] * 3
    gateway = closing(HttpGateway(account("twilio", provider.url, workers=2)))
    taken = []

    def source():
        for one in messages(10):
            taken.append(one.key)
            yield one

    answers = gateway.send(source())
    next(answers)
    assert len(taken) <= 3
    assert len(list(answers)) == 9


def test_secrets_are_in_no_log(provider, closing, caplog):
    """Also not in those of the library, which writes whole addresses."""
    caplog.set_level(logging.DEBUG)
    preset = replace(
        PRESETS["kannel"], reply=replace(PRESETS["kannel"].reply, status_fates={404: Fate.RETRY})
    )
    own = HttpAccount(preset, ACCOUNT, SECRET, options={"server": provider.url})
    gateway = closing(HttpGateway(own))
    provider.replies = [(200, {}, f"5: wrong password {SECRET}".encode())]
    found = kit.outcomes(gateway.send(messages(2)))
    assert provider.requests[0][0].count(SECRET) == 1, "it was sent"
    assert "cgi-bin/sendsms" in caplog.text, "the library did write the address"
    assert SECRET not in caplog.text
    assert not [one for one in found.values() if SECRET in one.message]
    assert SECRET not in repr(own) + repr(gateway.account) + repr(found)


def test_the_rate_is_kept_in_parts(provider, closing):
    waits = []
    clock = iter(range(10**6)).__next__
    gateway = closing(
        HttpGateway(
            account("twilio", provider.url, per_second=0.25), clock=clock, sleep=waits.append
        )
    )
    long_text = [kit.message(number, "a" * 161) for number in range(3)]
    assert len(list(gateway.send(long_text))) == 3
    assert len(waits) >= 2 and max(waits) <= 8


def test_the_gateway_in_memory_has_the_same_face():
    gateway = MemoryGateway()
    found = kit.outcomes(gateway.send(messages(3)))
    assert [one.text for one in gateway.sent] == ["Hello 0", "Hello 1", "Hello 2"]
    assert found[1].provider_ids == ("memory-2",)
    gateway.close()
