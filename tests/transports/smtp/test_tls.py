"""TLS from the start and STARTTLS, checked and not; certificates of every bad kind."""

import smtplib
import ssl
import warnings

import pytest
from cryptography.hazmat.primitives import serialization
from smtp_kit.aiosmtpd_server import ABORT, MailServer
from smtp_kit.certificates import server_context
from smtp_kit.script_server import ScriptServer

from smtp_mail_action.core.account import Secret
from smtp_mail_action.transports import Session

with warnings.catch_warnings():
    # Deprecated there, and what Odoo 19 uses.
    warnings.simplefilter("ignore", DeprecationWarning)
    from urllib3.contrib.pyopenssl import PyOpenSSLContext


@pytest.fixture
def certificate(authority):
    """Return the TLS settings of a server with one of the kinds of certificate."""

    def make(kind):
        file = {
            "good": lambda: authority.certificate("good"),
            "self_signed": authority.self_signed,
            "other_host": lambda: authority.certificate("other_host", host="mail.example.com"),
            "expired": lambda: authority.certificate("expired", days=-1),
        }[kind]()
        return server_context(file)

    return make


@pytest.mark.parametrize("starttls", [True, False])
@pytest.mark.parametrize("strict", [True, False])
def test_encrypted_sessions_carry_mail(
    certificate, authority, account_of, letter, starttls, strict
):
    encryption = ("starttls" if starttls else "ssl") + ("_strict" if strict else "")
    with MailServer(context=certificate("good"), starttls=starttls) as server:
        account = account_of(server, encryption=encryption, trusted=str(authority.file))
        session = Session.open(account)
        assert session.send(letter("ann@example.com")).addresses("sent") == ["ann@example.com"]
        session.close()
    assert server.recipients() == ["ann@example.com"]


@pytest.mark.parametrize("starttls", [True, False])
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("self_signed", "certificate_self_signed"),
        ("other_host", "certificate_host"),
        ("expired", "certificate_expired"),
    ],
)
def test_a_bad_certificate_stops_strict_accounts_and_no_others(
    trouble, certificate, authority, account_of, letter, starttls, kind, reason
):
    encryption = "starttls" if starttls else "ssl"
    with MailServer(context=certificate(kind), starttls=starttls) as server:
        account = account_of(server, encryption=f"{encryption}_strict", trusted=str(authority.file))
        error = trouble(account)
        assert (error.stage, error.reason, error.alarm) == ("tls", reason, True)
        assert server.received == []
        session = Session.open(account_of(server, encryption=encryption))
        assert session.send(letter("ann@example.com")).addresses("sent")
        session.close()


def test_a_certificate_of_an_unknown_authority_is_not_trusted(trouble, certificate, account_of):
    with MailServer(context=certificate("good")) as server:
        error = trouble(account_of(server, encryption="ssl_strict"))
    assert (error.stage, error.reason) == ("tls", "certificate_untrusted")


@pytest.mark.parametrize("encryption", ["starttls", "starttls_strict"])
def test_without_starttls_nothing_is_sent_in_the_clear(trouble, account_of, encryption):
    with MailServer(users={"shop": "right"}) as server:
        error = trouble(
            account_of(server, encryption=encryption, user="shop", secret=Secret("right"))
        )
        assert (error.stage, error.reason, error.alarm) == ("tls", "tls_not_offered", True)
        assert server.sign_ins == []


def test_tls_spoken_to_a_plain_port_is_named(trouble, account_of):
    with MailServer() as server:
        error = trouble(account_of(server, encryption="ssl"))
    assert (error.stage, error.reason) == ("tls", "tls_plain_port")


def test_plain_words_to_a_tls_port_end_in_time(trouble, certificate, account_of):
    with MailServer(context=certificate("good")) as server:
        error = trouble(account_of(server, connect_seconds=0.5))
    assert (error.stage, error.reason) == ("greeting", "timeout")


