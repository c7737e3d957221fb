"""Accounts that rest, and rates that are kept."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_action_engine.core.health import DOWN_AFTER, Health
from smtp_mail_action.core.throttle import Rate, Throttle

NOW = datetime(2026, 1, 1)


def failed(times, **values):
    health, at = Health(), NOW
    for _ in range(times):
        health = health.after_failure(at, 0.0, "timeout", "no connection", **values)
        at = health.resting_until
    return health


def test_a_new_account_works():
    assert Health().state(NOW) == "working"
    assert Health().may_try(NOW)


def test_after_a_failure_it_rests_and_then_one_attempt_may_be_made():
    health = failed(1)
    assert health.resting_until == NOW + timedelta(minutes=1)
    assert (health.state(NOW), health.may_try(NOW)) == ("resting", False)
    later = NOW + timedelta(minutes=1)
    assert (health.state(later), health.may_try(later)) == ("working", True)


def test_after_several_failures_it_is_down_until_it_works():
    health = failed(DOWN_AFTER)
    assert health.state(health.resting_until) == "down"
    assert health.may_try(health.resting_until)
    assert health.failing_since == NOW
    assert health.after_success() == Health()


def test_rests_grow_to_half_an_hour():
    rests, at, health = [], NOW, Health()
    for _ in range(8):
        health = health.after_failure(at, 0.0, "dns")
        rests.append((health.resting_until - at).total_seconds() / 60)
        at = health.resting_until
    assert rests == [1, 2, 4, 8, 16, 30, 30, 30]


def test_what_only_a_person_can_mend_shows_at_once_and_rests_longer():
    health = Health().after_failure(NOW, 0.0, "auth_failed", "535 No", alarm=True)
    assert health.state(NOW) == "down"
    assert health.resting_until == NOW + timedelta(minutes=15)


def test_the_server_may_ask_for_more():
    health = Health().after_failure(NOW, 0.0, "busy", retry_after=3600)
    assert health.resting_until == NOW + timedelta(hours=1)


# Rates


def test_messages_are_spread_over_the_time():
    throttle = Throttle(Rate(60))
    assert [throttle.reserve([], now) for now in (0.0, 0.0, 1.0, 1.5)] == [0, 1, 0, 0.5]


def test_a_burst_after_a_pause():
    throttle = Throttle(Rate(60, burst=3))
    assert [throttle.reserve([], 100.0) for _ in range(4)] == [0, 0, 0, 1]
    assert throttle.reserve([], 103.0) == 0


def test_domains_have_rates_of_their_own():
    throttle = Throttle(domains={"slow.example": Rate(1), "*": Rate(2)})
    assert throttle.reserve(["SLOW.example"], 0.0) == 0
    assert throttle.reserve(["slow.example"], 0.0) == 60
    assert throttle.reserve(["a.example"], 0.0) == 0
    assert throttle.reserve(["b.example"], 0.0) == 0
    assert throttle.reserve(["a.example"], 0.0) == 30


def test_waiting_for_one_takes_nothing_from_the_others():
    throttle = Throttle(Rate(60), {"slow.example": Rate(1)})
    throttle.reserve(["slow.example"], 0.0)
    assert throttle.reserve(["slow.example"], 30.0) == 30
    assert throttle.reserve(["fast.example"], 30.0) == 0


def test_buckets_go_on_in_the_next_run():
    first = Throttle(Rate(1))
    first.reserve([], 0.0)
    second = Throttle(Rate(1), full_at=dict(first.full_at))
    assert second.reserve([], 10.0) == 50
    second.forget_full(30.0)
    assert second.full_at
    second.forget_full(60.0)
    assert not second.full_at


@pytest.mark.parametrize("values", [(0,), (1, 0), (1, 60, 0)])
def test_rates_that_would_never_end_are_refused(values):
    with pytest.raises(ValueError, match="above 0"):
        Rate(*values)


@given(st.floats(1, 100), st.integers(1, 5), st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_no_window_holds_more_than_the_rate_and_its_burst(count, burst, gaps):
    rate = Rate(count, per_seconds=10, burst=burst)
    throttle, now, left = Throttle(rate), 0.0, []
    for gap in gaps:
        now += gap
        if throttle.reserve([], now) == 0:
            left.append(now)
    for start in left:
        inside = [at for at in left if start <= at < start + 10]
        assert len(inside) <= count + burst + 1e-6
