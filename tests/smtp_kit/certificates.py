"""Certificates made for the test: good, self-signed, for another name, expired."""

import datetime
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)


class Authority:
    """A certificate authority whose own certificate is in :attr:`file`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Test authority")
        self._certificate = _signed(self._name, self._name, self._key, self._key, [], 365, True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(_pem(self._certificate))

    def certificate(self, name: str, host: str = "localhost", days: int = 30) -> Path:
        """Return a file with key and certificate; a negative number of days has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _signed(_name(host), self._name, key, self._key, [host], days, False)
        return _write(self.folder / f"{name}.pem", key, made)

    def self_signed(self, name: str = "self_signed") -> Path:
        """Return a file with a certificate that nobody else signed."""
        key = ec.generate_private_key(ec.SECP256R1())
        own = _name("localhost")
        return _write(
            self.folder / f"{name}.pem",
            key,
            _signed(own, own, key, key, ["localhost"], 30, False),
        )


def server_context(file: Path) -> ssl.SSLContext:
    """Return the TLS settings of a server with this key and certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _signed(subject, issuer, key, issuer_key, hosts, days, authority):
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 60 * DAY)
        .not_valid_after(NOW + days * DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(path, key, certificate):
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + _pem(certificate))
    return path