def test_a_handshake_that_never_ends_is_given_up(trouble, account_of):
    with ScriptServer(lambda line: line.sock.recv(1 << 20) and line.sock.recv(1)) as server:
        error = trouble(account_of(server, encryption="ssl", connect_seconds=0.5))
    assert (error.stage, error.reason) == ("tls", "timeout")


def test_starttls_words_sent_ahead_are_not_believed(certificate, authority, account_of):
    """CVE-2011-0411: what a man in the middle adds after the go-ahead must not count."""

    def script(line):
        line.say("220 script ESMTP")
        line.hear()
        line.say("250-script\r\n250 STARTTLS")
        line.hear()
        line.sock.sendall(b"220 Go ahead\r\n250-injected\r\n250 AUTH PLAIN\r\n")
        line.sock = certificate("good").wrap_socket(line.sock, server_side=True)
        line._file = line.sock.makefile("rb")
        line.hear()
        line.say("250 script")
        line.hear()

    with ScriptServer(script) as server:
        account = account_of(server, encryption="starttls_strict", trusted=str(authority.file))
        session = Session.open(account)
        assert not session._client.has_extn("auth")
        session.close()


def demanding(authority):
    """Return the TLS settings of a server that wants to see the client's certificate."""
    context = server_context(authority.certificate("good"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    return context


def test_an_account_shows_its_certificate(authority, account_of, letter):
    client = str(authority.certificate("client", host="odoo.example.com"))
    with MailServer(context=demanding(authority)) as server:
        session = Session.open(account_of(server, encryption="ssl", certificate=client))
        assert session.send(letter("ann@example.com")).addresses("sent")
        session.close()


def test_a_certificate_connection_of_odoo_becomes_a_session(authority, account_of, letter):
    """Odoo signs in with certificates through PyOpenSSL, whose sockets differ."""
    context = PyOpenSSLContext(ssl.PROTOCOL_TLS)
    context.verify_mode = ssl.CERT_NONE
    context.load_cert_chain(str(authority.certificate("client", host="odoo.example.com")))
    with MailServer(context=demanding(authority), data=["250 OK", ABORT]) as server:
        client = smtplib.SMTP_SSL("localhost", server.port, context=context, timeout=10)
        client.ehlo()
        session = Session(client, account_of(server))
        assert session.send(letter("ann@example.com")).addresses("sent")
        assert session.send(letter("bob@example.com")).addresses("in_doubt")
        assert not session.usable
        session.close()


def test_without_the_certificate_it_is_not_let_in(trouble, authority, account_of):
    with MailServer(context=demanding(authority)) as server:
        error = trouble(account_of(server, encryption="ssl"))
        assert server.sessions == 0
    assert error.stage in ("tls", "greeting")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_certificate_that_cannot_be_used_is_named(trouble, account_of, tmp_path, content):
    file = tmp_path / "client.pem"
    if content:
        file.write_text(content)
    with MailServer() as server:
        error = trouble(account_of(server, encryption="ssl", certificate=str(file)))
    assert (error.stage, error.reason, error.alarm) == ("tls", "client_certificate", True)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_trusted_certificates_that_cannot_be_used_is_named(
    trouble, account_of, tmp_path, content
):
    file = tmp_path / "trusted.pem"
    if content:
        file.write_text(content)
    with MailServer() as server:
        error = trouble(account_of(server, encryption="ssl_strict", trusted=str(file)))
    assert (error.stage, error.reason, error.alarm) == ("tls", "trusted_file", True)


def test_nobody_is_asked_for_the_password_of_a_key(trouble, authority, account_of, tmp_path, capfd):
    """OpenSSL would ask on the terminal, and wait for an answer."""
    good = authority.certificate("locked").read_bytes()
    locked = serialization.load_pem_private_key(good, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"a password"),
    )
    file = tmp_path / "locked.pem"
    file.write_bytes(locked + good[good.index(b"-----BEGIN CERTIFICATE") :])
    with MailServer() as server:
        error = trouble(account_of(server, encryption="ssl", certificate=str(file)))
    assert (error.stage, error.reason, error.alarm) == ("tls", "client_certificate", True)
    assert capfd.readouterr() == ("", "")
