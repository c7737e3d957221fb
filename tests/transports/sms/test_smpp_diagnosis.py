"""What a test of the connection makes of each way it can go wrong."""

import struct

import pytest
from sms_peers import kit
from sms_peers.odd_smsc import BIND_TRANSCEIVER, OddSmsc, pdu
from toolkit.ports import free_port

from sms_action.transports import SessionError
from sms_action.transports.smpp_diagnosis import diagnosis_of

ANSWER = BIND_TRANSCEIVER | 1 << 31


def diagnosis(port, **values):
    values.setdefault("connect_seconds", 0.5)
    with pytest.raises(SessionError) as caught:
        kit.client(kit.account(port, **values)).test()
    return diagnosis_of(caught.value)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b"])
def test_no_such_host(host):
    assert diagnosis(2775, host=host) == "dns"


def test_nobody_listens():
    assert diagnosis(free_port()) == "refused"


@pytest.mark.parametrize(
    ("bind", "found"),
    [
        (b"\0", "silent"),
        (struct.pack(">I", 1), "malformed"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "malformed"),
        (pdu(ANSWER, 1, 0x0D), "credentials"),
        (pdu(ANSWER, 1, 0x0E), "credentials"),
        (pdu(ANSWER, 1, 0x05), "bound"),
        (pdu(ANSWER, 1, 0x04), "bind"),
        (pdu(ANSWER, 1, 0x0F), "credentials"),
    ],
)
def test_what_answers_is_not_what_was_hoped_for(bind, found, closing):
    smsc = closing(OddSmsc(lambda number, sequence: None, bind=bind))
    assert diagnosis(smsc.port) == found


def test_it_hangs_up(start_smsc, start_proxy):
    smsc = start_smsc("node")
    proxy = start_proxy(smsc.port)
    proxy.answer_limit = 0
    assert diagnosis(proxy.port) == "closed"


def test_no_tls_where_it_was_expected(closing):
    smsc = closing(OddSmsc(lambda number, sequence: None))
    assert diagnosis(smsc.port, tls=True) == "tls"


def test_certificates_that_are_none():
    assert diagnosis(free_port(), tls=True, tls_ca="nonsense") == "certificate"


def test_an_account_that_cannot_be_written(start_smsc):
    assert diagnosis(start_smsc("node").port, system_id="a-name-that-is-too-long") == "account"


def test_every_diagnosis_has_words():
    """The model has a sentence for each."""
    source = (pytest.importorskip("pure_addons").ROOT / "sms_action/models").joinpath(
        "sms_gateway_smpp_test.py"
    )
    text = source.read_text()
    keys = "dns refused timeout silent closed tls malformed certificate credentials account bound"
    for key in [*keys.split(), "bind", "unbound", "unreachable"]:
        assert f'"{key}": _lt(' in text
