"""SMPP against two independent servers, when all goes well."""

import time

from sms_peers import kit

from server_action_engine.core.retry import RetryPolicy
from sms_action.core.concat import Joining
from sms_action.core.delivery import State
from sms_action.core.outcome import Fate
from sms_action.core.smpp.submissions import submissions


def test_many_messages_arrive_once_and_are_reported(any_smsc, closing):
    smsc = any_smsc(reports=["DELIVRD"])
    gateway, inbox = kit.account(smsc.port, window=20), kit.Inbox()
    sender = closing(kit.client(gateway, inbox))
    found = kit.outcomes(sender.send(kit.parts(gateway, 200)))
    assert {one.fate for one in found.values()} == {Fate.ACCEPTED} and len(found) == 200
    ids = [one.provider_ids[0] for one in found.values()]
    assert sorted(ids) == sorted(one["id"] for one in smsc.messages) and len(set(ids)) == 200
    kit.listen_until(sender, lambda: len(inbox.arrived) == 200)
    assert {receipt.state for receipt in inbox.receipts} == {State.DELIVERED}
    assert sorted(receipt.provider_id for receipt in inbox.receipts) == sorted(ids)


def test_answers_in_another_order_find_their_messages(any_smsc, closing):
    """Eight at a time are answered, the last first."""
    smsc = any_smsc(shuffle=8)
    gateway = kit.account(smsc.port, window=20)
    sender = closing(kit.client(gateway))
    answers = list(sender.send(kit.parts(gateway, 60)))
    found = kit.outcomes(answers)
    sent = {
        one["id"]: bytes.fromhex(one["message"]).decode() if "message" in one else one["text"]
        for one in smsc.messages
    }
    assert [answer.key for answer in answers] != sorted(found)
    for (number, _part), outcome in found.items():
        assert sent[outcome.provider_ids[0]] == f"Hello {number}"


def test_throttled_messages_go_out_later(any_smsc, closing):
    """0x58 is no failure: each message arrives, and arrives once."""
    smsc = any_smsc(throttle_every=4)
    gateway = kit.account(smsc.port, window=4)
    patient = RetryPolicy(max_attempts=20, delay_seconds=0.01, factor=1)
    sender = closing(kit.client(gateway, pauses=patient))
    found = kit.outcomes(sender.send(kit.parts(gateway, 20)))
    assert {one.fate for one in found.values()} == {Fate.ACCEPTED}
    assert len(smsc.messages) == 20


def test_who_is_throttled_for_too_long_goes_back_to_the_queue(any_smsc, closing):
    smsc = any_smsc(throttle_every=1)
    gateway = kit.account(smsc.port)
    sender = closing(kit.client(gateway))
    found = kit.outcomes(sender.send(kit.parts(gateway, 3)))
    assert {(one.fate, one.reason) for one in found.values()} == {(Fate.RETRY, "throttled")}
    assert smsc.messages == []


def test_a_long_text_arrives_in_parts(start_smsc, closing):
    smsc = start_smsc("smpp34")
    sender = closing(kit.client(kit.account(smsc.port)))
    text = "a" * 152 + "€" * 77
    found = kit.outcomes(sender.send(submissions(kit.message("m", text), sender.account, 9)))
    assert sorted(found) == [("m", 1), ("m", 2), ("m", 3)]
    # That server hands out what came together in any order.
    octets = sorted(bytes.fromhex(one["message"]) for one in smsc.messages)
    assert [one[:6] for one in octets] == [bytes([5, 0, 3, 9, 3, number]) for number in (1, 2, 3)]
    assert b"".join(one[6:] for one in octets) == b"a" * 152 + b"\x1be" * 77
    assert {one["esm_class"] for one in smsc.messages} == {0x40}


