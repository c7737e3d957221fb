"""Killed at every place: nothing lost, nothing doubled but what is in doubt.

Counted at the SMSC.
"""

import collections
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sms_peers import kit
from sms_peers.odd_smsc import SUBMIT_SM, OddSmsc, pdu
from sms_peers.processes import start_node, wait_until

from sms_action.core.outcome import Fate

WORKER = Path(kit.__file__).with_name("journal_worker.py")
COUNT = 200


def counted(messages):
    return collections.Counter(int(one["text"].split()[-1]) for one in messages)


def check(taken, fates):
    """Compare what the SMSC took with what the sender believes."""
    assert max(taken.values(), default=0) <= 1, "doubled"
    for number, fate in fates.items():
        if fate == Fate.ACCEPTED:
            assert taken[number] == 1, "lost"
        elif fate != Fate.IN_DOUBT:
            assert taken[number] == 0, "the next attempt would double it"


@pytest.mark.parametrize("after", [0, 17, 60, 500, 1500])
def test_the_connection_is_cut_while_answers_come(after, start_smsc, start_proxy, closing):
    """After so many octets of answers; the bind's answer is the first of them."""
    smsc = start_smsc("node")
    proxy = start_proxy(smsc.port)
    proxy.answer_limit = after
    gateway = kit.account(proxy.port, window=8, connect_seconds=1.0)
    sender = closing(kit.client(gateway))
    found = {
        key[0]: one.fate for key, one in kit.outcomes(sender.send(kit.parts(gateway, 40))).items()
    }
    assert len(found) == 40 and Fate.ACCEPTED in found.values()
    check(counted(smsc.messages), found)


def test_answers_are_lost_on_the_way(start_smsc, start_proxy, closing):
    """The SMSC has all of them, nobody knows: each is in doubt, none is sent again."""
    smsc = start_smsc("node")
    proxy = start_proxy(smsc.port)
    gateway = kit.account(proxy.port, window=4, answer_seconds=1.5, connect_seconds=0.5)
    sender = closing(kit.client(gateway))
    assert kit.outcomes(sender.send(kit.parts(gateway, 1)))[0, 1].fate is Fate.ACCEPTED
    proxy.answers_lost = True
    found = kit.outcomes(sender.send(kit.parts(gateway, 4, start=1)))
    assert {one.fate for one in found.values()} == {Fate.IN_DOUBT}
    assert sorted(counted(smsc.messages).elements()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_smsc_is_killed_and_comes_back(seed, tmp_path, closing):
    smsc = closing(start_node(tmp_path))
    gateway = kit.account(smsc.port, window=8)
    sender = closing(kit.client(gateway))
    rng, fates, restarted = random.Random(seed), {}, False
    for answer in sender.send(kit.parts(gateway, 100)):
        fates[answer.key[0]] = answer.outcome.fate
        if not restarted and len(fates) > rng.randint(5, 60):
            smsc.kill()
            smsc = closing(start_node(tmp_path, port=smsc.port))
            restarted = True
    assert len(fates) == 100
    check(counted(smsc.messages), fates)
    doubtful = sum(fate is Fate.IN_DOUBT for fate in fates.values())
    assert doubtful <= gateway.window, "only what was on its way"
    assert sum(fate is Fate.ACCEPTED for fate in fates.values()) >= 100 - gateway.window


def test_the_session_had_ended_before(closing):
    """Found out before anything is sent: nothing is in doubt."""
    smsc = closing(
        OddSmsc(
            lambda number, sequence: (
                EOFError if number == 2 else pdu(SUBMIT_SM | 1 << 31, sequence, 0, b"id\0")
            )
        )
    )
    gateway = kit.account(smsc.port, window=1)
    sender = closing(kit.client(gateway))
    first = kit.outcomes(sender.send(kit.parts(gateway, 2)))
    assert first[1, 1].fate is Fate.IN_DOUBT
    proxy_free = kit.outcomes(sender.send(kit.parts(gateway, 1)))
    assert proxy_free[0, 1].fate is Fate.ACCEPTED


def test_a_cut_between_two_batches_leaves_no_doubt(start_smsc, start_proxy, closing):
    smsc = start_smsc("node")
    proxy = start_proxy(smsc.port)
    gateway = kit.account(proxy.port)
    sender = closing(kit.client(gateway))
    list(sender.send(kit.parts(gateway, 3)))
    proxy.cut()
    time.sleep(0.2)
    found = kit.outcomes(sender.send(kit.parts(gateway, 3, start=3)))
    assert {one.fate for one in found.values()} == {Fate.ACCEPTED}
    assert len(smsc.messages) == 6


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9])
def test_the_sender_is_killed_twice(share, tmp_path, start_smsc):
    """A process that writes attempts down before it sends, and outcomes as they come. It is
    killed, started anew, killed, started anew. What it attempted and knows no end of is in doubt
    and is not sent again; all else arrives, once."""
    smsc = start_smsc("node")
    journal = tmp_path / "journal.jsonl"
    command = [sys.executable, str(WORKER), str(smsc.port), str(journal), str(COUNT)]
    for kill in (True, True, False):
        worker = subprocess.Popen(command)
        if kill:
            before = len(smsc.messages)
            wanted = before + int(share * COUNT / 3)
            wait_until(lambda: len(smsc.messages) >= wanted or worker.poll() is not None, "mail")  # noqa: B023
            worker.send_signal(signal.SIGKILL)
        code = worker.wait(60)
        assert code == (-signal.SIGKILL if kill else 0) or len(smsc.messages) == COUNT
    time.sleep(0.2)
    attempted, fates = set(), {}
    for line in journal.read_text().splitlines():
        entry = json.loads(line)
        attempted |= set(entry.get("attempt", ()))
        fates.update({int(key): Fate(fate) for key, fate in entry.get("outcome", {}).items()})
    assert attempted == set(range(COUNT)), "every message had its turn"
    check(counted(smsc.messages), {key: fates.get(key, Fate.IN_DOUBT) for key in attempted})
