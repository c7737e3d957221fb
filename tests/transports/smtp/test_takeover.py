"""Sessions that Odoo opens with smtplib: they send like ours, and their errors mean the same."""

import smtplib
import ssl

import pytest
from smtp_kit.aiosmtpd_server import MailServer
from smtp_kit.certificates import server_context

from smtp_mail_action.transports import Session
from smtp_mail_action.transports.takeover import connection_error


def opened(port, context=None, user="", starttls=True):
    """Open a session as Odoo's ``ir.mail_server._connect__`` does."""
    client = smtplib.SMTP("localhost", port, timeout=10)
    if context and starttls:
        client.starttls(context=context)
    if user:
        client.login(user, "wrong")
    client.ehlo_or_helo_if_needed()
    return client


def reason_of(*args, **options):
    with pytest.raises(Exception) as caught:
        opened(*args, **options)
    found = connection_error(caught.value)
    return found.reason, found.alarm


def test_a_session_taken_over_sends(account_of, letter):
    with MailServer() as server:
        session = Session(opened(server.port), account_of(server))
        result = session.send(letter("ann@example.com"))
        session.close()
        assert server.recipients() == ["ann@example.com"]
    assert [one.verdict for one in result.recipients] == ["sent"]


def test_nothing_answers():
    with MailServer() as server:
        port = server.port
    assert reason_of(port) == ("connection_refused", False)


def test_a_wrong_password():
    with MailServer(users={"shop": "right"}) as server:
        assert reason_of(server.port, user="shop") == ("auth_failed", True)


def test_no_starttls():
    with MailServer() as server:
        assert reason_of(server.port, ssl.create_default_context()) == ("tls_not_offered", True)


def test_a_certificate_nobody_signed(authority):
    context = server_context(authority.self_signed("taken"))
    with MailServer(context=context, starttls=True) as server:
        found = reason_of(server.port, ssl.create_default_context())
    assert found == ("certificate_self_signed", True)


def test_sent_away():
    with MailServer(max_sessions=1) as server:
        first = opened(server.port)
        assert reason_of(server.port)[1] is False
        first.close()


def test_an_addon_that_has_no_token_says_so_in_its_words():
    found = connection_error(ValueError("Connect your Gmail account first"))
    assert (found.reason, found.alarm) == ("auth_failed", True)
    assert found.detail == "Connect your Gmail account first"
