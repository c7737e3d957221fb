"""Callbacks prove where they come from."""

import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_action.core.errors import SignatureError
from sms_action.core.jwt import check_jwt
from sms_action.core.signatures import check_secret, check_twilio, check_vonage

# The example of Twilio's public documentation on request validation.
TWILIO_TOKEN = "12345"
TWILIO_URL = "https://example.com/myapp.php?foo=1&bar=2"
TWILIO_FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675310",
    "Digits": "1234",
    "From": "+14158675310",
    "To": "+18005551212",
}
TWILIO_SIGNATURE = "L/OH5YylLD5NRKLltdqwSvS0BnU="
NOW = 1_764_155_000


def vonage(params, secret="s3cret", method="sha256"):
    """Sign as the documentation says, written independently of the check."""
    clean = {key: value.replace("&", "_").replace("=", "_") for key, value in params.items()}
    text = "".join(f"&{key}={clean[key]}" for key in sorted(clean))
    if method == "md5hash":
        return hashlib.md5((text + secret).encode()).hexdigest()
    return hmac.new(secret.encode(), text.encode(), method).hexdigest().upper()


def token(claims, secret="s3cret", algorithm="HS256"):
    def part(content):
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    head = part(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    text = f"{head}.{part(json.dumps(claims).encode())}"
    return f"{text}.{part(hmac.new(secret.encode(), text.encode(), 'sha256').digest())}"


def test_a_shared_secret():
    check_secret("right", "right")
    for given_, expected in (("wrong", "right"), (None, "right"), ("", ""), ("é", "right")):
        with pytest.raises(SignatureError):
            check_secret(given_, expected)


def test_the_example_of_twilio():
    check_twilio(TWILIO_TOKEN, TWILIO_URL, TWILIO_FORM.items(), TWILIO_SIGNATURE)


@pytest.mark.parametrize(
    "change",
    [
        {"token": "12346"},
        {"url": TWILIO_URL + "3"},
        {"params": {**TWILIO_FORM, "Digits": "12345"}.items()},
        {"params": [*TWILIO_FORM.items(), ("Extra", "1")]},
        {"signature": None},
        {"signature": ""},
        {"signature": "é"},
        {"token": ""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_forged_callback_of_twilio(change):
    honest = {
        "token": TWILIO_TOKEN,
        "url": TWILIO_URL,
        "params": TWILIO_FORM.items(),
        "signature": TWILIO_SIGNATURE,
    }
    with pytest.raises(SignatureError):
        check_twilio(**{**honest, **change})


def test_twilio_signs_with_or_without_the_port():
    text = "https://example.com/a" + "b1"
    signature = base64.b64encode(hmac.new(b"t", text.encode(), "sha1").digest()).decode()
    check_twilio("t", "https://example.com:443/a", [("b", "1")], signature)
    with pytest.raises(SignatureError):
        check_twilio("t", "https://example.net:443/a", [("b", "1")], signature)


def test_twilio_signs_the_digest_of_json():
    body = b'{"a":1}'
    url = f"https://example.com/a?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = base64.b64encode(hmac.new(b"t", url.encode(), "sha1").digest()).decode()
    check_twilio("t", url, [], signature, body)
    with pytest.raises(SignatureError, match="body"):
        check_twilio("t", url, [], signature, b'{"a":2}')


def test_twilio_never_leaves_a_body_without_its_digest():
    """The signature of an address alone proves nothing about a body."""
    url = "https://example.com/a"
    signature = base64.b64encode(hmac.new(b"t", url.encode(), "sha1").digest()).decode()
    check_twilio("t", url, [], signature)
    with pytest.raises(SignatureError, match="body"):
        check_twilio("t", url, [], signature, b'{"MessageStatus": "delivered"}')


@pytest.mark.parametrize("method", ["md5hash", "md5", "sha1", "sha256", "sha512"])
def test_every_method_of_vonage(method):
    params = {"messageId": "a=b&c", "status": "delivered", "timestamp": str(NOW)}
    signed = {**params, "sig": vonage(params, method=method)}
    check_vonage(signed, "s3cret", NOW + 10, method)
    for wrong in (
        {**signed, "status": "failed"},
        {**signed, "sig": "0" * 64},
        {**signed, "x": "1"},
    ):
        with pytest.raises(SignatureError):
            check_vonage(wrong, "s3cret", NOW + 10, method)
    with pytest.raises(SignatureError, match="too old"):
        check_vonage(signed, "s3cret", NOW + 301, method)


@pytest.mark.parametrize(
    ("params", "secret", "method"),
    [({"status": "1"}, "s", "md5"), ({"sig": "x"}, "", "md5"), ({"sig": "x"}, "s", "rot13")],
)
def test_vonage_without_what_it_takes(params, secret, method):
    with pytest.raises(SignatureError):
        check_vonage(params, secret, NOW, method)


def test_a_token_for_this_body_and_address():
    body, url = b'{"id":1}', "https://example.com/cb"
    claims = {
        "iat": NOW,
        "exp": NOW + 60,
        "payload_hash": hashlib.sha256(body).hexdigest(),
        "url_hash": hashlib.sha256(url.encode()).hexdigest(),
    }
    assert check_jwt(f"Bearer {token(claims)}", "s3cret", body, NOW, url)["iat"] == NOW
    for secret, content, address, now in (
        ("other", body, url, NOW),
        ("s3cret", b"{}", url, NOW),
        ("s3cret", body, "https://example.com/other", NOW),
        ("s3cret", body, url, NOW + 3600),
        ("s3cret", body, url, NOW - 3600),
        ("", body, url, NOW),
    ):
        with pytest.raises(SignatureError):
            check_jwt(token(claims), secret, content, now, address)


def test_a_token_that_is_signed_for_nothing():
    """What stands in the address would be anybody's."""
    with pytest.raises(SignatureError, match="address"):
        check_jwt(token({"iat": NOW}), "s3cret", b"", NOW, "https://example.com/cb?id=1&status=ok")


@pytest.mark.parametrize("algorithm", ["none", "RS256", "HS512", None])
def test_a_token_may_not_choose_how_it_is_checked(algorithm):
    with pytest.raises(SignatureError, match="not accepted"):
        check_jwt(token({"iat": NOW}, algorithm=algorithm), "s3cret", b"", NOW)


@pytest.mark.parametrize("claims", [{}, {"iat": "now"}, {"iat": True}, {"exp": NOW - 999}])
def test_a_token_without_a_time_is_old(claims):
    with pytest.raises(SignatureError):
        check_jwt(token(claims), "s3cret", b"", NOW)


@given(st.one_of(st.text(), st.from_regex(r"[\w=-]{0,20}\.[\w=-]{0,20}\.[\w=-]{0,20}")))
def test_no_other_text_is_a_token(text):
    with pytest.raises(SignatureError):
        check_jwt(text, "s3cret", b"", NOW)


@given(st.dictionaries(st.text(), st.text()), st.text())
def test_no_other_parameters_are_signed(params, signature):
    with pytest.raises(SignatureError):
        check_vonage({**params, "sig": signature}, "s3cret", NOW)
    with pytest.raises(SignatureError):
        check_twilio("token", "https://example.com", params.items(), signature)
