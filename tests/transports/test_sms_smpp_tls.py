"""SMPP over TLS: encrypted and checked, or not at all."""

import datetime
import ipaddress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sms_peers import kit

from sms_action.core.outcome import Fate
from sms_action.transports import BindError, SessionError


def certificate(folder, **names):
    """Write a self-signed certificate and its key; return their paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "smsc")])
    now = datetime.datetime.now(datetime.timezone.utc)
    days = datetime.timedelta(days=1)
    alternatives = [x509.IPAddress(ipaddress.ip_address(one)) for one in names.get("ips", ())]
    alternatives += [x509.DNSName(one) for one in names.get("hosts", ())]
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - days)
        .not_valid_after(now + days)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert_file, key_file


@pytest.fixture
def secure(tmp_path, start_smsc):
    """Start an SMSC with a certificate for these names; return it and the certificate."""

    def start(**names):
        cert, key = certificate(tmp_path, **names)
        smsc = start_smsc("node", cert=str(cert), key=str(key), reports=["DELIVRD"])
        return smsc, cert.read_text()

    return start


def test_a_certificate_that_is_trusted(secure, closing):
    smsc, trusted = secure(ips=["127.0.0.1"])
    gateway, inbox = kit.account(smsc.port, tls=True, tls_ca=trusted, window=20), kit.Inbox()
    sender = closing(kit.client(gateway, inbox))
    found = kit.outcomes(sender.send(kit.parts(gateway, 100)))
    assert {one.fate for one in found.values()} == {Fate.ACCEPTED}
    kit.listen_until(sender, lambda: len(inbox.arrived) == 100)
    assert "smpp+tls" in repr(gateway)


@pytest.mark.parametrize("names", [{"ips": ["127.0.0.2"]}, {"hosts": ["smsc.example.com"]}])
def test_a_certificate_for_another_host(secure, closing, names):
    smsc, trusted = secure(**names)
    gateway = kit.account(smsc.port, tls=True, tls_ca=trusted)
    found = kit.outcomes(closing(kit.client(gateway)).send(kit.parts(gateway, 2)))
    assert {(one.fate, one.reason) for one in found.values()} == {(Fate.GATEWAY, "certificate")}


def test_a_certificate_nobody_vouches_for(secure, closing):
    smsc, _trusted = secure(ips=["127.0.0.1"])
    with pytest.raises(BindError, match="certificate"):
        kit.client(kit.account(smsc.port, tls=True)).test()
    kit.client(kit.account(smsc.port, tls=True, tls_check=False)).test()


def test_plain_text_where_tls_is_wanted_and_the_reverse(secure, start_smsc):
    plain = start_smsc("node")
    with pytest.raises(SessionError, match="cannot be reached"):
        kit.client(kit.account(plain.port, tls=True, connect_seconds=2.0)).test()
    smsc, _trusted = secure(ips=["127.0.0.1"])
    with pytest.raises(SessionError):
        kit.client(kit.account(smsc.port, connect_seconds=1.0)).test()
