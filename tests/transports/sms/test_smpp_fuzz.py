"""Whatever a gateway does: one outcome for each message, and no message goes out twice."""

import random
import struct

import pytest
from sms_peers import kit
from sms_peers.odd_smsc import SUBMIT_SM, UNBIND, OddSmsc, pdu

from sms_action.core.outcome import Fate

RESPONSE = 1 << 31


def nasty(rng):
    """Return a gateway's reply: mostly right, else anything at all."""

    def reply(number, sequence):
        good = pdu(SUBMIT_SM | RESPONSE, sequence, 0, b"id%d\0" % number)
        refusal = pdu(SUBMIT_SM | RESPONSE, sequence, rng.choice([0x0B, 0x08, 0xFF]))
        broken = bytearray(good)
        broken[rng.randrange(len(good))] = rng.randrange(256)
        return rng.choice(
            [good] * 12
            + [
                refusal,
                bytes(broken),
                rng.randbytes(rng.randrange(40)),
                good[: rng.randrange(len(good))],
                good + good,
                pdu(rng.choice([5, 0x103, 0x15, 0x102, 0x77]), 9, 0, rng.randbytes(30)) + good,
                pdu(RESPONSE, sequence, rng.choice([0, 2])),
                struct.pack(">IIII", 0x1FFFF, SUBMIT_SM | RESPONSE, 0, sequence)
                + rng.randbytes(50),
                good + pdu(UNBIND, 5),
                None,
                EOFError,
            ]
        )

    return reply


@pytest.mark.parametrize("seed", range(12))
def test_one_outcome_for_each_message(seed, closing):
    rng = random.Random(seed)
    smsc = closing(OddSmsc(nasty(rng)))
    gateway = kit.account(smsc.port, window=rng.choice([1, 3, 8]), answer_seconds=0.1)
    sender = closing(kit.client(gateway))
    first = {}
    for answer in sender.send(kit.parts(gateway, 40)):
        # A late answer may follow a doubt, and only that.
        assert first.setdefault(answer.key, answer.outcome.fate) in (
            answer.outcome.fate,
            Fate.IN_DOUBT,
        )
    assert len(first) == 40
    assert smsc.submitted <= 40
    assert Fate.ACCEPTED in first.values()
