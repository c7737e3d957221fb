"""Signing in: methods, one attempt with a wrong password, hooks, and no secret to be read."""

import base64
import logging
import smtplib

import pytest
from smtp_kit.aiosmtpd_server import MailServer
from smtp_kit.script_server import ScriptServer

from smtp_mail_action.core.account import Secret
from smtp_mail_action.transports import Session


def test_the_right_password_opens_the_session(account_of, letter):
    with MailServer(users={"shop": "pass wörd"}) as server:
        session = Session.open(account_of(server, user="shop", secret=Secret("pass wörd")))
        assert session.send(letter("ann@example.com")).addresses("sent")
        session.close()


def test_a_wrong_password_is_tried_once(trouble, account_of):
    """Not once for each method the server offers: that locks accounts."""
    with MailServer(users={"shop": "right"}) as server:
        error = trouble(account_of(server, user="shop", secret=Secret("wrong")))
    assert (error.stage, error.reason, error.alarm) == ("auth", "auth_failed", True)
    assert server.sign_ins == ["shop"]


def test_without_sign_in_where_it_is_required(account_of, letter):
    with MailServer(users={"shop": "right"}) as server:
        session = Session.open(account_of(server))
        [one] = session.send(letter("ann@example.com")).recipients
        session.close()
    assert (one.verdict, one.reason, one.alarm) == ("held", "auth_required", True)


def test_no_way_to_sign_in(trouble, account_of):
    def script(line):
        line.say("220 script ESMTP")
        line.hear()
        line.say("250 script")
        line.hear()

    with ScriptServer(script) as server:
        error = trouble(account_of(server, user="shop", secret=Secret("x")))
    assert (error.stage, error.reason) == ("auth", "auth_unsupported")


def auth_script(offered, replies, heard):
    def script(line):
        line.say("220 script ESMTP")
        line.hear()
        line.say(f"250-script\r\n250 AUTH {offered}")
        for reply in replies:
            heard.append(line.hear())
            line.say(reply)
        line.hear()

    return script


def test_a_ready_xoauth2_string_is_sent_as_it_is(account_of):
    heard = []
    token = "user=shop@example.com\x01auth=Bearer tok\x01\x01"
    with ScriptServer(auth_script("PLAIN XOAUTH2", ["235 2.7.0 Welcome"], heard)) as server:
        account = account_of(server, user="shop", secret=Secret(token), authentication="xoauth2")
        Session.open(account).close()
    assert heard == ["AUTH XOAUTH2 " + base64.b64encode(token.encode()).decode()]


def test_a_server_that_asks_on_and_on_has_let_nobody_in(trouble, account_of):
    with ScriptServer(auth_script("XOAUTH2", ["334 more", "334 more"], [])) as server:
        error = trouble(account_of(server, user="s", secret=Secret("x"), authentication="xoauth2"))
    assert error.stage == "auth"


def test_a_token_that_is_refused_is_answered_and_named(trouble, account_of):
    heard = []
    replies = ["334 eyJzdGF0dXMiOiI0MDAifQ==", "535 5.7.8 Username and Password not accepted"]
    with ScriptServer(auth_script("XOAUTH2", replies, heard)) as server:
        error = trouble(
            account_of(server, user="s", secret=Secret("old"), authentication="xoauth2")
        )
    assert (error.stage, error.reason) == ("auth", "auth_failed")
    assert heard[1] == ""


@pytest.mark.parametrize(
    ("replies", "methods"),
    [
        # On a plain connection the password is not shown if it can be helped.
        (["334 " + base64.b64encode(b"<1@x>").decode(), "235 OK"], ["CRAM-MD5"]),
        # The method is refused, not the password: the next method may do.
        (["504 5.5.4 Unrecognized authentication type", "235 OK"], ["CRAM-MD5", "PLAIN"]),
    ],
)
def test_methods_are_tried_until_one_is_known(account_of, replies, methods):
    heard = []
    with ScriptServer(auth_script("PLAIN CRAM-MD5", replies, heard)) as server:
        Session.open(account_of(server, user="shop", secret=Secret("x"))).close()
    assert [line.split()[1] for line in heard if line.startswith("AUTH")] == methods


def test_a_hook_signs_in_instead(account_of):
    """As Odoo's addons do it, which know `smtplib` objects."""
    heard = []
    with ScriptServer(auth_script("XOAUTH2", ["235 2.7.0 Welcome"], heard)) as server:
        account = account_of(server)
        Session.open(account, lambda client: client.docmd("AUTH", "XOAUTH2 dG9r")).close()
    assert heard == ["AUTH XOAUTH2 dG9r"]


def test_a_connection_of_odoo_becomes_a_session(account_of, letter):
    """`ir.mail_server._connect__` returns such an object, signed in."""
    with MailServer(users={"shop": "right"}) as server:
        client = smtplib.SMTP("localhost", server.port)
        client.login("shop", "right")
        session = Session(client, account_of(server))
        assert session.send(letter("ann@example.com")).addresses("sent")
        assert session.send(letter("bob@example.com")).addresses("sent")
        session.close()
    assert server.recipients() == ["ann@example.com", "bob@example.com"]


@pytest.mark.parametrize("offered", ["PLAIN", "LOGIN", "XOAUTH2"])
def test_a_server_that_quotes_the_command_gives_no_secret_away(trouble, account_of, offered):
    heard = []

    def script(line):
        line.say("220 script ESMTP")
        line.hear()
        line.say(f"250-script\r\n250 AUTH {offered}")
        while text := line.hear():
            heard.append(text.split()[-1])
            asks = offered == "LOGIN" and len(heard) < 3
            line.say("334 more" if asks else f'500 5.5.1 Command unrecognized: "{text}"')

    method = "xoauth2" if offered == "XOAUTH2" else "login"
    with ScriptServer(script) as server:
        account = account_of(
            server, user="shop", secret=Secret("hunter2-very-secret"), authentication=method
        )
        error = trouble(account)
    assert len(heard[-1]) > 20, "the secret was sent"
    assert "Command unrecognized" in error.detail
    assert heard[-1] not in error.detail and heard[-1] not in str(error)


def test_secrets_are_nowhere_to_be_read(trouble, account_of, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    secret = "hunter2-very-secret"
    encoded = base64.b64encode(f"\0shop\0{secret}".encode()).decode()
    with MailServer(users={"shop": "right"}) as server:
        account = account_of(server, user="shop", secret=Secret(secret))
        error = trouble(account)
    said = [repr(account), str(account), str(error), repr(error), repr(vars(error))]
    said += [caplog.text, *capsys.readouterr(), f"{account.secret}", f"{account.secret!r}"]
    for text in said:
        assert secret not in text
        assert encoded not in text
