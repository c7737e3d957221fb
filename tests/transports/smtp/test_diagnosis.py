"""*Test connection*: what passed, what failed, and what to do."""

import socket

import pytest
from smtp_kit.aiosmtpd_server import MailServer
from smtp_kit.certificates import server_context
from smtp_kit.script_server import ScriptServer

from smtp_mail_action.core.account import Account, Secret
from smtp_mail_action.transports import diagnose


def shown(diagnosis):
    return [(step.key, step.passed) for step in diagnosis.steps]


def test_a_working_account_shows_every_step(account_of, authority):
    context = server_context(authority.certificate("good"))
    with MailServer(context=context, starttls=True, users={"shop": "right"}) as server:
        account = account_of(
            server,
            encryption="starttls_strict",
            trusted=str(authority.file),
            user="shop",
            secret=Secret("right"),
        )
        diagnosis = diagnose(account, sender="shop@example.com")
    assert diagnosis.works
    assert [key for key, _passed in shown(diagnosis)] == [
        "dns", "connect", "greeting", "hello", "tls", "auth", "mail",
    ]  # fmt: skip
    assert diagnosis.warnings == ()
    assert diagnosis.size_limit == 10_000_000
    assert "smtputf8" in diagnosis.features
    assert server.received == []


def test_an_unknown_name_is_the_first_problem():
    diagnosis = diagnose(Account(host="smtp.no-such-host.invalid", port=587))
    assert shown(diagnosis) == [("dns", False)]
    assert diagnosis.problem.words == "The name of the server is not known."
    assert "Check the server's name" in diagnosis.problem.advice


def test_a_closed_port_names_the_usual_ones():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    diagnosis = diagnose(Account(host="localhost", port=port))
    assert shown(diagnosis) == [("dns", True), ("connect", False)]
    assert "587" in diagnosis.problem.advice


def test_tls_on_a_plain_port_and_the_reverse(account_of, authority):
    with MailServer() as server:
        problem = diagnose(account_of(server, encryption="ssl")).problem
    assert (problem.key, problem.reason) == ("tls", "tls_plain_port")
    assert "Set STARTTLS" in problem.advice
    with MailServer(context=server_context(authority.certificate("good"))) as server:
        problem = diagnose(account_of(server, connect_seconds=0.5)).problem
    assert (problem.key, problem.reason) == ("greeting", "timeout")
    assert "TLS on one side only" in problem.advice


@pytest.mark.parametrize(
    ("host", "days", "reason"),
    [
        ("mail.example.com", 30, "certificate_host"),
        ("localhost", -1, "certificate_expired"),
    ],
)
def test_a_bad_certificate_is_the_problem_or_a_warning(account_of, authority, host, days, reason):
    context = server_context(authority.certificate(f"bad-{reason}", host, days))
    trusted = str(authority.file)
    with MailServer(context=context) as server:
        strict = diagnose(account_of(server, encryption="ssl_strict", trusted=trusted))
        loose = diagnose(account_of(server, encryption="ssl", trusted=trusted))
    assert (strict.works, strict.problem.reason) == (False, reason)
    assert loose.works
    [warning] = loose.warnings
    assert "a check would fail" in warning


def test_a_good_certificate_that_is_not_checked_is_worth_a_word(account_of, authority):
    context = server_context(authority.certificate("good"))
    with MailServer(context=context, starttls=True) as server:
        diagnosis = diagnose(account_of(server, encryption="starttls", trusted=str(authority.file)))
    assert diagnosis.works
    assert diagnosis.warnings == (
        "The certificate is not checked; it is good, so switch validation on.",
    )


def test_a_wrong_password(account_of):
    with MailServer(users={"shop": "right"}) as server:
        diagnosis = diagnose(account_of(server, user="shop", secret=Secret("wrong")))
    assert (diagnosis.problem.key, diagnosis.problem.reason) == ("auth", "auth_failed")
    assert "535" in diagnosis.problem.detail
    assert "wrong" not in str(diagnosis)
    assert "User name and password travel unencrypted." in diagnosis.warnings


@pytest.mark.parametrize(
    ("sender", "reply", "reason"),
    [
        ("shop@example.com", "550 5.7.1 Sender address rejected", "sender_refused"),
        ("no address", "250 OK", "sender_refused"),
        ("other@example.org", "250 OK", "sender_refused"),
    ],
)
def test_a_sender_the_account_may_not_use(account_of, sender, reply, reason):
    with MailServer(mail=[reply]) as server:
        account = account_of(server, from_filter=("example.com",))
        diagnosis = diagnose(account, sender=sender)
    assert (diagnosis.problem.key, diagnosis.problem.reason) == ("mail", reason)


def test_a_provider_that_is_known_is_named(monkeypatch):
    """Nothing listens there; what matters is the advice."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    account = Account(host="localhost", port=port, user="me@gmail.com", secret=Secret("x"))
    advice = diagnose(account).problem.advice
    assert "Gmail, Google Workspace uses smtp.gmail.com, port 465, TLS from the start." in advice


def test_a_server_that_closes_at_the_sender_is_quoted(account_of):
    def script(line):
        line.talk("MAIL")
        line.say("421 4.7.0 Too many messages today")

    with ScriptServer(script) as server:
        problem = diagnose(account_of(server), sender="shop@example.com").problem
    assert (problem.key, problem.reason) == ("mail", "rate_limited")
    assert "Too many messages today" in problem.detail
