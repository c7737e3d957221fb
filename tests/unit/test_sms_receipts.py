"""Delivery reports in their dialects."""

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_action.core.delivery import State
from sms_action.core.receipts import Receipt, c_string, id_forms, parse_receipt

USUAL = (
    "id:0123456789 sub:001 dlvrd:001 submit date:2611261130 done date:2611261131 "
    "stat:DELIVRD err:000 text:Hello"
)


def test_the_form_of_the_specification():
    assert parse_receipt(USUAL, {}) == Receipt(
        "0123456789", State.DELIVERED, "", datetime(2026, 11, 26, 11, 31)
    )


@pytest.mark.parametrize(
    ("text", "state", "error"),
    [
        ("id:a stat:UNDELIV err:045", State.UNDELIVERED, "045"),
        ("id:a stat:EXPIRED err:1", State.EXPIRED, "1"),
        ("id:a stat:REJECTD", State.REJECTED, ""),
        ("id:a stat:DELETED", State.DELETED, ""),
        ("id:a stat:ACCEPTD", State.ACCEPTED, ""),
        ("id:a stat:UNKNOWN", State.ACCEPTED, ""),
        ("id:a stat:ENROUTE", State.ENROUTE, ""),
        ("ID:a Stat:delivered Err:000", State.DELIVERED, ""),
        ("id: a  stat: DELIVRD  err: 10", State.DELIVERED, "10"),
        ("id:a submit date:1 done date:2 stat:FAILED err:5 text:", State.UNDELIVERED, "5"),
    ],
)
def test_words_of_gateways(text, state, error):
    receipt = parse_receipt(text, {})
    assert (receipt.provider_id, receipt.state, receipt.error) == ("a", state, error)


def test_optional_parameters_win():
    tlvs = {0x1E: b"tlv-id\0", 0x427: b"\x05", 0x423: b"\x03\x00\x22"}
    receipt = parse_receipt(USUAL, tlvs)
    assert (receipt.provider_id, receipt.state) == ("tlv-id", State.UNDELIVERED)
    assert receipt.error == "34"


def test_optional_parameters_alone_are_enough():
    """The id has no NUL at its end here, which some gateways leave out."""
    assert parse_receipt("", {0x1E: b"abc", 0x427: b"\x02"}).provider_id == "abc"


def test_a_state_may_have_two_octets():
    assert parse_receipt("", {0x1E: b"abc\0", 0x427: b"\0\x02"}).state is State.DELIVERED


@pytest.mark.parametrize(
    "text", ["", "Hello", "id:1", "stat:DELIVRD", "id:1 stat:WHATEVER", "id: stat:DELIVRD"]
)
def test_what_is_no_report(text):
    assert parse_receipt(text, {}) is None


def test_the_quoted_message_changes_nothing():
    receipt = parse_receipt("id:7 stat:UNDELIV err:001 text:id:8 stat:DELIVRD err:000", {})
    assert (receipt.provider_id, receipt.state, receipt.error) == ("7", State.UNDELIVERED, "001")


@pytest.mark.parametrize(
    ("digits", "done"),
    [
        ("2611261131", datetime(2026, 11, 26, 11, 31)),
        ("261126113159", datetime(2026, 11, 26, 11, 31, 59)),
        ("20261126113159", datetime(2026, 11, 26, 11, 31, 59)),
        ("2613451131", None),
        ("soon", None),
    ],
)
def test_dates(digits, done):
    assert parse_receipt(f"id:1 done date:{digits} stat:DELIVRD", {}).done == done


@pytest.mark.parametrize(
    ("answered", "reported"),
    [("1A2B", "6699"), ("6699", "1A2B"), ("00001a2b", "6699"), ("0000006699", "6699")]
    + [("abc", "ABC"), ("7f", "0000000127"), ("x-1", "x-1")],
)
def test_the_same_id_in_two_dialects(answered, reported):
    assert set(id_forms(answered)) & set(id_forms(reported))
    assert answered == reported or answered not in id_forms(reported, "same")


def test_a_report_of_blanks_takes_no_time():
    """64 KiB are what a gateway may send."""
    started = time.monotonic()
    receipt = parse_receipt("id:7 stat:DELIVRD err:x" + " " * 65_000 + "y", {})
    assert (receipt.provider_id, receipt.state) == ("7", State.DELIVERED)
    assert time.monotonic() - started < 5


@given(st.text(), st.dictionaries(st.sampled_from([0x1E, 0x427, 0x423, 5]), st.binary()))
def test_any_report_is_read_or_ignored(text, tlvs):
    receipt = parse_receipt(text, tlvs)
    if receipt is not None:
        assert receipt.provider_id and receipt.provider_id in id_forms(receipt.provider_id)


@given(st.binary())
def test_strings_with_and_without_nul(value):
    assert "\0" not in c_string(value)
