"""PDUs: compared with an independent codec, and fuzzed.

The independent codec is that of `smpp34`, a library in another language.
"""

import struct

import pytest
import smpp34
from hypothesis import example, given
from hypothesis import strategies as st

from sms_action.core.errors import GatewayError, PduError
from sms_action.core.smpp import constants
from sms_action.core.smpp.account import SmppAccount
from sms_action.core.smpp.bodies import (
    SubmitSm,
    bind,
    read_incoming,
    read_message_id,
    relative_time,
)
from sms_action.core.smpp.pdu import FrameReader, Pdu, decode, decode_tlvs, encode_tlvs

ascii_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
octet = st.integers(0, 255)
tlvs = st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40)), max_size=4)
parts = st.builds(
    SubmitSm,
    source=ascii_text,
    destination=ascii_text,
    source_ton=octet,
    source_npi=octet,
    destination_ton=octet,
    destination_npi=octet,
    short_message=st.binary(max_size=254),
    esm_class=octet,
    data_coding=octet,
    service_type=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=5),
    registered_delivery=octet,
    tlvs=tlvs.map(tuple),
)


@given(parts, st.integers(1, constants.MAX_SEQUENCE))
def test_an_independent_codec_reads_what_is_submitted(part, sequence):
    theirs = smpp34.decode(part.pdu(sequence).encode())
    assert isinstance(theirs, smpp34.SubmitSm) and theirs.sequence_number == sequence
    assert (theirs.source_addr, theirs.destination_addr) == (part.source, part.destination)
    assert (theirs.source_addr_ton, theirs.dest_addr_npi) == (part.source_ton, part.destination_npi)
    assert theirs.short_message == part.short_message
    assert (theirs.esm_class, theirs.data_coding) == (part.esm_class, part.data_coding)
    assert (theirs.service_type, theirs.registered_delivery) == (
        part.service_type,
        part.registered_delivery,
    )
    assert [(tlv.tag, tlv.value) for tlv in theirs.tlvs] == list(part.tlvs)


@given(ascii_text, ascii_text, st.binary(max_size=254), octet, octet, tlvs)
def test_what_an_independent_codec_writes_is_read(source, destination, message, esm, coding, extra):
    theirs = smpp34.DeliverSm(
        source,
        destination,
        message,
        esm_class=esm,
        data_coding=coding,
        tlvs=[smpp34.Tlv(tag, value) for tag, value in extra],
        sequence_number=9,
    )
    pdu = decode(theirs.encode())
    incoming = read_incoming(pdu)
    assert (pdu.command, pdu.sequence) == (constants.DELIVER_SM, 9)
    assert (incoming.source, incoming.destination) == (source, destination)
    assert (incoming.esm_class, incoming.data_coding) == (esm, coding)
    assert incoming.short_message == message
    assert incoming.tlvs == dict(reversed(extra))
    assert "\0" not in incoming.text
    assert incoming.receipt is None or incoming.receipt.provider_id


@given(st.binary(max_size=200), st.sampled_from([constants.DELIVER_SM, constants.DATA_SM]))
@example(b"", constants.DELIVER_SM)
def test_any_body_is_read_or_refused(body, command):
    try:
        incoming = read_incoming(Pdu(command, 1, body=body))
    except PduError as error:
        assert not error.fatal
    else:
        assert isinstance(incoming.text, str)
        _ = incoming.receipt


@given(st.lists(st.binary(max_size=40), min_size=1), st.lists(st.integers(1, 50)))
def test_frames_come_whole_however_they_are_cut(contents, cuts):
    stream = b"".join(Pdu(5, index, body=body).encode() for index, body in enumerate(contents))
    reader, found = FrameReader(), []
    for cut in [*cuts, len(stream)]:
        found += reader.feed(stream[:cut])
        stream = stream[cut:]
    assert [pdu.body for pdu in found] == contents
    assert reader.pending == 0


@given(st.binary(max_size=300))
def test_any_stream_ends_in_pdus_an_error_or_patience(stream):
    reader = FrameReader()
    pdus = reader.feed(stream)
    assert sum(16 + len(pdu.body) for pdu in pdus) + reader.pending == len(stream)
    if reader.error:
        with pytest.raises(PduError):
            reader.feed(b"")


@pytest.mark.parametrize("length", [0, 15, 0x20001, 0xFFFFFFFF])
def test_what_came_before_a_broken_length_is_kept(length):
    reader = FrameReader()
    good = Pdu(constants.ENQUIRE_LINK, 1)
    assert reader.feed(good.encode() + struct.pack(">I", length)) == [good]
    assert reader.error.fatal


@given(tlvs)
def test_optional_parameters_come_back(pairs):
    assert decode_tlvs(encode_tlvs(pairs)) == dict(reversed(pairs))
    assert decode_tlvs(encode_tlvs(pairs) + b"\0\0\0") == dict(reversed(pairs))


def test_an_optional_parameter_longer_than_its_pdu():
    with pytest.raises(PduError, match="longer"):
        decode_tlvs(b"\x00\x1e\x00\x50ab")


@pytest.mark.parametrize(
    "change",
    [
        {"destination": "1" * 21},
        {"short_message": b"a" * 255},
        {"source": "é"},
        {"service_type": "toolong"},
        {"source": "a\0b"},
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_not_cut(change):
    with pytest.raises(PduError):
        SubmitSm(**{"source": "1", "destination": "2", **change}).pdu(1)


def test_a_bind_holds_the_whole_password():
    account = SmppAccount("h", system_id="me", password="a-password-of-24-letters")
    body = bind(account, 1).body
    assert body == b"me\0a-password-of-24-letters\0\0\x34\0\0\0"
    assert "password" not in repr(account) and "password" not in repr(bind(account, 1))
    with pytest.raises(PduError, match="the password is longer"):
        bind(SmppAccount("h", password="x" * 65), 1)


@pytest.mark.parametrize(
    "change",
    [{"host": ""}, {"port": 0}, {"bind": "x"}, {"window": 0}, {"reference_bits": 9}]
    + [{"per_second": -1}, {"answer_seconds": 0}, {"gsm_coding": 256}, {"source_ton": -1}],
    ids=str,
)
def test_an_account_that_cannot_work(change):
    with pytest.raises(GatewayError, match="needs"):
        SmppAccount(**{"host": "h", **change})


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, ""),
        (1, "000000000100000R"),
        (90, "000000013000000R"),
        (60 * 24 * 32, "000102000000000R"),
    ],
)
def test_validity_periods(minutes, text):
    assert relative_time(minutes) == text
    assert len(text) in (0, 16)


def test_ids_of_answers():
    answer = constants.SUBMIT_SM | constants.RESPONSE
    assert read_message_id(Pdu(answer, 1, body=b"abc\0")) == "abc"
    assert read_message_id(Pdu(answer, 1)) == ""
    with pytest.raises(PduError):
        read_message_id(Pdu(answer, 1, body=b"abc"))
