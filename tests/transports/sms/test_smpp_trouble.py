"""SMPP when things go wrong: each has one clear outcome."""

import socket
import struct

import pytest
from sms_peers import kit
from sms_peers.odd_smsc import SUBMIT_SM, OddSmsc, pdu

from sms_action.core.outcome import Fate
from sms_action.core.smpp import constants
from sms_action.transports import BindError, SessionError

RESPONSE = 1 << 31


def ok(number, sequence):
    return pdu(SUBMIT_SM | RESPONSE, sequence, 0, b"id%d\0" % number)


def run(smsc, closing, count=3, **values):
    gateway = kit.account(smsc.port, **{"window": 1, "answer_seconds": 1.5, **values})
    sender = closing(kit.client(gateway))
    found = kit.outcomes(sender.send(kit.parts(gateway, count)))
    return [found[number, 1] for number in range(count)]


def test_a_wrong_password_is_asked_once(start_smsc, closing):
    smsc = start_smsc("node", password="another")
    proxy_free = kit.account(smsc.port)
    sender = closing(kit.client(proxy_free))
    found = kit.outcomes(sender.send(kit.parts(proxy_free, 5)))
    assert {(one.fate, one.reason) for one in found.values()} == {(Fate.GATEWAY, "credentials")}
    assert all("s3cret" not in one.message for one in found.values())
    with pytest.raises(BindError, match="password is wrong"):
        sender.test()


def test_a_host_that_is_no_name(closing):
    gateway = kit.account(2775, host="sms..example.com")
    found = kit.outcomes(closing(kit.client(gateway)).send(kit.parts(gateway, 2)))
    assert {(one.fate, one.reason) for one in found.values()} == {(Fate.RETRY, "unreachable")}


def test_an_account_no_gateway_can_have(start_smsc, closing):
    gateway = kit.account(start_smsc("node").port, system_id="a-name-that-is-too-long")
    found = kit.outcomes(closing(kit.client(gateway)).send(kit.parts(gateway, 2)))
    assert {(one.fate, one.reason) for one in found.values()} == {(Fate.GATEWAY, "account")}


def test_nobody_listens(closing):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    sender = closing(kit.client(kit.account(port)))
    found = kit.outcomes(sender.send(kit.parts(sender.account, 3)))
    assert {(one.fate, one.reason) for one in found.values()} == {(Fate.RETRY, "unreachable")}
    with pytest.raises(SessionError, match="cannot be reached"):
        sender.test()


def test_an_smsc_that_goes_silent(start_smsc, closing):
    """Answers stop, also those to signs of life: what was sent is in doubt, the rest is not."""
    smsc = start_smsc("node", silent_after=2)
    gateway = kit.account(smsc.port, window=1, answer_seconds=1.0, enquire_seconds=0.5)
    sender = closing(kit.client(gateway))
    found = kit.outcomes(sender.send(kit.parts(gateway, 6)))
    fates = [found[number, 1].fate for number in range(6)]
    assert fates[:3] == [Fate.ACCEPTED, Fate.ACCEPTED, Fate.IN_DOUBT]
    assert set(fates[3:]) <= {Fate.IN_DOUBT, Fate.RETRY}
    assert len(smsc.messages) == 2


def test_silence_on_an_idle_line_ends_the_session(closing):
    smsc = closing(OddSmsc(ok))
    sender = closing(kit.client(kit.account(smsc.port, answer_seconds=0.2, enquire_seconds=0.1)))
    sender.listen(2.5)
    commands = [command for command, _status in smsc.received]
    assert commands.count(constants.ENQUIRE_LINK) >= 2
    assert commands.count(constants.BIND_TRANSCEIVER) >= 2, "it came back"


def test_an_smsc_that_answers_signs_of_life_is_kept(start_smsc, closing):
    smsc = start_smsc("node")
    gateway = kit.account(smsc.port, answer_seconds=3.0, enquire_seconds=0.05)
    sender = closing(kit.client(gateway))
    sender.listen(0.2)
    first = sender._link.session
    sender.listen(1.0)
    assert sender._link.session is first
    assert kit.outcomes(sender.send(kit.parts(gateway, 1)))[0, 1].fate is Fate.ACCEPTED


