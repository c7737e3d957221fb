"""What answers of gateways mean."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_action.core.errors import GatewayError
from sms_action.core.http.description import ReplyRules
from sms_action.core.http.paths import find_in_json, find_in_text
from sms_action.core.http.presets import presets
from sms_action.core.http.reply import HttpReply, read_reply
from sms_action.core.outcome import Fate

NOW = 1_764_155_000.0
PRESETS = presets()
HTML = b"<!DOCTYPE html><html><body>Sign in to the hotel network</body></html>"
VONAGE_OK = {"message-count": "1", "messages": [{"status": "0", "message-id": "v1"}]}
VONAGE_NO = {"messages": [{"status": "4", "error-text": "Bad Credentials"}]}
VONAGE_HALF = {"messages": [{"status": "0", "message-id": "v1"}, {"status": "7"}]}
CLICKATELL_OK = {"messages": [{"apiMessageId": "c1", "accepted": True, "error": None}]}
CLICKATELL_NO = {"messages": [{"accepted": False, "errorCode": 25, "error": "Invalid recipient"}]}
TWILIO_NO = {"code": 21211, "message": "The 'To' number is not valid", "status": 400}


def read(name, status, content, headers=None):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return read_reply(HttpReply(status, headers or {}, body), PRESETS[name].reply, NOW)


@pytest.mark.parametrize(
    ("name", "status", "content", "fate", "reason", "ids"),
    [
        ("twilio", 201, {"sid": "SM1", "error_code": None}, Fate.ACCEPTED, "", ("SM1",)),
        ("twilio", 400, TWILIO_NO, Fate.FAILED, "refused", ()),
        ("twilio", 401, {"code": 20003}, Fate.GATEWAY, "credentials", ()),
        ("twilio", 429, {"code": 20429}, Fate.RETRY, "throttled", ()),
        ("twilio", 503, HTML, Fate.RETRY, "server", ()),
        ("twilio", 500, HTML, Fate.IN_DOUBT, "server", ()),
        ("twilio", 504, b"", Fate.IN_DOUBT, "server", ()),
        ("twilio", 302, b"", Fate.GATEWAY, "address", ()),
        ("twilio", 404, HTML, Fate.GATEWAY, "address", ()),
        ("twilio", 200, HTML, Fate.IN_DOUBT, "unreadable", ()),
        ("twilio", 200, b"[" * 100_000, Fate.IN_DOUBT, "unreadable", ()),
        ("twilio", 200, {"code": 21211, "message": "no"}, Fate.FAILED, "refused", ()),
        ("twilio", 200, {}, Fate.IN_DOUBT, "unreadable", ()),
        ("vonage", 200, VONAGE_OK, Fate.ACCEPTED, "", ("v1",)),
        ("vonage", 200, VONAGE_NO, Fate.GATEWAY, "refused", ()),
        ("vonage", 200, {"messages": [{"status": "1"}]}, Fate.RETRY, "refused", ()),
        ("vonage", 200, {"messages": [{"status": "7"}]}, Fate.FAILED, "refused", ()),
        ("vonage", 200, VONAGE_HALF, Fate.FAILED, "partly", ("v1",)),
        ("vonage", 200, {"messages": []}, Fate.IN_DOUBT, "unreadable", ()),
        ("clickatell", 202, CLICKATELL_OK, Fate.ACCEPTED, "", ("c1",)),
        ("clickatell", 202, CLICKATELL_NO, Fate.FAILED, "refused", ()),
        ("clickatell", 402, b"", Fate.GATEWAY, "credit", ()),
        ("messagebird", 201, {"id": "m1"}, Fate.ACCEPTED, "", ("m1",)),
        ("messagebird", 422, {"errors": [{"code": 25}]}, Fate.GATEWAY, "refused", ()),
        ("kannel", 202, b"0: Accepted for delivery", Fate.ACCEPTED, "", ()),
        ("kannel", 202, b"3: Queued for later delivery", Fate.ACCEPTED, "", ()),
        ("kannel", 403, b"Authorization failed for sendsms", Fate.GATEWAY, "credentials", ()),
        ("kannel", 503, b"Temporal failure, try again later.", Fate.RETRY, "server", ()),
        ("kannel", 200, HTML, Fate.IN_DOUBT, "unreadable", ()),
    ],
)
def test_one_clear_outcome_for_each_answer(name, status, content, fate, reason, ids):
    outcome = read(name, status, content)
    assert (outcome.fate, outcome.reason, outcome.provider_ids) == (fate, reason, ids)
    assert (outcome.message == "") == (fate is Fate.ACCEPTED)


def test_the_gateways_own_words_are_kept():
    outcome = read("twilio", 400, TWILIO_NO)
    assert outcome.code == "21211" and "'To' number" in outcome.message
    assert "1 of 2 parts" in read("vonage", 200, VONAGE_HALF).message


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30.0),
        (" 5 ", 5.0),
        ("99999999999999999999", 86_400.0),
        ("Wed, 26 Nov 2025 11:04:20 GMT", 60.0),
        ("Wed, 26 Nov 2025 10:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("Wed, 99 Nov 2025 99:99:99 GMT", None),
    ],
)
def test_retry_after(value, seconds):
    assert read("twilio", 429, b"", {"retry-after": value}).retry_after == seconds


def test_a_gateway_may_mean_something_else_by_a_status():
    rules = ReplyRules(status_fates={500: Fate.RETRY, 409: Fate.ACCEPTED})
    assert read_reply(HttpReply(500, {}, b""), rules, NOW).fate is Fate.RETRY
    assert read_reply(HttpReply(409, {}, b""), rules, NOW).fate is Fate.ACCEPTED


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("messages"), inner),
)


@given(st.sampled_from(sorted(PRESETS)), st.integers(100, 599), st.binary() | json_values)
def test_any_answer_has_an_outcome(name, status, content):
    outcome = read(name, status, content)
    if outcome.fate is Fate.ACCEPTED:
        assert 200 <= status < 300


@given(json_values, st.text(alphabet="ab.*0", max_size=9))
def test_any_path_finds_texts(data, path):
    assert all(isinstance(found, str) for found in find_in_json(data, path))


def test_paths():
    data = {"a": [{"b": 1}, {"b": True}, {"c": None}], "t": "text"}
    assert find_in_json(data, "a.*.b") == ("1", "true")
    assert find_in_json(data, "a.1.b") == ("true",)
    assert find_in_json(data, "a.7.b") == find_in_json(data, "t.*") == find_in_json(data, "") == ()
    assert find_in_json({"a": "x\0y\ud800"}, "a") == ("xy?",)
    assert find_in_text("a", "a|(b)") == ()
    assert find_in_text("ID: 7\nID: 8", r"^ID: (\d)$") == ("7", "8")
    with pytest.raises(GatewayError, match="regular expression"):
        find_in_text("", "(")
