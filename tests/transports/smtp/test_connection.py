"""Reaching a server: name, port, greeting; and what is said when it fails."""

import contextlib
import socket

import pytest
from smtp_kit.aiosmtpd_server import MailServer
from smtp_kit.script_server import ScriptServer

from smtp_mail_action.core.account import Account
from smtp_mail_action.transports import Session
from smtp_mail_action.transports.network import connect


def test_nobody_listens(trouble, account_of):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with MailServer() as server:
        account = account_of(server)
    error = trouble(type(account)(host="127.0.0.1", port=port))
    assert (error.stage, error.reason) == ("connect", "connection_refused")


def test_an_unknown_name(trouble, account_of):
    with MailServer() as server:
        error = trouble(account_of(server, host="no-such-host.invalid"))
    assert (error.stage, error.reason) == ("dns", "dns")


@pytest.fixture
def full_house():
    """Return the address of a listener that takes nobody in: attempts to connect hang."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _number in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()


def test_a_connection_that_is_not_taken_is_given_up(trouble, full_house):
    error = trouble(Account(host="127.0.0.1", port=full_house[1], connect_seconds=0.3))
    assert (error.stage, error.reason) == ("connect", "timeout")


def test_an_address_that_leads_nowhere_leaves_time_for_the_next(full_house):
    with MailServer() as server:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
        addresses = [(*kind, full_house), (*kind, ("127.0.0.1", server.port))]
        with connect(addresses, 0.8) as sock:
            assert sock.getpeername()[1] == server.port


def test_a_server_that_says_nothing_is_given_up(trouble, account_of):
    with ScriptServer(lambda line: line.sock.recv(1)) as server:
        error = trouble(account_of(server, connect_seconds=0.3))
    assert (error.stage, error.reason) == ("greeting", "timeout")


def test_something_else_on_the_port_is_named(trouble, account_of):
    with ScriptServer(lambda line: line.say("SSH-2.0-OpenSSH_9.2")) as server:
        error = trouble(account_of(server))
    assert (error.stage, error.reason) == ("greeting", "no_smtp")


@pytest.mark.parametrize("greeting", ["250 Hello", "354 Go on", "999 x"])
def test_a_greeting_that_is_none(trouble, account_of, greeting):
    with ScriptServer(lambda line: line.say(greeting)) as server:
        error = trouble(account_of(server))
    assert (error.stage, error.reason) == ("greeting", "no_smtp")


def test_a_server_that_refuses_everybody(trouble, account_of):
    with ScriptServer(lambda line: line.say("554 5.7.1 Your IP is on a blocklist")) as server:
        error = trouble(account_of(server))
    assert (error.stage, error.reason, error.alarm) == ("greeting", "blocked", True)


def test_a_name_in_ehlo_may_have_letters_beyond_ascii(account_of):
    heard = []

    def script(line):
        line.say("220 script ESMTP")
        heard.append(line.hear())
        line.say("250 script")
        line.hear()

    with ScriptServer(script) as server:
        Session.open(account_of(server, local_hostname="müller.example.com")).close()
    assert heard == ["ehlo xn--mller-kva.example.com"]