def test_an_smsc_that_says_goodbye(start_smsc, closing):
    """Nothing is lost, doubled or in doubt: the client comes back."""
    smsc = start_smsc("node", unbind_after=5)
    gateway = kit.account(smsc.port, window=1)
    sender = closing(kit.client(gateway))
    found = kit.outcomes(sender.send(kit.parts(gateway, 12)))
    assert {one.fate for one in found.values()} == {Fate.ACCEPTED}
    assert sorted(one["text"] for one in smsc.messages) == sorted(
        f"Hello {number}" for number in range(12)
    )


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (lambda number, sequence: struct.pack(">I", 3), "malformed"),
        (lambda number, sequence: struct.pack(">I", 0xFFFFFFFF) + b"x" * 64, "malformed"),
        (lambda number, sequence: b"HTTP/1.1 400 Bad Request\r\n\r\n", "malformed"),
        (lambda number, sequence: pdu(SUBMIT_SM | RESPONSE, sequence, 0, b"no end"), "malformed"),
        (lambda number, sequence: pdu(RESPONSE, sequence), "malformed"),
        (lambda number, sequence: ok(number, sequence)[:10], "malformed"),
        (lambda number, sequence: ok(number, sequence + 99), "no_answer"),
        (lambda number, sequence: pdu(5 | RESPONSE, sequence), "no_answer"),
        (lambda number, sequence: None, "no_answer"),
        (lambda number, sequence: EOFError, "lost"),
    ],
    ids=[
        "length 3",
        "length 4 GiB",
        "HTTP",
        "id without end",
        "nack of nothing",
        "half",
        "other number",
        "other command",
        "silence",
        "closed",
    ],
)
def test_an_answer_nobody_can_read_leaves_doubt(broken, reason, closing):
    """The second answer is broken: the first and the third message are accepted."""
    smsc = closing(OddSmsc(lambda number, seq: (broken if number == 2 else ok)(number, seq)))
    first, second, third = run(smsc, closing)
    assert (first.fate, third.fate) == (Fate.ACCEPTED, Fate.ACCEPTED)
    assert (second.fate, second.reason) == (Fate.IN_DOUBT, reason)
    assert smsc.submitted == 3, "nothing in doubt is sent again"


def test_an_answer_before_garbage_counts(closing):
    smsc = closing(OddSmsc(lambda number, seq: ok(number, seq) + struct.pack(">I", 3)))
    assert [one.fate for one in run(smsc, closing)] == [Fate.ACCEPTED] * 3
    assert smsc.submitted == 3


def test_a_refusal_without_a_body(closing):
    smsc = closing(OddSmsc(lambda number, sequence: pdu(SUBMIT_SM | RESPONSE, sequence, 0x0B)))
    assert {(one.fate, one.reason) for one in run(smsc, closing)} == {(Fate.FAILED, "number")}


def test_an_answer_that_comes_twice_counts_once(closing):
    smsc = closing(OddSmsc(lambda number, seq: ok(number, seq) + ok(7, seq)))
    assert [one.provider_ids for one in run(smsc, closing)] == [("id1",), ("id2",), ("id3",)]


def test_a_late_answer_resolves_the_doubt(closing):
    """Only then: it comes with the answer to the next message."""
    held = []

    def late(number, sequence):
        if number == 1:
            held.append(ok(number, sequence))
            return None
        return b"".join(held) + ok(number, sequence)

    smsc = closing(OddSmsc(late))
    gateway = kit.account(smsc.port, window=1, answer_seconds=1.0)
    sender = closing(kit.client(gateway))
    answers = [(one.key, one.outcome.fate) for one in sender.send(kit.parts(gateway, 2))]
    assert answers == [((0, 1), Fate.IN_DOUBT), ((0, 1), Fate.ACCEPTED), ((1, 1), Fate.ACCEPTED)]


def test_an_unknown_request_is_refused_politely(closing):
    smsc = closing(OddSmsc(ok, greeting=pdu(0x55, 77) + pdu(constants.DELIVER_SM, 78, 0, b"?")))
    assert [one.fate for one in run(smsc, closing)] == [Fate.ACCEPTED] * 3
    assert (constants.GENERIC_NACK, 3) in smsc.received
    assert (constants.GENERIC_NACK, 2) in smsc.received


@pytest.mark.parametrize("bind", [b"SSH-2.0-OpenSSH_9\r\n", struct.pack(">I", 1), b"\0" * 16])
def test_something_else_listens_there(bind, closing):
    smsc = closing(OddSmsc(ok, bind=bind))
    assert {one.fate for one in run(smsc, closing)} == {Fate.RETRY}
    assert smsc.submitted == 0


def test_a_gateway_that_ends_each_connection_does_not_eat_the_queue(closing):
    """After a few losses the rest goes back to the queue unsent."""
    smsc = closing(OddSmsc(lambda number, sequence: EOFError))
    found = run(smsc, closing, count=50)
    doubtful = [one for one in found if one.fate is Fate.IN_DOUBT]
    assert len(doubtful) == smsc.submitted <= kit.QUICK.max_attempts
    assert {one.fate for one in found} == {Fate.IN_DOUBT, Fate.RETRY}


