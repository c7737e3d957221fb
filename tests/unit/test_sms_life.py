"""The life of a message: attempts, answers, reports, people."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sms_action.core import reasons
from sms_action.core.delivery import State
from sms_action.core.life import MAX_AGE_MINUTES, Life
from sms_action.core.outcome import Fate, Outcome, accepted, in_doubt

NOW = datetime(2026, 11, 26, 12)
LATER = NOW + timedelta(minutes=1)


def begun(**values):
    return Life(NOW, **values).begin(NOW)


def test_accepted_and_delivered():
    life = begun().conclude(accepted("1", code="0"), NOW, 0.0)
    assert (life.state, life.attempts, life.accepted_at) == (State.ACCEPTED, 1, NOW)
    assert life.settled_at is None
    life = life.report(State.DELIVERED, "", LATER)
    assert (life.state, life.settled_at, life.reason) == (State.DELIVERED, LATER, "")
    assert life.report(State.UNDELIVERED, "7", LATER) is life


def test_tried_again_later_each_time():
    life, waits = Life(NOW), []
    for _attempt in range(8):
        life = life.begin(NOW).conclude(Outcome(Fate.RETRY, "unknown"), NOW, 0.0)
        waits.append((life.due_at - NOW).total_seconds() / 60)
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]
    assert (life.state, life.attempts) == (State.QUEUED, 8)
    assert not life.is_due(NOW)
    assert life.is_due(life.due_at)


def test_not_before_the_gateway_says():
    outcome = Outcome(Fate.RETRY, "unknown", retry_after=600.0)
    assert begun().conclude(outcome, NOW, 0.0).due_at == NOW + timedelta(minutes=10)


def test_the_gateways_fault_counts_no_attempt():
    life = begun().conclude(Outcome(Fate.GATEWAY, "credit"), NOW, 0.0, held_until=LATER)
    assert (life.state, life.attempts, life.due_at) == (State.QUEUED, 0, LATER)


@pytest.mark.parametrize(
    ("validity", "age", "state"),
    [(5, 4, State.QUEUED), (5, 5, State.EXPIRED), (0, 60, State.QUEUED)]
    + [(0, MAX_AGE_MINUTES, State.EXPIRED)],
)
def test_given_up_by_age(validity, age, state):
    now = NOW + timedelta(minutes=age)
    life = begun().conclude(Outcome(Fate.RETRY, "server", "Busy."), now, 0.0, validity)
    assert life.state is state
    if state is State.EXPIRED:
        assert (life.reason, life.reply, life.settled_at) == ("expired", "Busy.", now)


def test_a_doubt_is_settled_by_a_report_or_a_person():
    life = begun().conclude(in_doubt("lost", "Gone."), NOW, 0.0)
    assert (life.state, life.settled_at) == (State.IN_DOUBT, NOW)
    assert life.report(State.ENROUTE, "", LATER).settled_at is None
    assert life.mark_sent(LATER).state is State.DELIVERED
    again = life.resend(LATER)
    assert (again.state, again.attempts, again.queued_at) == (State.QUEUED, 0, LATER)


def test_a_report_about_an_attempt_before_it_was_queued_anew():
    """A failure of then does not end what waits now; what has arrived is not sent again."""
    again = begun().conclude(in_doubt("lost", "Gone."), NOW, 0.0).resend(LATER)
    for state in (State.UNDELIVERED, State.REJECTED, State.ENROUTE):
        assert again.report(state, "7", LATER) is again
    assert again.report(State.DELIVERED, "", LATER).state is State.DELIVERED


def test_a_report_that_overtook_the_answer_stays():
    life = begun().report(State.DELIVERED, "", NOW)
    for outcome in (accepted("1"), in_doubt("lost", ""), Outcome(Fate.RETRY, "server")):
        after = life.conclude(outcome, LATER, 0.0)
        assert (after.state, after.settled_at) == (State.DELIVERED, NOW), outcome
    assert begun().report(State.ENROUTE, "", NOW).conclude(accepted("1"), LATER, 0.0).reason == ""


def test_a_crash_and_what_was_never_handed_over():
    assert (begun().recover(NOW).state, begun().recover(NOW).reason) == (
        State.IN_DOUBT,
        "crashed",
    )
    assert begun().unsend() == replace(Life(NOW), tried_at=NOW)


def test_what_a_state_does_not_allow():
    for doing in (
        begun().begin,
        Life(NOW).recover,
        begun().resend,
        Life(NOW).mark_sent,
        begun().cancel,
    ):
        with pytest.raises(ValueError, match="cannot be"):
            doing(NOW)


def test_every_reason_of_a_message_has_words():
    assert all(one.words.endswith(".") for one in reasons.REASONS.values())
    assert reasons.known("whatever is new") == "unknown"
    assert reasons.of_number("unreadable") == "unreadable_number"
    assert reasons.words("") == reasons.advice("") == ""
    assert set(reasons.REPORTED.values()) <= set(reasons.REASONS)
    assert reasons.OF_THE_GATEWAY <= set(reasons.REASONS)


@pytest.mark.parametrize(
    ("outcome", "held"),
    [
        (Outcome(Fate.GATEWAY, "credit"), True),
        (Outcome(Fate.RETRY, "throttled"), True),
        (Outcome(Fate.RETRY, "unreachable"), True),
        (Outcome(Fate.RETRY, "system"), False),
        (Outcome(Fate.FAILED, "refused"), False),
        (in_doubt("lost", ""), False),
    ],
)
def test_who_is_to_blame(outcome, held):
    assert reasons.holds_gateway(outcome) is held
