"""A message on its way to one recipient: attempts, refusals, doubt, age."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from smtp_mail_action.core import delivery as life
from smtp_mail_action.core.delivery import Delivery, summary
from smtp_mail_action.core.results import RecipientResult
from smtp_mail_action.core.schedule import RetrySchedule

NOW = datetime(2026, 1, 1, 12)
SCHEDULE = RetrySchedule()
DAY = timedelta(days=1)


def begun(**values):
    return Delivery("ann@example.com", queued_at=NOW, **values).begin(NOW)


def result(verdict, reason="", **values):
    return RecipientResult("ann@example.com", verdict, "end", reason, "250 said", 250, **values)


def test_sent_is_settled_with_the_servers_words():
    sent = begun().conclude(result("sent"), NOW, SCHEDULE, 0.0)
    assert (sent.state, sent.attempts, sent.settled_at) == ("sent", 1, NOW)
    assert sent.reply == "250 said"


def test_refused_is_settled():
    refused = begun().conclude(result("refused", "unknown_mailbox"), NOW, SCHEDULE, 0.0)
    assert (refused.state, refused.reason, refused.due_at) == ("refused", "unknown_mailbox", None)
    assert not refused.is_due(NOW + 100 * DAY)


def test_deferred_comes_back_later_each_time():
    one = Delivery("ann@example.com", queued_at=NOW)
    at, waits = NOW, []
    for _attempt in range(6):
        assert one.is_due(at)
        one = one.begin(at).conclude(result("deferred", "greylisted"), at, SCHEDULE, 0.0)
        assert not one.is_due(at)
        waits.append((one.due_at - at).total_seconds() / 60)
        at = one.due_at
    assert waits == [5, 15, 45, 135, 240, 240]
    assert one.attempts == 6


def test_deferred_for_too_long_is_given_up_with_a_reason():
    at = NOW + 5 * DAY
    given_up = begun().conclude(result("deferred", "greylisted"), at, SCHEDULE, 0.0)
    assert (given_up.state, given_up.reason) == ("refused", "expired")
    assert given_up.reply == "250 said"


def test_the_last_attempt_is_at_the_maximum_age():
    at = NOW + 5 * DAY - timedelta(minutes=10)
    last = begun(attempts=9).conclude(result("deferred"), at, SCHEDULE, 0.0)
    assert last.due_at == NOW + 5 * DAY


def test_a_time_the_server_asks_for_is_respected():
    later = begun().conclude(result("deferred", retry_after=7200.0), NOW, SCHEDULE, 0.0)
    assert later.due_at == NOW + timedelta(hours=2)


def test_trouble_of_the_account_counts_nothing():
    held = begun().conclude(result("held", "timeout"), NOW, SCHEDULE, 0.0)
    assert (held.state, held.attempts, held.due_at) == ("queued", 0, None)
    rest = NOW + timedelta(minutes=2)
    resting = begun().conclude(result("held", "timeout"), NOW, SCHEDULE, 0.0, resting_until=rest)
    assert (resting.due_at, resting.is_due(NOW), resting.is_due(rest)) == (rest, False, True)
    again = begun(attempts=3).conclude(result("held", "timeout"), NOW, SCHEDULE, 0.0)
    assert (again.state, again.attempts) == ("deferred", 3)


def test_an_account_that_stays_down_does_not_keep_messages_for_ever():
    held = begun().conclude(result("held", "dns"), NOW + 6 * DAY, SCHEDULE, 0.0)
    assert (held.state, held.reason) == ("refused", "expired")


def test_in_doubt_waits_for_a_person():
    doubt = begun().conclude(result("in_doubt", "dropped_after_data"), NOW, SCHEDULE, 0.0)
    assert (doubt.state, doubt.is_due(NOW + 100 * DAY)) == ("in_doubt", False)
    with pytest.raises(ValueError, match="is in_doubt cannot be begun"):
        doubt.begin(NOW)
    assert doubt.mark_sent(NOW).state == "sent"
    again = doubt.resend(NOW + DAY)
    assert (again.state, again.attempts, again.queued_at) == ("queued", 0, NOW + DAY)


def test_a_crash_in_the_middle_is_in_doubt():
    crashed = begun().recover(NOW + DAY)
    assert (crashed.state, crashed.reason, crashed.attempts) == ("in_doubt", "crashed", 1)


def test_what_arrived_is_not_sent_again():
    sent = begun().conclude(result("sent"), NOW, SCHEDULE, 0.0)
    with pytest.raises(ValueError, match="cannot be sent again"):
        sent.resend(NOW)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], "refused"),
        (["sent", "sent"], "sent"),
        (["sent", "refused"], "refused"),
        (["sent", "deferred"], "deferred"),
        (["refused", "in_doubt", "sent"], "in_doubt"),
        (["queued", "sent"], "queued"),
    ],
)
def test_one_state_for_the_whole_message(states, expected):
    rows = [Delivery("a@example.com", NOW, state=state) for state in states]
    assert summary(rows) == expected


@given(st.integers(1, 50), st.floats(0, 0.999), st.integers(0, 6 * 86400), st.floats(0, 90_000))
def test_the_schedule_never_goes_back_and_ends(attempts, random, age, asked):
    now = NOW + timedelta(seconds=age)
    due = SCHEDULE.next_attempt(attempts, NOW, now, random, asked)
    if age >= 5 * 86400:
        assert due is None
    else:
        assert due > now or age == 0
        assert due >= now + timedelta(seconds=asked)


class Life(RuleBasedStateMachine):
    """Whatever happens, in any order."""

    @initialize()
    def queue(self):
        self.row = Delivery("ann@example.com", queued_at=NOW)
        self.now = NOW
        self.handed_over = 0
        self.asked_for = 0

    @rule(hours=st.integers(0, 40))
    def wait(self, hours):
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.row.is_due(self.now))
    @rule()
    def begin(self):
        self.row = self.row.begin(self.now)

    @precondition(lambda self: self.row.state == life.SENDING)
    @rule(verdict=st.sampled_from(["sent", "refused", "deferred", "in_doubt", "held"]))
    def conclude(self, verdict):
        if verdict in ("sent", "in_doubt"):
            self.handed_over += 1
        self.row = self.row.conclude(result(verdict), self.now, SCHEDULE, 0.5)

    @precondition(lambda self: self.row.state == life.SENDING)
    @rule()
    def crash(self):
        self.handed_over += 1
        self.row = self.row.recover(self.now)

    @precondition(lambda self: self.row.state in ("refused", "in_doubt"))
    @rule()
    def person_sends_again(self):
        self.asked_for += 1
        self.row = self.row.resend(self.now)

    @invariant()
    def never_twice_unless_asked(self):
        assert self.handed_over <= 1 + self.asked_for

    @invariant()
    def settled_has_a_moment(self):
        assert (self.row.state in life.SETTLED) == (self.row.settled_at is not None)
        assert self.row.state in life.STATES
        assert self.row.attempts >= 0


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60)
