"""The presets of providers, against fakes that are written from their public documentation."""

import time
from dataclasses import replace

import pytest
from sms_peers import http_reports, kit
from sms_peers.http_fakes import ACCOUNT, SECRET

from sms_action.core.delivery import State
from sms_action.core.errors import SignatureError
from sms_action.core.http.account import HttpAccount
from sms_action.core.http.callback import CallbackRequest, check_callback, read_callback
from sms_action.core.http.presets import presets
from sms_action.core.outcome import Fate
from sms_action.transports import HttpGateway
from sms_action.transports.http_probe import probe

PRESETS = presets()
NAMES = ("twilio", "vonage", "clickatell", "messagebird")
REFERENCE = "0123456789abcdef" * 2
SIGNING = "signing-secret"
TO = {"twilio": "To", "vonage": "to", "clickatell": "to", "messagebird": "recipients"}
TEXT = {"twilio": "Body", "vonage": "text", "clickatell": "content", "messagebird": "body"}


def account(name, url, **values):
    """Return an account of a preset whose addresses lead to the fake."""
    preset = PRESETS[name]
    host = "https://" + preset.url.split("/")[2]
    local = replace(
        preset,
        url=preset.url.replace(host, url),
        test_url=preset.test_url.replace(host, url),
    )
    assert preset.test_url.startswith(host), "the secret goes to the provider only"
    values = {"account": ACCOUNT, "secret": SECRET, "workers": 1, "answer_seconds": 5.0, **values}
    return HttpAccount(local, **values)


@pytest.mark.parametrize("name", NAMES)
def test_a_message_arrives_whole(name, provider, closing):
    """With every setting a message can have; the provider checks what it documents."""
    text = "a&b=c+d%20 €[]{secret}\n'\"<>ж😀"
    sent = kit.message(
        1,
        text,
        reference=REFERENCE,
        callback_url="https://odoo.example.com/sms/7",
        validity_minutes=1440,
    )
    gateway = closing(HttpGateway(account(name, provider.url)))
    [answer] = gateway.send([sent])
    assert answer.outcome.fate is Fate.ACCEPTED, answer.outcome
    [(taken, message_id, parameters)] = provider.messages
    assert (taken, answer.outcome.provider_ids) == (name, (message_id,))
    number = parameters[TO[name]]
    assert (number if isinstance(number, str) else number[0]).lstrip("+") == "31612345678"
    assert parameters[TEXT[name]] == text
    assert not [value for value in parameters.values() if "{" in str(value).replace(text, "")]


@pytest.mark.parametrize("name", NAMES)
def test_the_account_is_tried_where_the_provider_has_an_address_for_it(name, provider):
    assert probe(account(name, provider.url)).fate is Fate.ACCEPTED
    outcome = probe(account(name, provider.url, secret="wrong"))
    assert (outcome.fate, outcome.reason) == (Fate.GATEWAY, "credentials")
    assert "wrong" not in outcome.message
    assert provider.messages == []


ERRORS = [
    ("twilio", 400, {"code": 21610, "message": "unsubscribed recipient"}, Fate.FAILED),
    ("twilio", 400, {"code": 21606, "message": "not a number of yours"}, Fate.GATEWAY),
    ("twilio", 429, {"code": 20429, "message": "Too Many Requests"}, Fate.RETRY),
    ("vonage", 200, {"messages": [{"status": "1", "error-text": "Throttled"}]}, Fate.RETRY),
    ("vonage", 200, {"messages": [{"status": "9", "error-text": "no credit"}]}, Fate.GATEWAY),
    ("vonage", 200, {"messages": [{"status": "7", "error-text": "barred"}]}, Fate.FAILED),
    ("vonage", 200, {"messages": [{"status": "33", "error-text": "gone"}]}, Fate.FAILED),
    (
        "clickatell",
        202,
        {"messages": [{"accepted": False, "errorCode": 26, "error": "opted out"}]},
        Fate.FAILED,
    ),
    ("clickatell", 400, {"messages": [], "errorCode": 43, "error": "Rate limit"}, Fate.RETRY),
    ("clickatell", 400, {"messages": [], "errorCode": 20, "error": "no credit"}, Fate.GATEWAY),
    ("messagebird", 422, {"errors": [{"code": 9, "description": "no recipient"}]}, Fate.FAILED),
    ("messagebird", 422, {"errors": [{"code": 25, "description": "no credit"}]}, Fate.GATEWAY),
    ("messagebird", 429, {"errors": [{"code": 101, "description": "slow down"}]}, Fate.RETRY),
]


