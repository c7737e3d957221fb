"""From a message to the parts that SMPP submits, and what answers mean."""

import pytest

from sms_action.core.concat import Joining
from sms_action.core.errors import TextError
from sms_action.core.message import Message
from sms_action.core.numbers import parse_number, parse_sender
from sms_action.core.outcome import Fate
from sms_action.core.smpp.account import SmppAccount
from sms_action.core.smpp.status import SLOW_DOWN, outcome_of
from sms_action.core.smpp.submissions import submissions

TO = parse_number("+31612345678")


def parts(text, sender="Odoo", **account):
    message = Message("m", TO, text, parse_sender(sender), validity_minutes=60)
    return [one.part for one in submissions(message, SmppAccount("h", **account), 7)]


def test_addresses_coding_and_validity():
    (part,) = parts("Hello")
    assert (part.source, part.source_ton, part.source_npi) == ("Odoo", 5, 0)
    assert (part.destination, part.destination_ton, part.destination_npi) == ("31612345678", 1, 1)
    assert (part.short_message, part.data_coding, part.esm_class) == (b"Hello", 0, 0)
    assert part.validity_period == "000000010000000R"
    assert part.registered_delivery == 1
    assert parts("Hello", receipts=False)[0].registered_delivery == 0


def test_a_gateway_may_want_other_kinds_of_numbers():
    (part,) = parts("Hi", source_ton=0, source_npi=8, destination_ton=2, destination_npi=0)
    assert (part.source_ton, part.source_npi) == (0, 8)
    assert (part.destination_ton, part.destination_npi) == (2, 0)
    message = Message("m", TO, "Hi")
    (nobody,) = submissions(message, SmppAccount("h"), 1)
    assert (nobody.part.source, nobody.part.source_ton) == ("", 0)


def test_keys_number_the_parts():
    message = Message("m", TO, "ж" * 100)
    found = submissions(message, SmppAccount("h"), 7)
    assert [one.key for one in found] == [("m", 1), ("m", 2)]
    assert {one.part.data_coding for one in found} == {8}
    assert found[0].part.short_message[:6] == b"\x05\x00\x03\x07\x02\x01"


@pytest.mark.parametrize(
    ("joining", "count", "size"),
    [(Joining.HEADER, 2, 159), (Joining.SAR, 2, 153), (Joining.PAYLOAD, 1, 0)],
)
def test_every_way_of_joining(joining, count, size):
    found = parts("a" * 200, joining=joining)
    assert len(found) == count and len(found[0].short_message) == size


def test_a_gateway_whose_alphabet_is_latin():
    (part,) = parts("ç", gsm_as_latin1=True, gsm_coding=3)
    assert (part.short_message, part.data_coding) == (b"\xe7", 3)
    assert parts("€", gsm_as_latin1=True)[0].data_coding == 8


def test_no_part_is_sent_of_an_empty_text():
    with pytest.raises(TextError):
        parts("")


@pytest.mark.parametrize(
    ("status", "fate", "reason"),
    [
        (0x00, Fate.ACCEPTED, ""),
        (0x0B, Fate.FAILED, "number"),
        (0x0A, Fate.FAILED, "sender"),
        (0x0E, Fate.GATEWAY, "credentials"),
        (0x14, Fate.RETRY, "throttled"),
        (0x58, Fate.RETRY, "throttled"),
        (0x08, Fate.RETRY, "system"),
        (0xFF, Fate.RETRY, "unknown"),
        (0x0401, Fate.RETRY, "unknown"),
    ],
)
def test_every_status_has_a_fate(status, fate, reason):
    outcome = outcome_of(status, "id-1")
    assert (outcome.fate, outcome.reason) == (fate, reason)
    assert outcome.provider_ids == (("id-1",) if status == 0 else ())
    assert (status in SLOW_DOWN) == (reason == "throttled")
