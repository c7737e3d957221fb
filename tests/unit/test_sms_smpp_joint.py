"""What becomes of a message whose parts have different fates."""

import pytest

from sms_action.core.outcome import Fate, Outcome, accepted, in_doubt
from sms_action.core.smpp.joint import joint_outcome

TAKEN = accepted("a1")
DOUBT = in_doubt("lost", "The connection ended.")
REFUSED = Outcome(Fate.FAILED, "number", "The number is not valid.", code="0x0000000B")
LATER = Outcome(Fate.RETRY, "throttled", "Too many.", code="0x00000058")
CLOSED = Outcome(Fate.GATEWAY, "credentials", "The password is wrong.")


def test_accepted_only_with_every_part():
    joint = joint_outcome([accepted("a1"), accepted("a2"), accepted("a3")])
    assert joint == accepted("a1", "a2", "a3")


@pytest.mark.parametrize("only", [TAKEN, DOUBT, REFUSED, LATER, CLOSED])
def test_one_part_is_the_message(only):
    assert joint_outcome([only]) is only


@pytest.mark.parametrize(
    ("outcomes", "fate", "reason"),
    [
        ([TAKEN, DOUBT], Fate.IN_DOUBT, "lost"),
        ([DOUBT, REFUSED], Fate.IN_DOUBT, "lost"),
        ([TAKEN, REFUSED], Fate.FAILED, "number"),
        ([TAKEN, LATER], Fate.IN_DOUBT, "partly"),
        ([CLOSED, TAKEN], Fate.IN_DOUBT, "partly"),
        ([LATER, LATER], Fate.RETRY, "throttled"),
        ([LATER, CLOSED], Fate.GATEWAY, "credentials"),
        ([LATER, REFUSED, CLOSED], Fate.FAILED, "number"),
    ],
)
def test_the_worst_part_decides(outcomes, fate, reason):
    joint = joint_outcome(outcomes)
    assert (joint.fate, joint.reason) == (fate, reason)
    assert joint.provider_ids == (), "reports about an incomplete message would mislead"


def test_it_says_how_many_were_taken():
    joint = joint_outcome([TAKEN, TAKEN, REFUSED])
    assert joint.message == "2 of 3 parts were accepted. The number is not valid."
    assert joint.code == "0x0000000B"


def test_a_message_without_parts_is_a_mistake():
    with pytest.raises(ValueError, match="at least one part"):
        joint_outcome([])