def test_an_independent_server_reads_every_coding(start_smsc, closing):
    """The npm package decodes by data coding, user data header and optional parameters."""
    smsc = start_smsc("node")
    for number, text in enumerate(("{Hi} €5 @ §", "жди 😀", "a" * 200)):
        for joining in Joining:
            gateway = kit.account(smsc.port, joining=joining)
            sender = closing(kit.client(gateway))
            key = f"{number}{joining.value}"
            list(sender.send(submissions(kit.message(key, text), gateway, 5)))
    texts = [one["text"] or one["payload"] for one in smsc.messages]
    assert texts[:3] == ["{Hi} €5 @ §"] * 3
    assert texts[3:6] == ["жди 😀"] * 3
    assert "".join(texts[6:8]) == "".join(texts[8:10]) == texts[10] == "a" * 200
    assert [one["parts"] for one in smsc.messages[8:10]] == [2, 2]


def test_a_report_may_overtake_the_answer(start_smsc, closing):
    smsc = start_smsc("node", reports=["DELIVRD"], report_first=True)
    gateway, inbox = kit.account(smsc.port), kit.Inbox()
    sender = closing(kit.client(gateway, inbox))
    found = kit.outcomes(sender.send(kit.parts(gateway, 3)))
    assert len(inbox.receipts) == 3, "the reports came while the answers were awaited"
    ids = {one.provider_ids[0] for one in found.values()}
    assert {receipt.provider_id for receipt in inbox.receipts} == ids


def test_messages_of_people_arrive(start_smsc, closing):
    """Written by an independent server, in either alphabet, with headers of parts."""
    people = [["STOP {now} €"], ["Привет ", "мир 😀"], ["Hello ", "world"]]
    smsc = start_smsc("node", people=people)
    inbox = kit.Inbox()
    receiver = closing(kit.client(kit.account(smsc.port, bind="receiver"), inbox))
    kit.listen_until(receiver, lambda: len(inbox.arrived) == 5)
    found = [one.received for one in inbox.arrived]
    assert {(one.sender, one.recipient) for one in found} == {("+31612345678", "4040")}
    assert [one.text for one in found] == [text for parts in people for text in parts]
    assert found[0].part is None
    assert [(one.part.reference, one.part.total, one.part.number) for one in found[1:]] == [
        (1, 2, 1),
        (1, 2, 2),
        (2, 2, 1),
        (2, 2, 2),
    ]


def test_one_session_sends_and_another_hears(start_smsc, closing):
    smsc = start_smsc("node", reports=["DELIVRD"])
    inbox, deaf = kit.Inbox(), kit.Inbox()
    receiver = closing(kit.client(kit.account(smsc.port, bind="receiver"), inbox))
    receiver.listen(0.2)
    gateway = kit.account(smsc.port, bind="transmitter")
    transmitter = closing(kit.client(gateway, deaf))
    found = kit.outcomes(transmitter.send(kit.parts(gateway, 3)))
    assert {one.fate for one in found.values()} == {Fate.ACCEPTED}
    kit.listen_until(receiver, lambda: len(inbox.arrived) == 3)
    assert deaf.arrived == []


def test_the_rate_is_kept(any_smsc, closing):
    """At 40 parts per second: four at once, the others not before their time."""
    smsc = any_smsc()
    gateway = kit.account(smsc.port, per_second=40.0, window=50)
    sender = closing(kit.client(gateway))
    sender.listen(0.05)
    started = time.monotonic()
    found = kit.outcomes(sender.send(kit.parts(gateway, 20)))
    assert time.monotonic() - started >= (20 - 4) / 40
    assert len(found) == 20 == len(smsc.messages)
    assert {one.fate for one in found.values()} == {Fate.ACCEPTED}


def test_what_cannot_be_written_fails_alone(any_smsc, closing):
    smsc = any_smsc()
    gateway = kit.account(smsc.port, service_type="SMS")
    sender = closing(kit.client(gateway))
    good = list(kit.parts(gateway, 2))
    bad = list(kit.parts(kit.account(smsc.port, service_type="TOO-LONG"), 1, start=2))
    found = kit.outcomes(sender.send([good[0], *bad, good[1]]))
    assert [found[key, 1].fate for key in range(3)] == [Fate.ACCEPTED, Fate.ACCEPTED, Fate.FAILED]
    assert len(smsc.messages) == 2
