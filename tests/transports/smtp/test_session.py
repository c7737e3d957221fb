"""One session after another message: results per recipient, limits, reuse. Against aiosmtpd."""

import pytest
from smtp_kit.aiosmtpd_server import MailServer
from smtp_kit.script_server import ScriptServer


def states(result):
    return {one.address: (one.verdict, one.reason) for one in result.recipients}


def test_a_message_arrives_as_it_was_written(session_of, letter):
    with MailServer() as server:
        result = session_of(server).send(
            letter("ann@example.com", body=".a dot\nand\r\nlines\rends")
        )
    assert states(result) == {"ann@example.com": ("sent", "")}
    assert result.recipients[0].reply == "250 2.0.0 Taken"
    [received] = server.received
    assert received.sender == "shop@example.com"
    assert received.content.endswith(b"\r\n\r\n.a dot\r\nand\r\nlines\r\nends\r\n")


def test_a_line_with_one_dot_does_not_end_a_message_early(session_of, letter):
    """SMTP smuggling: with bare line ends, the rest would be commands for some servers."""
    body = "first\n.\nMAIL FROM:<evil@example.com>\r.\rlast"
    with MailServer() as server:
        session_of(server).send(letter("ann@example.com", body=body))
    [received] = server.received
    assert received.content.endswith(b"first\r\n.\r\nMAIL FROM:<evil@example.com>\r\n.\r\nlast\r\n")


def test_each_recipient_has_a_fate_of_its_own(session_of, letter):
    with MailServer(
        rcpt={
            "bad@example.com": "550 5.1.1 No such user",
            "grey@example.com": "450 4.7.1 Greylisted, try again in 5 minutes",
        }
    ) as server:
        result = session_of(server).send(
            letter("ok@example.com", "bad@example.com", "grey@example.com")
        )
    assert states(result) == {
        "ok@example.com": ("sent", ""),
        "bad@example.com": ("refused", "unknown_mailbox"),
        "grey@example.com": ("deferred", "greylisted"),
    }
    assert result.of("grey@example.com").retry_after == 300
    assert server.recipients() == ["ok@example.com"]


def test_with_every_recipient_refused_nothing_is_sent_and_the_session_goes_on(session_of, letter):
    with MailServer(rcpt={"bad@example.com": "550 5.1.1 No"}) as server:
        session = session_of(server)
        first = session.send(letter("bad@example.com"))
        second = session.send(letter("ann@example.com"))
    assert states(first) == {"bad@example.com": ("refused", "unknown_mailbox")}
    assert states(second) == {"ann@example.com": ("sent", "")}
    assert server.sessions == 1
    assert server.commands.count("RSET") == 1


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("451 4.3.0 Try again", ("deferred", "server_error")),
        ("550 5.7.1 This looks like spam", ("refused", "spam")),
        ("552 5.3.4 Too big for us", ("refused", "too_big")),
        ("554 5.6.0 No", ("refused", "content_refused")),
    ],
)
def test_a_refused_message_does_not_hold_up_the_next(session_of, letter, reply, expected):
    with MailServer(data=[reply]) as server:
        session = session_of(server)
        first = session.send(letter("ann@example.com"))
        second = session.send(letter("bob@example.com"))
    assert states(first) == {"ann@example.com": expected}
    assert states(second) == {"bob@example.com": ("sent", "")}
    assert server.sessions == 1
    assert server.recipients() == ["bob@example.com"]


def test_a_server_that_failed_in_the_middle_takes_the_next(session_of, letter):
    """Some forget to begin anew, and answer the next message with 503 unless told to (RSET)."""
    failed = []

    def fail_once(received):
        if not failed:
            failed.append(received)
            raise ZeroDivisionError("a defect of the server")

    with MailServer(before_answer=fail_once) as server:
        session = session_of(server)
        first = session.send(letter("ann@example.com"))
        second = session.send(letter("bob@example.com"))
    assert states(first) == {"ann@example.com": ("refused", "protocol")}
    assert states(second) == {"bob@example.com": ("sent", "")}
    assert server.sessions == 1


def test_after_421_the_session_is_over(session_of, letter):
    with MailServer(data=["421 4.3.2 Shutting down"]) as server:
        session = session_of(server)
        result = session.send(letter("ann@example.com"))
    assert states(result) == {"ann@example.com": ("deferred", "busy")}
    assert not session.usable


def test_a_refused_sender_is_final_and_an_alarm(session_of, letter):
    with MailServer(mail=["550 5.7.1 Sender address rejected: not owned by user"]) as server:
        session = session_of(server)
        result = session.send(letter("ann@example.com", "bob@example.com"))
        assert session.usable
    assert states(result) == {
        "ann@example.com": ("refused", "sender_refused"),
        "bob@example.com": ("refused", "sender_refused"),
    }
    assert all(one.alarm for one in result.recipients)


def test_what_the_server_is_too_busy_for_is_not_counted_against_the_message(session_of, letter):
    with MailServer(mail=["421 4.3.2 Not now"]) as server:
        result = session_of(server).send(letter("ann@example.com"))
    assert states(result) == {"ann@example.com": ("held", "busy")}


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", ["250 OK", "334 more", "354 Go on"])
def test_an_answer_to_another_question_sends_nothing(session_of, letter, command, reply):
    """Whatever a confused server says, the message is sent properly or comes again."""

    def script(line):
        line.talk("DATA", {command: reply} if command != "DATA" else {})
        if command == "DATA" and reply != "354 Go on":
            line.say(reply)
        else:
            line.message()
            line.say("250 2.0.0 Taken")

    with ScriptServer(script) as server:
        [one] = session_of(server).send(letter("ann@example.com")).recipients
    fits = (reply == "354 Go on") if command == "DATA" else (reply == "250 OK")
    assert (one.verdict == "sent") is fits
    assert fits or one.verdict == "deferred"


