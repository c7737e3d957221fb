"""Lost connections: before the final dot nothing was sent, after it nobody knows.

Every place twice over: cut by aiosmtpd, by smtp-sink and by a script, counted at the server.
"""

import struct
import time

import pytest
from smtp_kit.aiosmtpd_server import ABORT, MailServer
from smtp_kit.certificates import server_context
from smtp_kit.script_server import ScriptServer
from smtp_kit.sink import Sink

from smtp_mail_action.transports import Envelope, SessionPool
from smtp_mail_action.transports.transaction import FINAL_DOT


def only(result):
    [one] = result.recipients
    return one.verdict, one.reason, one.stage


def cut(line):
    """Reset the connection, as a dying server's system does."""
    line.sock.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SOL_SOCKET, SO_LINGER
    line._file.close()
    line.sock.close()


# After the dot


@pytest.mark.parametrize("encryption", ["none", "starttls", "ssl"])
@pytest.mark.parametrize("again", [1, 2])
def test_cut_after_the_message_is_in_doubt_and_not_sent_again(
    account_of, authority, letter, encryption, again
):
    """The pool goes on with the next message and leaves the one in doubt alone."""
    context = None if encryption == "none" else server_context(authority.certificate("good"))
    starttls = encryption == "starttls"
    with MailServer(context=context, starttls=starttls, data=[ABORT]) as server:
        with SessionPool(account_of(server, sessions=1, encryption=encryption)) as pool:
            letters = [letter("ann@example.com", key=1), letter("bob@example.com", key=2)]
            outcomes = {one.envelope.key: only(one.result) for one in pool.deliver(letters)}
    assert outcomes == {1: ("in_doubt", "dropped_after_data", "end"), 2: ("sent", "", "end")}
    assert [one.recipients for one in server.received] == [["ann@example.com"], ["bob@example.com"]]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("again", [1, 2])
def test_smtp_sink_that_drops_at_the_dot_leaves_it_in_doubt(
    smtp_sink, session_of, letter, pipelining, again
):
    with Sink(smtp_sink, "-q", ".") as sink:
        session = session_of(sink, pipelining=pipelining)
        result = session.send(letter("ann@example.com"))
        assert not session.usable
        messages = sink.messages()
    assert only(result) == ("in_doubt", "dropped_after_data", "end")
    assert [one.recipients for one in messages] == [["ann@example.com"]]


@pytest.mark.parametrize("again", [1, 2])
def test_no_answer_in_time_is_in_doubt(smtp_sink, session_of, letter, again):
    with Sink(smtp_sink, "-W", ".:5") as sink:
        session = session_of(sink, data_seconds=0.3, reply_seconds=4)
        started = time.monotonic()
        result = session.send(letter("ann@example.com"))
        assert time.monotonic() - started < 3
        assert len(sink.messages()) == 1
    assert only(result) == ("in_doubt", "dropped_after_data", "end")


@pytest.mark.parametrize("answer", ["What?", "354 Go on", "199 x", ""])
def test_an_answer_that_is_no_smtp_is_in_doubt(session_of, letter, answer):
    def script(line):
        line.talk("DATA")
        line.message()
        line.say(answer)

    with ScriptServer(script) as server:
        assert only(session_of(server).send(letter("a@example.com")))[0] == "in_doubt"


def test_who_was_refused_before_stays_refused(session_of, letter):
    with MailServer(rcpt={"bad@example.com": "550 5.1.1 No"}, data=[ABORT]) as server:
        result = session_of(server).send(letter("bad@example.com", "ann@example.com"))
    assert [one.verdict for one in result.recipients] == ["refused", "in_doubt"]


@pytest.mark.parametrize("again", [1, 2])
def test_421_at_the_dot_is_an_answer_and_no_doubt(smtp_sink, session_of, letter, again):
    with Sink(smtp_sink, "-Q", ".") as sink:
        session = session_of(sink)
        result = session.send(letter("ann@example.com"))
    assert only(result) == ("deferred", "busy", "end")
    assert not session.usable


def test_a_connection_lost_after_the_answer_is_no_doubt(session_of, letter):
    def script(line):
        line.talk("DATA")
        line.message()
        line.say("250 2.0.0 Taken")
        cut(line)

    with ScriptServer(script) as server:
        session = session_of(server)
        assert only(session.send(letter("ann@example.com"))) == ("sent", "", "end")


