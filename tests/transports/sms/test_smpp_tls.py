"""SMPP over TLS: encrypted and checked, or not at all."""

import pytest
from sms_peers import kit
from smtp_kit.certificates import Authority

from sms_action.core.outcome import Fate
from sms_action.transports import BindError, SessionError


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def secure(start_smsc):
    """Start an SMSC with the certificate and key in a file."""
    return lambda file: start_smsc("node", cert=str(file), key=str(file), reports=["DELIVRD"])


def account(smsc, authority, **values):
    trusted = authority.file.read_text()
    return kit.account(smsc.port, host="localhost", tls=True, tls_ca=trusted, **values)


def test_a_certificate_that_is_trusted(secure, authority, closing):
    smsc = secure(authority.certificate("good"))
    gateway, inbox = account(smsc, authority, window=20), kit.Inbox()
    sender = closing(kit.client(gateway, inbox))
    found = kit.outcomes(sender.send(kit.parts(gateway, 100)))
    assert {one.fate for one in found.values()} == {Fate.ACCEPTED}
    kit.listen_until(sender, lambda: len(inbox.arrived) == 100)
    assert "smpp+tls" in repr(gateway)


def test_certificates_that_are_not_accepted(secure, authority, closing):
    bad = {
        "another host": authority.certificate("other", host="smsc.example.com"),
        "expired": authority.certificate("old", days=-1),
        "signed by nobody": authority.self_signed(),
    }
    for why, file in bad.items():
        gateway = account(secure(file), authority)
        found = kit.outcomes(closing(kit.client(gateway)).send(kit.parts(gateway, 2)))
        fates = {(one.fate, one.reason) for one in found.values()}
        assert fates == {(Fate.GATEWAY, "certificate")}, why


@pytest.mark.parametrize("trusted", ["no certificate", "Müller"])
def test_certificates_to_trust_that_are_none(trusted, closing):
    """Said at once, without a connection."""
    gateway = kit.account(1, tls=True, tls_ca=trusted)
    found = kit.outcomes(closing(kit.client(gateway)).send(kit.parts(gateway, 2)))
    assert {(one.fate, one.reason) for one in found.values()} == {(Fate.GATEWAY, "certificate")}
    assert all("trusted certificates" in one.message for one in found.values())


def test_whether_it_is_checked_is_a_setting(secure, authority):
    smsc = secure(authority.self_signed())
    with pytest.raises(BindError, match="certificate"):
        kit.client(kit.account(smsc.port, tls=True)).test()
    kit.client(kit.account(smsc.port, tls=True, tls_check=False)).test()


def test_plain_text_where_tls_is_wanted_and_the_reverse(secure, authority, start_smsc):
    plain = start_smsc("node")
    with pytest.raises(SessionError, match="cannot be reached"):
        kit.client(kit.account(plain.port, tls=True, connect_seconds=2.0)).test()
    smsc = secure(authority.certificate("good"))
    with pytest.raises(SessionError):
        kit.client(kit.account(smsc.port, connect_seconds=1.0)).test()
