"""Delivery reports over HTTP: checked, then read."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_action.core.delivery import State
from sms_action.core.errors import GatewayError, SignatureError
from sms_action.core.http.account import HttpAccount
from sms_action.core.http.callback import CallbackRequest, Report, check_callback, read_callback
from sms_action.core.http.description import NO_CHECK
from sms_action.core.http.presets import presets

PRESETS = presets()
NOW = 1_764_155_000
URL = "https://odoo.example.com/sms/7"


def form(params, url=URL, **headers):
    return CallbackRequest(url, headers, urlencode(params).encode())


def account(name, **values):
    options = {"server": "https://kannel.example.com"} if name == "kannel" else {}
    return HttpAccount(PRESETS[name], "AC1", "token-1", options=options, **values)


def test_twilio():
    params = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}
    text = URL + "".join(name + params[name] for name in sorted(params))
    signature = base64.b64encode(hmac.new(b"token-1", text.encode(), "sha1").digest()).decode()
    request = form(params, **{"x-twilio-signature": signature})
    check_callback(request, account("twilio"), NOW)
    report = read_callback(request, PRESETS["twilio"].callback)
    assert report == Report(State.UNDELIVERED, "SM1", "", "30003")
    with pytest.raises(SignatureError):
        check_callback(replace(request, body=request.body + b"0"), account("twilio"), NOW)


def test_vonage():
    params = {"messageId": "v1", "status": "delivered", "err-code": "0", "timestamp": str(NOW)}
    text = "".join(f"&{name}={params[name]}" for name in sorted(params)) + "token-2"
    params["sig"] = hashlib.md5(text.encode()).hexdigest()
    for request in (
        CallbackRequest(f"{URL}?{urlencode(params)}", {}),
        form(params),
        CallbackRequest(URL, {"content-type": "application/json"}, json.dumps(params).encode()),
    ):
        check_callback(request, account("vonage", callback_secret="token-2"), NOW)
        assert read_callback(request, PRESETS["vonage"].callback) == Report(State.DELIVERED, "v1")
        with pytest.raises(SignatureError):
            check_callback(request, account("vonage"), NOW)


def test_messagebird():
    url = f"{URL}?id=m1&status=delivery_failed&statusErrorCode=5"
    claims = {"iat": NOW, "url_hash": hashlib.sha256(url.encode()).hexdigest()}

    def part(content):
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    text = f"{part(json.dumps({'alg': 'HS256'}).encode())}.{part(json.dumps(claims).encode())}"
    token = f"{text}.{part(hmac.new(b'token-1', text.encode(), 'sha256').digest())}"
    request = CallbackRequest(url, {"messagebird-signature-jwt": token})
    check_callback(request, account("messagebird"), NOW)
    rules = PRESETS["messagebird"].callback
    assert read_callback(request, rules) == Report(State.UNDELIVERED, "m1", "", "5")
    with pytest.raises(SignatureError):
        check_callback(replace(request, url=url.replace("m1", "m2")), account("messagebird"), NOW)


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        (f"{URL}?token=shared-1", {}),
        (f"{URL}?secret=shared-1&state=1", {}),
        (URL, {"x-callback-secret": "shared-1"}),
        (URL, {"authorization": "Bearer shared-1"}),
    ],
)
def test_a_shared_secret_in_the_address_or_a_header(url, headers):
    check_callback(
        CallbackRequest(url, headers), account("kannel", callback_secret="shared-1"), NOW
    )
    with pytest.raises(SignatureError):
        check_callback(CallbackRequest(url, headers), account("kannel", callback_secret="2"), NOW)
    with pytest.raises(SignatureError, match="no secret"):
        check_callback(CallbackRequest(url, headers), account("kannel"), NOW)


def test_the_password_of_the_account_is_no_callback_secret():
    with pytest.raises(SignatureError):
        check_callback(CallbackRequest(f"{URL}?token=token-1", {}), account("kannel"), NOW)


def test_kannel_reports_by_reference():
    rules = PRESETS["kannel"].callback
    request = CallbackRequest(f"{URL}?token=x&reference=r1&state=1", {})
    assert read_callback(request, rules) == Report(State.DELIVERED, "", "r1")


@pytest.mark.parametrize(
    "query", ["", "reference=r1", "state=1", "reference=r1&state=99", "reference=&state=1"]
)
def test_what_says_nothing_about_a_message(query):
    assert read_callback(CallbackRequest(f"{URL}?{query}", {}), PRESETS["kannel"].callback) is None


def test_clickatell_in_json():
    content = {"messageId": "c1", "status": "RECEIVED_BY_RECIPIENT", "clientMessageId": "r1"}
    headers = {"content-type": "application/json; charset=utf-8"}
    request = CallbackRequest(URL, headers, json.dumps(content).encode())
    rules = PRESETS["clickatell"].callback
    assert read_callback(request, rules) == Report(State.DELIVERED, "c1", "r1")


def test_no_check_has_to_be_asked_for_by_name():
    open_rules = replace(PRESETS["kannel"].callback, check=NO_CHECK)
    description = replace(PRESETS["kannel"], callback=open_rules)
    check_callback(CallbackRequest(URL, {}), HttpAccount(description), NOW)
    odd = replace(description, callback=replace(open_rules, check="hope"))
    with pytest.raises(GatewayError, match="hope"):
        check_callback(CallbackRequest(URL, {}), HttpAccount(odd), NOW)


def test_a_callback_does_not_show_its_secret():
    assert "shared" not in repr(CallbackRequest(f"{URL}?token=shared-1", {}, b"shared"))


# JSON may hold halves of surrogate pairs.
TEXTS = st.text(st.characters(exclude_categories=()))


@given(
    st.sampled_from(sorted(PRESETS)),
    st.text(),
    st.sampled_from(["", "application/json", "application/x-www-form-urlencoded", "x"]),
    st.binary()
    | st.builds(
        lambda data: json.dumps(data).encode(),
        st.recursive(
            st.none() | TEXTS | st.integers(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    TEXTS | st.sampled_from(["id", "status", "MessageSid", "sig"]), inner
                )
            ),
        ),
    ),
)
def test_any_other_request_is_forged_and_says_little(name, query, kind, body):
    """Fuzzing: never an unexpected exception, never accepted."""
    request = CallbackRequest(f"{URL}?{query}", {"content-type": kind}, body)
    with pytest.raises(SignatureError):
        check_callback(request, account(name, callback_secret="shared-1"), NOW)
    report = read_callback(request, PRESETS[name].callback)
    assert report is None or report.provider_id or report.reference


@pytest.mark.parametrize("name", ["sig", "status", "\ud800"])
def test_half_a_surrogate_pair_proves_nothing(name):
    """JSON may hold it; no digest and no comparison takes it as it is."""
    body = json.dumps({"messageId": "v1", "sig": "0", name: "\ud800"}).encode()
    request = CallbackRequest(URL, {"content-type": "application/json"}, body)
    for method in ("md5hash", "sha256"):
        gateway = account("vonage", callback_secret="token-2")
        gateway.options["signature_method"] = method
        with pytest.raises(SignatureError):
            check_callback(request, gateway, NOW)
