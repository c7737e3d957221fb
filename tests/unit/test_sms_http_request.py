"""Requests to gateways described as data."""

import base64
import json
from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_action.core.errors import GatewayError, TextError
from sms_action.core.http.account import HttpAccount
from sms_action.core.http.description import PLACEHOLDERS, HttpDescription, ReplyRules
from sms_action.core.http.presets import presets
from sms_action.core.http.request import build_request, check_description
from sms_action.core.message import Message
from sms_action.core.numbers import parse_number, parse_sender

MESSAGE = Message("k", parse_number("+31612345678"), "Hello €", parse_sender("Odoo"), "ref-1")
SIMPLE = HttpDescription(
    "own",
    "Own",
    "https://sms.example.com/{account}/send",
    parameters={"to": "{to}", "text": "{text}", "cb": "{callback_url}", "fixed": "1"},
)


def account(description=SIMPLE, **values):
    return HttpAccount(description, "me", "s3cret-word", **values)


def test_a_form():
    request = build_request(MESSAGE, account())
    assert (request.method, request.url) == ("POST", "https://sms.example.com/me/send")
    assert request.body == b"to=%2B31612345678&text=Hello+%E2%82%AC&fixed=1"
    assert dict(request.headers)["Content-Type"] == "application/x-www-form-urlencoded"


def test_json_keeps_structure_and_numbers():
    description = replace(
        SIMPLE,
        format="json",
        parameters={
            "messages": [{"to": ["{to_digits}"], "n": "{parts}", "no": "{callback_url}"}],
            "flag": True,
            "text": "<{text}>",
            "validity": "{validity_seconds}",
        },
        headers={"Authorization": "Key {secret}", "X-Ref": "{reference}", "X-No": "{callback_url}"},
    )
    request = build_request(replace(MESSAGE, validity_minutes=5), account(description))
    assert json.loads(request.body) == {
        "messages": [{"to": ["31612345678"], "n": 1}],
        "flag": True,
        "text": "<Hello €>",
        "validity": 300,
    }
    headers = dict(request.headers)
    assert headers["Authorization"] == "Key s3cret-word" and headers["X-Ref"] == "ref-1"
    assert "X-No" not in headers


def test_a_query_and_basic_authentication():
    description = replace(SIMPLE, method="GET", format="query", basic_auth=True)
    request = build_request(MESSAGE, account(description))
    assert parse_qs(urlsplit(request.url).query)["text"] == ["Hello €"]
    assert request.body == b""
    pair = base64.b64decode(dict(request.headers)["Authorization"].removeprefix("Basic "))
    assert pair == b"me:s3cret-word"


@given(st.text(min_size=1, max_size=60), st.from_regex(r"[a-zA-Z0-9_.-]{0,20}", fullmatch=True))
def test_values_stay_values(text, reference):
    """Whatever a text holds, the structure of the request stays."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        return
    message = replace(MESSAGE, text=text, reference=reference)
    pairs = parse_qsl(build_request(message, account()).body.decode(), keep_blank_values=True)
    assert pairs == [("to", "+31612345678"), ("text", text), ("fixed", "1")]
    description = replace(SIMPLE, format="json", url="https://h.example.com/{reference}/x?a={text}")
    if reference:
        request = build_request(message, account(description))
        assert json.loads(request.body)["text"] == text
        parts = urlsplit(request.url)
        assert (parts.hostname, parts.path.count("/")) == ("h.example.com", 2)
        assert parse_qsl(parts.query, keep_blank_values=True) == [("a", text)]


@pytest.mark.parametrize("reference", ["a b", "a&b", "é", "a" * 65, "a\n"])
def test_a_reference_must_survive_every_gateway(reference):
    with pytest.raises(ValueError, match="no reference"):
        replace(MESSAGE, reference=reference)


def test_braces_of_a_text_are_no_placeholders():
    request = build_request(replace(MESSAGE, text="{secret} {to}"), account())
    assert b"s3cret" not in request.body and b"%7Bsecret%7D" in request.body


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"parameters": {"a": "{nonsense}"}}, "{nonsense}"),
        ({"url": "https://x.example.com/{to.__class__}"}, None),
        ({"url": "ftp://x.example.com/"}, "https://"),
        ({"url": "https://[::1/"}, "https://"),
        ({"url": "{callback_url}/x"}, "callback_url"),
        ({"format": "soap"}, "soap"),
        ({"reply": ReplyRules(format="xml")}, "xml"),
        ({"reply": ReplyRules(format="text", code="(")}, "regular expression"),
        ({"headers": {"X": "{text}"}}, "header X"),
    ],
)
def test_a_description_that_cannot_be_used(change, match):
    description = replace(SIMPLE, **change)
    if match is None:
        # Not a placeholder at all: it stays text, and nothing is looked up.
        assert "__class__" in build_request(MESSAGE, account(description)).url
        return
    with pytest.raises(GatewayError, match=match):
        build_request(MESSAGE, account(description))


@pytest.mark.parametrize("text", ["", "a" * 40_000])
def test_a_text_no_gateway_takes(text):
    with pytest.raises(TextError):
        build_request(replace(MESSAGE, text=text), account())


def test_nothing_shows_the_secret():
    own = account(callback_secret="other-word", options={})
    request = build_request(MESSAGE, replace_format(own))
    for shown in (repr(own), repr(request), own.mask(f"{request.url} {dict(request.headers)}")):
        assert "s3cret-word" not in shown and "other-word" not in shown
        assert base64.b64encode(b"me:s3cret-word").decode() not in shown


def replace_format(own):
    query = {"password": "{secret}", "to": "{to}"}
    description = replace(SIMPLE, format="query", parameters=query, basic_auth=True)
    return HttpAccount(description, own.account, own.secret)


def test_options_are_those_of_the_description():
    with pytest.raises(GatewayError, match="no option region"):
        account(options={"region": "eu"})
    kannel = presets()["kannel"]
    with pytest.raises(GatewayError, match="server"):
        build_request(MESSAGE, account(kannel))


@pytest.mark.parametrize("preset", presets().values(), ids=presets())
def test_every_preset_can_be_used(preset):
    """It knows its placeholders, sends number, text and sender, and carries the secret."""
    check_description(preset)
    options = {name: "https://gw.example.com" for name in preset.options}
    full = replace(MESSAGE, callback_url="https://odoo.example.com/cb?t=1", validity_minutes=9)
    request = build_request(full, HttpAccount(preset, "AC1", "s3cret-word", options=options))
    said = request.url + str(request.headers) + request.body.decode()
    assert "31612345678" in said and "Odoo" in said
    # Clickatell's callback address is set up at Clickatell.
    assert ("odoo.example.com" in said) == (preset.name != "clickatell")
    pair = base64.b64encode(b"AC1:s3cret-word").decode()
    assert "s3cret-word" in said or pair in said
    assert preset.callback.states and preset.label
    bare = HttpAccount(preset, "AC1", "s3cret-word", options=options)
    assert "callback" not in str(build_request(MESSAGE, bare).body).lower()


def test_placeholders_have_a_meaning_for_people():
    assert all(len(text) > 5 for text in PLACEHOLDERS.values())
