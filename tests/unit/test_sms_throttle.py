"""Parts per second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_action.core.throttle import Throttle


def run(throttle, parts, until):
    """Send as fast as allowed; return the moments."""
    now, sent = 0.0, []
    while True:
        now += throttle.wait(now, parts)
        if now > until:
            return sent
        throttle.take(now, parts)
        sent.append(now)


def test_the_rate_is_kept_over_time():
    assert len(run(Throttle(10.0), 1, 9.99)) == 100
    assert len(run(Throttle(10.0, burst=5), 1, 9.99)) == pytest.approx(104, abs=1)


def test_long_messages_count_as_what_they_cost():
    assert len(run(Throttle(10.0), 5, 9.99)) == pytest.approx(20, abs=1)


def test_without_a_rate_nothing_waits():
    assert Throttle(0).wait(5.0, 100) == 0


def test_a_gateway_that_asks_for_a_pause_gets_it():
    throttle = Throttle(0)
    throttle.block(7.0)
    throttle.block(6.0)
    assert throttle.wait(5.0) == 2.0
    assert throttle.wait(7.0) == 0


@given(st.floats(0.1, 1000), st.floats(0.01, 50), st.integers(1, 12), st.floats(0.0, 1e6))
def test_a_wait_is_long_enough(rate, burst, parts, start):
    """Whoever waits as told need not wait again, however numbers are rounded."""
    throttle = Throttle(rate, burst)
    now = start
    for _index in range(20):
        wait = throttle.wait(now, parts)
        assert 0 <= wait <= (parts + burst) / rate + 1
        now += wait
        assert throttle.wait(now, parts) < 1e-3
        throttle.take(now, parts)