@pytest.mark.parametrize(("name", "status", "content", "fate"), ERRORS)
def test_errors_as_they_are_documented(name, status, content, fate, provider, closing):
    provider.replies = [(status, {"Content-Type": "application/json"}, content)] * 9
    gateway = closing(HttpGateway(account(name, provider.url)))
    [answer] = gateway.send([kit.message(1)])
    assert answer.outcome.fate is fate, answer.outcome
    assert answer.outcome.message, "the provider's words are kept"


@pytest.mark.parametrize("name", NAMES)
def test_a_number_the_provider_refuses_fails_alone(name, provider, closing):
    gateway = closing(HttpGateway(account(name, provider.url)))
    strange = replace(kit.message(1).to, value="+3161234567a")
    found = kit.outcomes(gateway.send([kit.message(0), kit.message(1, to=strange), kit.message(2)]))
    wanted = [Fate.ACCEPTED, Fate.ACCEPTED if name == "twilio" else Fate.FAILED, Fate.ACCEPTED]
    assert [found[key].fate for key in range(3)] == wanted


REPORTS = [
    ("twilio", "twilio", {}, {"delivered": State.DELIVERED, "undelivered": State.UNDELIVERED}),
    *(
        (
            "vonage",
            "vonage",
            {"method": method, "get": get},
            {"delivered": State.DELIVERED, "expired": State.EXPIRED, "rejected": State.REJECTED},
        )
        for method, get in (("md5hash", False), ("md5hash", True), ("sha256", False))
    ),
    (
        "vonage",
        "vonage_messages",
        {"reference": REFERENCE},
        {"submitted": State.ACCEPTED, "delivered": State.DELIVERED, "rejected": State.REJECTED},
    ),
    (
        "clickatell",
        "clickatell",
        {},
        {
            "RECEIVED_BY_RECIPIENT": State.DELIVERED,
            "DEVICE_ACK": State.DELIVERED,
            "SENT_TO_SUPPLIER": State.ENROUTE,
            "EXPIRED": State.EXPIRED,
        },
    ),
    (
        "messagebird",
        "messagebird",
        {"reference": REFERENCE},
        {"delivered": State.DELIVERED, "delivery_failed": State.UNDELIVERED},
    ),
]


@pytest.mark.parametrize(("name", "report", "how", "states"), REPORTS)
def test_reports_are_proven_and_read(name, report, how, states, closing):
    """Each state; what is forged, changed on its way, or old, is refused."""
    listener = closing(http_reports.Listener())
    options = {"signature_method": how["method"]} if how.get("method") else {}
    mine = account(name, listener.url, callback_secret=SIGNING, options=options)
    url = f"{listener.url}/sms/7"
    send = getattr(http_reports, report)
    for word in states:
        send(url, "id-1", word, secret=SIGNING, shared=SIGNING, **how)
    send(url, "id-1", next(iter(states)), secret="forged", shared="forged", **how)
    *requests, forged = [
        CallbackRequest(listener.url + path, headers, body)
        for path, headers, body in listener.requests
    ]
    now = time.time()
    for request, state in zip(requests, states.values(), strict=True):
        check_callback(request, mine, now)
        found = read_callback(request, mine.description.callback)
        assert (found.state, found.provider_id) == (state, "id-1")
        assert found.reference == how.get("reference", "")
    with pytest.raises(SignatureError):
        check_callback(forged, mine, now)
    if name != "clickatell":
        request = requests[0]
        changed = replace(
            request, url=request.url.replace("id-1", "id-2"), body=request.body.replace(b"1", b"2")
        )
        with pytest.raises(SignatureError):
            check_callback(changed, mine, now)
    if name in ("vonage", "messagebird"):
        with pytest.raises(SignatureError, match="too old"):
            check_callback(requests[0], mine, now + 3600)