def test_what_is_not_stored_is_delivered_again(closing):
    """The gateway hears 0x64, or an error that keeps its message, and keeps the report."""
    body = (
        b"\0"
        + b"\1\1316\0"
        + b"\1\1odoo\0"
        + b"\4\0\0"
        + b"\0\0"
        + b"\0\0\0\0"
        + bytes([21])
        + b"id:1 stat:DELIVRD    "
    )
    smsc = closing(OddSmsc(ok, greeting=pdu(constants.DELIVER_SM, 5, 0, body)))
    sender = closing(kit.client(kit.account(smsc.port), lambda arrivals: [False] * len(arrivals)))
    sender.listen(0.3)
    sender.close()
    assert (constants.DELIVER_SM | RESPONSE, 0x64) in smsc.received

    def broken(arrivals):
        raise RuntimeError("no room on the disk")

    sender = closing(kit.client(kit.account(smsc.port), broken))
    smsc.received.clear()
    with pytest.raises(RuntimeError, match="no room"):
        sender.listen(0.5)
    sender.close()
    assert (constants.DELIVER_SM | RESPONSE, 0x64) in smsc.received


def test_an_error_while_storing_loses_no_outcome(closing):
    """A report that cannot be stored comes together with two answers: they come first."""
    body = b"\0" + b"\1\1316\0" + b"\1\1odoo\0" + b"\4\0\0" + b"\0\0" + b"\0\0\0\0" + b"\0"
    held = []

    def together(number, sequence):
        held.append(ok(number, sequence))
        if number < 2:
            return None
        return b"".join([pdu(constants.DELIVER_SM, 9, 0, body), *held])

    def broken(arrivals):
        raise RuntimeError("no room on the disk")

    smsc = closing(OddSmsc(together))
    gateway = kit.account(smsc.port)
    sender = closing(kit.client(gateway, broken))
    came = []
    with pytest.raises(RuntimeError, match="no room"):
        came.extend(sender.send(kit.parts(gateway, 2)))
    found = kit.outcomes([*came, *sender.send([])])
    assert [found[number, 1].fate for number in (0, 1)] == [Fate.ACCEPTED] * 2


def test_a_gateway_that_says_goodbye_to_everybody(closing):
    """Bound and sent away each time: the queue keeps its messages."""
    smsc = closing(OddSmsc(ok, greeting=pdu(constants.UNBIND, 3)))
    found = run(smsc, closing, count=5)
    assert {one.fate for one in found} == {Fate.RETRY}
    assert smsc.submitted == 0
    commands = [command for command, _status in smsc.received]
    assert commands.count(constants.BIND_TRANSCEIVER) == kit.QUICK.max_attempts
    assert constants.UNBIND | RESPONSE in commands


def test_reports_that_come_together_are_stored_together(start_smsc, closing):
    """And each is acknowledged by its own: what is not kept comes again, the rest does not."""
    body = b"\0" + b"\1\1316\0" + b"\1\1odoo\0" + b"\4\0\0" + b"\0\0" + b"\0\0\0\0"
    reports = [body + bytes([len(text)]) + text for text in (b"id:1 stat:DELIVRD", b"id:2 stat:?")]
    greeting = b"".join(
        pdu(constants.DELIVER_SM, 50 + number, 0, one) for number, one in enumerate(reports)
    )
    smsc = closing(OddSmsc(ok, greeting=greeting))
    calls = []

    def store(arrivals):
        calls.append(len(arrivals))
        return [one.receipt is not None for one in arrivals]

    sender = closing(kit.client(kit.account(smsc.port), store))
    sender.listen(0.3)
    sender.close()
    answers = [status for command, status in smsc.received if command == 5 | RESPONSE]
    assert (calls, answers) == ([2], [0, 0x64])


def test_the_way_back_takes_longer_each_time(closing):
    """However short the looks at the connection are."""
    smsc = closing(OddSmsc(ok, bind=struct.pack(">I", 1)))
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds

    gateway = kit.account(smsc.port)
    sender = closing(kit.client(gateway, clock=lambda: now[0], sleep=sleep))
    moments = []
    for _look in range(100):
        before = len(smsc.received)
        sender.listen(0.01)
        moments += [now[0]] * (len(smsc.received) - before)
    assert now[0] == pytest.approx(1.0)
    # 0.02 s, 0.04, 0.08, 0.16, then 0.2, each at most a quarter shorter.
    assert 7 <= len(moments) <= 10
    assert not sender.bound
    assert sender.problem.reason == "malformed"
