"""How parts are joined."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_action.core.concat import MESSAGE_PAYLOAD, UDHI, Joining, bodies
from sms_action.core.errors import TextError
from sms_action.core.segments import REFERENCE_16, split


def test_one_part_has_no_header():
    (body,) = bodies(split("hello"), Joining.HEADER, 7)
    assert (body.octets, body.esm_class, body.tlvs) == (b"hello", 0, ())


def test_a_header_names_reference_total_and_number():
    first, second = bodies(split("a" * 161), Joining.HEADER, 0x1FF)
    assert first.octets == b"\x05\x00\x03\xff\x02\x01" + b"a" * 153
    assert second.octets == b"\x05\x00\x03\xff\x02\x02" + b"a" * 8
    assert first.esm_class == second.esm_class == UDHI


def test_a_16_bit_reference_has_a_longer_header():
    first, _second = bodies(split("ж" * 71, reference_bits=REFERENCE_16), Joining.HEADER, 0x1234)
    assert first.octets[:7] == b"\x06\x08\x04\x12\x34\x02\x01"
    assert len(first.octets) == 7 + 2 * 66


def test_sar_parameters_in_place_of_a_header():
    bodies_ = bodies(split("a" * 307), Joining.SAR, 0x54321)
    assert [body.esm_class for body in bodies_] == [0, 0, 0]
    assert bodies_[2].tlvs == ((0x20C, b"\x43\x21"), (0x20E, b"\x03"), (0x20F, b"\x03"))
    assert bodies_[2].octets == b"a"


def test_a_payload_holds_everything():
    (body,) = bodies(split("€" * 100), Joining.PAYLOAD, 1)
    assert body.octets == b"" and body.tlvs == ((MESSAGE_PAYLOAD, b"\x1be" * 100),)


@pytest.mark.parametrize("text", ["", "a" * 40_000])
@pytest.mark.parametrize("joining", list(Joining))
def test_what_no_phone_joins_is_refused(joining, text):
    with pytest.raises(TextError):
        bodies(split(text), joining, 1)


@given(st.text(alphabet="ab€{ж😀", min_size=1, max_size=900), st.integers(0, 2**31))
def test_no_part_is_longer_than_the_air_allows(text, reference):
    """140 octets; those of the GSM alphabet are septets, packed on the air."""
    segments = split(text)
    for body in bodies(segments, Joining.HEADER, reference):
        octets = body.octets
        if segments.encoding.name == "gsm7":
            header = 6 if body.esm_class else 0
            packed = header + -(-7 * (len(octets) - header) // 8)
            assert packed <= 140
            assert not octets.endswith(b"\x1b")
        else:
            assert len(octets) <= 140
            units = struct.unpack(f">{len(octets) // 2}H", octets)
            assert not 0xD800 <= units[-1] <= 0xDBFF