def test_bcc_is_in_the_envelope_only(session_of, letter):
    message = letter("ann@example.com")
    hidden = type(message)(
        message.sender, (*message.recipients, "boss@example.com"), message.content
    )
    with MailServer() as server:
        session_of(server).send(hidden)
    [received] = server.received
    assert received.recipients == ["ann@example.com", "boss@example.com"]
    assert b"boss@example.com" not in received.content


def test_a_message_above_the_announced_size_is_refused_before_it_is_sent(session_of, letter):
    with MailServer(size_limit=1000) as server:
        session = session_of(server)
        result = session.send(letter("ann@example.com", body="x" * 2000))
    [one] = result.recipients
    assert (one.verdict, one.reason, one.alarm) == ("refused", "too_big", True)
    assert "the limit is 1000" in one.reply
    assert server.commands == []
    assert session.usable


def test_the_account_may_have_a_lower_limit_than_the_server(session_of, letter):
    with MailServer() as server:
        result = session_of(server, max_size_bytes=500).send(
            letter("ann@example.com", body="x" * 600)
        )
    assert states(result) == {"ann@example.com": ("refused", "too_big")}
    assert server.received == []


def test_letters_beyond_ascii_go_to_servers_that_know_them(session_of, letter):
    with MailServer() as server:
        result = session_of(server).send(letter("jörg@example.com", "ann@example.com"))
    assert states(result) == {"jörg@example.com": ("sent", ""), "ann@example.com": ("sent", "")}
    assert server.received[0].recipients == ["jörg@example.com", "ann@example.com"]


def test_other_servers_get_the_rest_of_the_recipients(session_of, letter):
    with MailServer(smtputf8=False) as server:
        result = session_of(server).send(letter("jörg@example.com", "ann@example.com"))
    assert states(result) == {
        "jörg@example.com": ("refused", "smtputf8_unsupported"),
        "ann@example.com": ("sent", ""),
    }
    assert server.recipients() == ["ann@example.com"]


def test_a_domain_beyond_ascii_needs_no_special_server(session_of, letter):
    with MailServer(smtputf8=False) as server:
        result = session_of(server).send(letter("ann@exämple.com"))
    assert states(result) == {"ann@exämple.com": ("sent", "")}
    assert server.recipients() == ["ann@xn--exmple-cua.com"]


@pytest.mark.parametrize(
    "recipient",
    ["ann@example.com>\r\nRCPT TO:<evil@example.com", "no address", "", "ann@exa mple.com"],
)
def test_what_is_no_address_never_reaches_the_server(session_of, letter, recipient):
    with MailServer() as server:
        message = letter("bob@example.com")
        both = type(message)(message.sender, (recipient, "bob@example.com"), message.content)
        result = session_of(server).send(both)
    assert states(result)[recipient] == ("refused", "bad_address")
    assert states(result)["bob@example.com"] == ("sent", "")
    assert server.recipients() == ["bob@example.com"]


def test_a_sender_with_a_line_break_never_reaches_the_server(session_of, letter):
    with MailServer() as server:
        message = letter("bob@example.com", sender="me@example.com")
        broken = type(message)("me@example.com>\r\nQUIT", message.recipients, message.content)
        result = session_of(server).send(broken)
    assert states(result) == {"bob@example.com": ("refused", "sender_refused")}
    assert server.commands == []


def test_the_empty_sender_of_bounces_is_sent_as_it_is(session_of, letter):
    with MailServer() as server:
        message = letter("bob@example.com")
        result = session_of(server).send(type(message)("", message.recipients, message.content))
    assert states(result) == {"bob@example.com": ("sent", "")}
    assert server.received[0].sender == "<>"  # as aiosmtpd names it


def test_two_ways_to_write_one_address_are_one_recipient(session_of, letter):
    with MailServer() as server:
        result = session_of(server).send(letter("ann@exämple.com", "ann@xn--exmple-cua.com"))
    assert {one.verdict for one in result.recipients} == {"sent"}
    assert server.recipients() == ["ann@xn--exmple-cua.com"]


def test_an_envelope_for_nobody_does_nothing(session_of, letter):
    with MailServer() as server:
        message = letter("ann@example.com")
        session = session_of(server)
        result = session.send(type(message)(message.sender, (), message.content))
        assert session.usable
    assert result.recipients == ()
    assert server.commands == []


def test_a_session_ends_after_as_many_messages_as_it_may_send(session_of, letter):
    with MailServer() as server:
        session = session_of(server, messages_per_session=2)
        session.send(letter("ann@example.com"))
        assert session.usable
        session.send(letter("bob@example.com"))
        assert not session.usable
    assert len(server.received) == 2


def test_only_after_a_pause_the_server_is_asked_whether_it_listens(session_of, letter, monkeypatch):
    with MailServer() as server:
        session = session_of(server)
        session.send(letter("ann@example.com"))
        assert session.is_alive()
        assert "NOOP" not in server.commands
        monkeypatch.setattr("smtp_mail_action.transports.session._IDLE_SECONDS", -1)
        assert session.is_alive()
        assert server.commands[-1] == "NOOP"
    assert not session.is_alive()
