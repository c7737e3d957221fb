"""Whole messages over SMPP: their outcome is that of all parts."""

import pytest
from sms_peers import kit
from sms_peers.odd_smsc import SUBMIT_SM, OddSmsc, pdu
from toolkit.ports import free_port

from sms_action.core.outcome import Fate
from sms_action.transports import SmppGateway

LONG = "a" * 400
RESPONSE = 1 << 31


def ok(number, sequence):
    return pdu(SUBMIT_SM | RESPONSE, sequence, 0, b"id%d\0" % number)


@pytest.fixture
def gateway(closing):
    def make(smsc, inbox=None, **values):
        options = {"connecting": kit.QUICK, "pauses": kit.QUICK}
        return closing(
            SmppGateway(kit.account(smsc.port, **values), inbox or kit.Inbox(), **options)
        )

    return make


def test_a_long_message_has_an_id_for_each_part(start_smsc, gateway):
    smsc = start_smsc("node", reports=["DELIVRD"])
    inbox = kit.Inbox()
    sender = gateway(smsc, inbox, window=2)
    batch = [kit.message(1, LONG), kit.message(2), kit.message(3, LONG)]
    found = kit.outcomes(sender.send(batch))
    assert {key: len(one.provider_ids) for key, one in found.items()} == {1: 3, 2: 1, 3: 3}
    ids = [id_ for one in found.values() for id_ in one.provider_ids]
    assert sorted(ids) == sorted(one["id"] for one in smsc.messages)
    kit.listen_until(sender, lambda: len(inbox.arrived) == 7)


def test_a_text_nobody_can_send_fails_alone(start_smsc, gateway):
    found = kit.outcomes(gateway(start_smsc("node")).send([kit.message(1, ""), kit.message(2)]))
    assert (found[1].fate, found[1].reason) == (Fate.FAILED, "empty")
    assert found[2].fate is Fate.ACCEPTED


def test_a_refused_part_fails_the_message(closing, gateway):
    smsc = closing(
        OddSmsc(
            lambda number, seq: (
                pdu(SUBMIT_SM | RESPONSE, seq, 0x0B) if number == 2 else ok(number, seq)
            )
        )
    )
    found = kit.outcomes(gateway(smsc).send([kit.message(1, LONG), kit.message(2)]))
    assert (found[1].fate, found[1].reason) == (Fate.FAILED, "number")
    assert found[1].message.startswith("2 of 3 parts were accepted.")
    assert found[2].fate is Fate.ACCEPTED


def test_a_part_that_was_surely_not_sent_follows_the_others(closing, gateway):
    """The other parts are not sent again: the second one alone is, with the same reference."""
    smsc = closing(
        OddSmsc(
            lambda number, seq: (
                pdu(SUBMIT_SM | RESPONSE, seq, 0x64) if number == 2 else ok(number, seq)
            )
        )
    )
    [answer] = gateway(smsc).send([kit.message(1, LONG)])
    assert answer.outcome.fate is Fate.ACCEPTED
    assert answer.outcome.provider_ids == ("id1", "id4", "id3")
    assert smsc.submitted == 4


def test_a_part_that_never_gets_through_leaves_doubt(closing, gateway):
    """Sent again as a whole, the first parts would arrive twice."""
    smsc = closing(
        OddSmsc(
            lambda number, seq: (
                ok(number, seq) if number == 1 else pdu(SUBMIT_SM | RESPONSE, seq, 0x64)
            )
        )
    )
    [answer] = gateway(smsc).send([kit.message(1, LONG)])
    assert (answer.outcome.fate, answer.outcome.reason) == (Fate.IN_DOUBT, "partly")
    assert answer.outcome.message.startswith("1 of 3 parts were accepted.")
    assert smsc.submitted == 3 + 2 * 2


def test_a_late_answer_settles_a_message_in_doubt(closing, gateway):
    held = []

    def late(number, sequence):
        if number == 2:
            held.append(ok(number, sequence))
            return None
        return b"".join(held) + ok(number, sequence) if number == 4 else ok(number, sequence)

    sender = gateway(closing(OddSmsc(late)), answer_seconds=1.0)
    [first] = sender.send([kit.message(1, LONG)])
    assert first.outcome.fate is Fate.IN_DOUBT
    answers = {one.key: one.outcome for one in sender.send([kit.message(2)])}
    assert answers[1].fate is Fate.ACCEPTED
    assert answers[1].provider_ids == ("id1", "id2", "id3")
    assert answers[2].provider_ids == ("id4",)


def test_nobody_there(closing):
    options = {"connecting": kit.QUICK, "pauses": kit.QUICK}
    sender = closing(SmppGateway(kit.account(free_port()), kit.Inbox(), **options))
    found = kit.outcomes(sender.send([kit.message(1, LONG), kit.message(2)]))
    assert {one.fate for one in found.values()} == {Fate.RETRY}
    assert not sender.bound
    assert sender.problem.reason == "unreachable"


def test_who_stops_in_the_middle_hears_of_it_later(start_smsc, gateway):
    """As when the database is lost while answers come: what was sent is not forgotten."""
    smsc = start_smsc("node")
    sender = gateway(smsc, window=5)
    answers = sender.send(kit.message(number) for number in range(20))
    first = next(answers)
    answers.close()
    found = {first.key: first.outcome}
    for _look in range(100):
        found.update({one.key: one.outcome for one in sender.listen(0.05)})
        if len(found) == len(smsc.messages):
            break
    assert {one.fate for one in found.values()} == {Fate.ACCEPTED}
    assert 1 < len(found) < 20
