"""Commands in one go, against smtp-sink, which offers it (RFC 2920)."""

import pytest
from smtp_kit.script_server import ScriptServer
from smtp_kit.sink import Sink


def verdicts(result):
    return [(one.verdict, one.reason) for one in result.recipients]


@pytest.mark.parametrize("pipelining", [True, False])
def test_many_recipients_arrive_in_their_order(smtp_sink, session_of, letter, pipelining):
    people = [f"p{number}@example.com" for number in range(120)]
    with Sink(smtp_sink) as sink:
        result = session_of(sink, pipelining=pipelining).send(letter(*people))
        [message] = sink.messages()
    assert message.recipients == people
    assert {one.verdict for one in result.recipients} == {"sent"}


def test_one_session_carries_many_messages(smtp_sink, session_of, letter):
    with Sink(smtp_sink) as sink:
        session = session_of(sink)
        for number in range(30):
            assert verdicts(session.send(letter(f"p{number}@example.com"))) == [("sent", "")]
        assert len(sink.messages()) == 30


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        (("-r", "RCPT"), ("deferred", "server_error")),
        (("-f", "RCPT"), ("refused", "server_error")),
        (("-r", "."), ("deferred", "server_error")),
        (("-f", "DATA"), ("refused", "server_error")),
        (("-r", "RCPT", "-b", "450 4.2.2 Mailbox full"), ("deferred", "mailbox_full")),
        (("-f", "RCPT", "-B", "550 5.1.1 Unknown"), ("refused", "unknown_mailbox")),
    ],
)
def test_refusals_of_smtp_sink_are_understood(smtp_sink, session_of, letter, switches, expected):
    with Sink(smtp_sink, *switches) as sink:
        session = session_of(sink)
        assert verdicts(session.send(letter("ann@example.com"))) == [expected]
        assert session.usable


def pipelined(line, replies):
    """Read MAIL, RCPT and DATA before answering any of them, as pipelining allows."""
    line.say("220 script ESMTP")
    line.hear()
    line.say("250-script\r\n250 PIPELINING")
    heard = []
    while not heard or not heard[-1].startswith("DATA"):
        heard.append(line.hear())
    for reply in replies:
        line.say(reply)


def test_a_server_that_wants_data_for_nobody_gets_nothing(session_of, letter):
    """RFC 2920, section 3.1: all recipients refused and 354 all the same."""
    got = []

    def script(line):
        pipelined(line, ["250 OK", "550 5.1.1 No", "354 Go on"])
        got.append(line.hear())
        line.say("554 5.5.1 No recipients")
        while (heard := line.hear()) and not heard.startswith("QUIT"):
            line.say("250 OK")

    with ScriptServer(script) as server:
        result = session_of(server).send(letter("ann@example.com"))
    assert verdicts(result) == [("refused", "unknown_mailbox")]
    assert got == ["."]


def test_a_refused_sender_is_the_reason_and_not_what_follows_from_it(session_of, letter):
    def script(line):
        pipelined(line, ["550 5.7.1 Sender not owned by user", "503 5.5.1 First MAIL", "503 No"])
        line.hear()

    with ScriptServer(script) as server:
        result = session_of(server).send(letter("ann@example.com"))
    assert verdicts(result) == [("refused", "sender_refused")]


def test_recipients_above_the_servers_limit_go_in_a_second_round(session_of, letter):
    rounds = []

    def script(line):
        line.say("220 script ESMTP")
        count = 0
        while heard := line.hear():
            verb = heard[:4].upper()
            if verb == "MAIL":
                count = 0
            if verb == "RCPT":
                count += 1
                line.say("250 OK" if count <= 2 else "452 4.5.3 Too many recipients")
            elif verb == "DATA":
                line.message()
                rounds.append(min(count, 2))
                line.say("250 OK")
            else:
                line.say("250 OK")

    people = [f"p{number}@example.com" for number in range(5)]
    with ScriptServer(script) as server:
        result = session_of(server).send(letter(*people))
    assert verdicts(result) == [("sent", "")] * 5
    assert rounds == [2, 2, 1]