class AtTheDot:
    """A socket in whose way something happens just before the final dot."""

    def __init__(self, sock, happen):
        self._sock = sock
        self._happen = happen

    def __getattr__(self, name):
        return getattr(self._sock, name)

    def sendall(self, data):
        if data == FINAL_DOT:
            self._happen()
        self._sock.sendall(data)


@pytest.mark.parametrize("again", [1, 2])
def test_cut_between_the_content_and_the_dot_nothing_was_sent(session_of, letter, again):
    """The system refuses the dot: the server cannot have seen it."""

    def script(line):
        line.talk("DATA")
        line.say("354 Go on")
        line.hear()
        cut(line)

    with ScriptServer(script) as server:
        session = session_of(server)
        session._client.sock = AtTheDot(session._client.sock, lambda: time.sleep(0.3))
        result = session.send(letter("ann@example.com"))
    assert only(result)[:2] == ("deferred", "dropped")


def test_a_time_limit_in_the_middle_of_the_dot_is_in_doubt(session_of, letter):
    """With TLS, part of its record may be on the way already."""

    def limit():
        raise TimeoutError("The write operation timed out")

    with MailServer() as server:
        session = session_of(server)
        session._client.sock = AtTheDot(session._client.sock, limit)
        result = session.send(letter("ann@example.com"))
    assert only(result)[0] == "in_doubt"


# Before the dot


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("MAIL", ("held", "dropped", "mail")),
        ("RCPT", ("deferred", "dropped", "rcpt")),
        ("DATA", ("deferred", "dropped", "data")),
    ],
)
def test_dropped_in_the_envelope_nothing_was_sent(
    smtp_sink, session_of, letter, command, expected, pipelining
):
    with Sink(smtp_sink, "-q", command) as sink:
        result = session_of(sink, pipelining=pipelining).send(letter("ann@example.com"))
    assert only(result) == expected


@pytest.mark.parametrize("again", [1, 2])
def test_cut_in_the_middle_of_the_content_nothing_was_sent(session_of, again):
    """A server that is gone before the dot has not taken the message over."""

    def script(line):
        line.talk("DATA")
        line.say("354 Go on")
        line.sock.recv(4096)
        cut(line)

    content = b"Subject: long\n\n" + b"x" * 70 * 1024 + b"\n" * 3_000_000
    with ScriptServer(script) as server:
        result = session_of(server).send(Envelope("a@example.com", ("b@example.com",), content))
    verdict, reason, _stage = only(result)
    assert (verdict, reason) == ("deferred", "dropped")


def test_what_the_server_says_in_the_middle_of_the_content_counts(session_of):
    """smtp-sink -A and virus scanners answer before the end and listen no more."""

    def script(line):
        line.talk("DATA")
        line.say("354 Go on")
        line.say("552 5.3.4 Enough")
        line.sock.shutdown(0)  # SHUT_RD: what comes is refused, what was said can be read
        line.sock.recv(1)

    content = b"Subject: long\n\n" + b"x" * 8_000_000
    with ScriptServer(script) as server:
        result = session_of(server, data_seconds=1).send(
            Envelope("a@example.com", ("b@example.com",), content)
        )
    assert only(result) == ("refused", "too_big", "end")


@pytest.mark.parametrize("size", [100, 8_000_000])
def test_smtp_sink_that_aborts_the_content_with_550(smtp_sink, session_of, size):
    content = b"Subject: long\n\n" + b"x" * size
    with Sink(smtp_sink, "-A", "0") as sink:
        result = session_of(sink).send(Envelope("a@example.com", ("b@example.com",), content))
    assert only(result) == ("refused", "content_refused", "end")


def test_a_server_that_drips_is_given_up_in_time(session_of, letter):
    """Each byte comes in time, the reply does not."""

    def script(line):
        line.talk("MAIL")
        for _ in range(100):
            line.sock.sendall(b"2")
            time.sleep(0.05)

    with ScriptServer(script) as server:
        session = session_of(server, reply_seconds=0.5)
        started = time.monotonic()
        result = session.send(letter("ann@example.com"))
        assert time.monotonic() - started < 3
    assert only(result) == ("held", "timeout", "mail")


def test_a_server_that_never_stops_talking_is_given_up(session_of, letter):
    def script(line):
        line.talk("MAIL")
        while True:
            line.sock.sendall(b"250-" + b"x" * 200 + b"\r\n")

    with ScriptServer(script) as server:
        result = session_of(server).send(letter("ann@example.com"))
    assert only(result)[0] == "held"
    assert "the reply is too long" in result.recipients[0].reply
