"""States only move forward; delivered is the last word."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_action.core.delivery import State, advance, after_attempt, is_final, of_message
from sms_action.core.outcome import Fate

FAILURES = {State.FAILED, State.REJECTED, State.UNDELIVERED, State.EXPIRED, State.DELETED}
states = st.sampled_from(State)


def play(start, reports):
    for report in reports:
        start = advance(start, report)
    return start


@given(states, st.lists(states))
def test_delivered_stays_whatever_follows(start, reports):
    assert play(advance(start, State.DELIVERED), reports) is State.DELIVERED


@given(states, st.lists(states), states)
def test_duplicates_change_nothing(start, reports, again):
    once = play(start, [*reports, again])
    assert advance(once, again) is once


@given(st.lists(st.sampled_from([State.ACCEPTED, State.ENROUTE, State.DELIVERED, State.EXPIRED])))
def test_the_order_of_reports_does_not_matter(reports):
    """All orders end alike, as long as the network names one kind of failure."""
    ends = {
        play(State.ACCEPTED, order)
        for order in itertools.islice(itertools.permutations(reports), 200)
    }
    assert len(ends) == 1


@given(states, st.lists(states))
def test_a_failure_is_only_overridden_by_delivered(start, reports):
    failed = play(start, [State.UNDELIVERED])
    end = play(failed, reports)
    assert end is (State.DELIVERED if State.DELIVERED in (failed, *reports) else failed)
    assert is_final(end)


def test_a_late_pending_does_not_override_a_failure():
    assert advance(State.UNDELIVERED, State.ENROUTE) is State.UNDELIVERED
    assert advance(State.UNDELIVERED, State.EXPIRED) is State.UNDELIVERED


@pytest.mark.parametrize(
    ("current", "fate", "after"),
    [
        (State.SENDING, Fate.ACCEPTED, State.ACCEPTED),
        (State.SENDING, Fate.IN_DOUBT, State.IN_DOUBT),
        (State.SENDING, Fate.FAILED, State.FAILED),
        (State.SENDING, Fate.RETRY, State.QUEUED),
        (State.SENDING, Fate.GATEWAY, State.QUEUED),
        (State.IN_DOUBT, Fate.ACCEPTED, State.ACCEPTED),
        (State.DELIVERED, Fate.ACCEPTED, State.DELIVERED),
        (State.DELIVERED, Fate.IN_DOUBT, State.DELIVERED),
        (State.IN_DOUBT, Fate.RETRY, State.IN_DOUBT),
        (State.ENROUTE, Fate.RETRY, State.ENROUTE),
    ],
)
def test_the_outcome_of_an_attempt(current, fate, after):
    """A report may overtake the answer; doubt is never resolved into sending again."""
    assert after_attempt(current, fate) is after


@given(st.lists(states, min_size=1))
def test_a_message_is_delivered_when_every_part_is(parts):
    whole = of_message(parts)
    if FAILURES & set(parts):
        assert whole in FAILURES
    else:
        assert (whole is State.DELIVERED) == (set(parts) == {State.DELIVERED})
        assert whole in parts


def test_a_message_without_parts_is_a_bug():
    with pytest.raises(ValueError, match="at least one part"):
        of_message([])
