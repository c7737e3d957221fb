"""Messages of people: pieces, numbers, and how gateways hand them over."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_action.core.concat import (
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
    UDHI,
    Joining,
    bodies,
)
from sms_action.core.http.callback import CallbackRequest
from sms_action.core.http.description import CallbackRules
from sms_action.core.http.incoming import read_message
from sms_action.core.http.presets import presets
from sms_action.core.incoming import Part, Received, address, joined, read_part
from sms_action.core.segments import UCS2, split
from sms_action.core.smpp.bodies import Incoming

PRESETS = presets()
URL = "https://odoo.example.com/sms/7"


@pytest.mark.parametrize(
    ("octets", "part"),
    [
        (bytes((5, 0, 3, 200, 3, 2)) + b"Hi", Part(200, 3, 2)),
        (bytes((6, 8, 4, 1, 44, 3, 2)) + b"Hi", Part(300, 3, 2)),
        (bytes((9, 5, 2, 1, 2, 0, 3, 7, 2, 1)) + b"Hi", Part(7, 2, 1)),
        (bytes((5, 0, 3, 7, 1, 1)) + b"Hi", None),
        (bytes((5, 0, 3, 7, 2, 3)) + b"Hi", None),
        (bytes((5, 0, 3, 7, 2, 0)) + b"Hi", None),
        (bytes((5, 0, 3, 7)), None),
        (bytes((200, 0)), None),
        (b"\0Hi", None),
        (b"", None),
    ],
    ids=str,
)
def test_pieces_by_a_header(octets, part):
    assert read_part(octets, UDHI, {}) == part
    assert read_part(octets, 0, {}) is None


def test_pieces_by_optional_parameters():
    tlvs = {SAR_MSG_REF_NUM: b"\1\0", SAR_TOTAL_SEGMENTS: b"\2", SAR_SEGMENT_SEQNUM: b"\1"}
    assert read_part(b"Hi", 0, tlvs) == Part(256, 2, 1)
    assert read_part(b"Hi", 0, {**tlvs, SAR_SEGMENT_SEQNUM: b"\3"}) is None


@pytest.mark.parametrize("joining", [Joining.HEADER, Joining.SAR])
@pytest.mark.parametrize("reference_bits", [8, 16])
def test_what_is_cut_here_is_joined_again(joining, reference_bits):
    """Both ways of pieces, either alphabet."""
    for text in ("Hello [world] {€} " * 30, "Привет 😀 " * 30):
        segments = split(text, reference_bits=reference_bits)
        coding = 8 if segments.encoding is UCS2 else 0
        found = [
            Incoming("316", "4040", one.esm_class, coding, one.octets, dict(one.tlvs)).received
            for one in bodies(segments, joining, 77)
        ]
        assert {one.part.reference for one in found} == {77}
        texts = {one.part.number: one.text for one in reversed(found)}
        assert joined(texts, found[0].part.total) == text


def test_a_mark_stands_for_what_is_missing():
    assert joined({1: "a", 3: "c"}, 3) == "a[…]c"


@pytest.mark.parametrize(
    ("text", "international", "expected"),
    [
        ("31612345678", False, "+31612345678"),
        ("+31612345678", True, "+31612345678"),
        ("0612345678", False, "0612345678"),
        ("4040", False, "4040"),
        ("3247012", True, "+3247012"),
        ("Shop", True, "Shop"),
        ("", True, ""),
        ("x" * 99, False, "x" * 64),
    ],
)
def test_numbers(text, international, expected):
    assert address(text, international) == expected


VONAGE = {"msisdn": "31612345678", "to": "31687654321", "messageId": "v1", "text": "Hi"}
CASES = [
    (
        "twilio",
        {"From": "+31612345678", "To": "+31687654321", "Body": "Hi", "MessageSid": "v1"},
        None,
    ),
    ("vonage", VONAGE, None),
    (
        "vonage",
        {**VONAGE, "concat": "true", "concat-ref": "9", "concat-total": "2", "concat-part": "1"},
        Part(9, 2, 1),
    ),
    (
        "clickatell",
        {
            "fromNumber": "31612345678",
            "toNumber": "31687654321",
            "text": "Hi",
            "messageId": "v1",
        },
        None,
    ),
    (
        "messagebird",
        {"originator": "31612345678", "recipient": "31687654321", "body": "Hi", "id": "v1"},
        None,
    ),
    ("kannel", {"from": "+31612345678", "to": "+31687654321", "text": "Hi", "id": "v1"}, None),
]


@pytest.mark.parametrize(("name", "values", "part"), CASES)
@pytest.mark.parametrize("form", ["json", "form", "query"])
def test_each_providers_message(name, values, part, form):
    """However it hands it over."""
    request = {
        "json": CallbackRequest(
            URL, {"content-type": "application/json"}, json.dumps(values).encode()
        ),
        "form": CallbackRequest(URL, {}, urlencode(values).encode()),
        "query": CallbackRequest(f"{URL}?{urlencode(values)}", {}),
    }[form]
    found = read_message(request, PRESETS[name].callback)
    assert found == Received("+31612345678", "+31687654321", "Hi", part, "v1")
    assert "Hi" not in repr(found)


@pytest.mark.parametrize(
    "query",
    ["from=316&to=40&text=Hi&state=1", "from=316&to=40", "to=40&text=Hi", "from=&text=Hi", ""],
)
def test_what_is_no_message(query):
    """Whatever has a state is a report, also one that is not known."""
    assert read_message(CallbackRequest(f"{URL}?{query}", {}), PRESETS["kannel"].callback) is None


def test_what_no_database_stores_is_left_out():
    values = {"from": "+316\0\ud800", "to": "1\0", "text": "Hi\0 \udc00", "messageId": "v\0"}
    body = json.dumps(values).encode()
    request = CallbackRequest(URL, {"content-type": "application/json"}, body)
    found = read_message(request, CallbackRules())
    assert found == Received("+316?", "1", "Hi ?", None, "v")


@given(st.binary(max_size=400), st.sampled_from(["application/json", "text/plain"]))
def test_any_body_is_a_message_or_none(body, kind):
    found = read_message(CallbackRequest(URL, {"content-type": kind}, body), CallbackRules())
    assert found is None or found.sender


@given(st.binary(max_size=40), st.integers(0, 255), st.binary(max_size=3))
def test_any_octets_are_a_piece_or_none(octets, esm_class, value):
    tlvs = {SAR_MSG_REF_NUM: value, SAR_TOTAL_SEGMENTS: value, SAR_SEGMENT_SEQNUM: value}
    found = read_part(octets, esm_class, tlvs)
    assert found is None or 1 <= found.number <= found.total
    assert Incoming("a", "b", esm_class, 0, octets, tlvs).received.sender == "a"
