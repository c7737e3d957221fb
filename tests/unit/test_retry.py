"""Retry policies: delays, limits, and which errors are worth another attempt."""

import pytest

from server_action_engine.core.errors import (
    BudgetExceededError,
    ConfigurationError,
    ExpressionError,
    PermanentError,
    TransientError,
)
from server_action_engine.core.retry import (
    JITTER,
    PERMANENT,
    TRANSIENT,
    TRANSIENT_POLICY,
    UNKNOWN,
    RetryPolicy,
    fate_of,
)


def caused_by(outer, cause):
    outer.__cause__ = cause
    return outer


@pytest.mark.parametrize(("attempt", "expected"), [(1, 10), (2, 30), (3, 90), (4, 100), (9, 100)])
def test_delays_grow_by_the_factor_up_to_the_limit(attempt, expected):
    policy = RetryPolicy(max_attempts=10, delay_seconds=10, factor=3, max_delay_seconds=100)
    assert policy.delay(attempt, 0.0) == expected


def test_without_a_limit_delays_keep_growing():
    policy = RetryPolicy(delay_seconds=1, factor=2, max_delay_seconds=0)
    assert policy.delay(11, 0.0) == 1024


def test_a_delay_beyond_all_numbers_is_the_limit():
    policy = RetryPolicy(delay_seconds=60, factor=10, max_delay_seconds=3600)
    assert policy.delay(100_000, 0.0) == 3600


def test_chance_shortens_a_delay_by_at_most_the_jitter():
    policy = RetryPolicy(delay_seconds=100)
    assert policy.delay(1, 0.0) == 100
    assert policy.delay(1, 0.5) == pytest.approx(100 * (1 - JITTER / 2))
    assert policy.delay(1, 0.999) > 100 * (1 - JITTER)


def test_attempts_are_counted_from_one():
    with pytest.raises(ValueError, match="not 0"):
        RetryPolicy().delay(0, 0.0)


@pytest.mark.parametrize(
    ("exc", "fate"),
    [
        (TransientError(), TRANSIENT),
        (ConnectionResetError(), TRANSIENT),
        (TimeoutError(), TRANSIENT),
        (PermanentError(), PERMANENT),
        (BudgetExceededError(), PERMANENT),
        (ConfigurationError(), PERMANENT),
        (KeyError("x"), UNKNOWN),
        (ExpressionError(), UNKNOWN),
        (caused_by(ExpressionError(), TransientError()), TRANSIENT),
        (caused_by(ExpressionError(), KeyError("x")), UNKNOWN),
        (caused_by(ValueError(), ConfigurationError()), PERMANENT),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_the_error_says_whether_trying_again_helps(exc, fate):
    assert fate_of(exc) == fate


def test_unknown_errors_are_retried_as_often_as_the_policy_says():
    policy = RetryPolicy(max_attempts=3, delay_seconds=10, factor=1)
    delays = [policy.next_delay(at, KeyError("x"), 0.0, TRANSIENT_POLICY) for at in (1, 2, 3)]
    assert delays == [10, 10, None]


def test_permanent_errors_are_never_retried():
    policy = RetryPolicy(max_attempts=3)
    assert policy.next_delay(1, PermanentError(), 0.0, TRANSIENT_POLICY) is None


def test_transient_errors_are_retried_even_without_a_policy():
    assert RetryPolicy().next_delay(1, KeyError("x"), 0.0, TRANSIENT_POLICY) is None
    assert RetryPolicy().next_delay(1, TransientError(), 0.0, TRANSIENT_POLICY) == 60
    assert RetryPolicy().next_delay(5, TransientError(), 0.0, TRANSIENT_POLICY) is None


def test_a_delay_the_other_side_asks_for_is_respected():
    policy = RetryPolicy(max_attempts=5, delay_seconds=10)
    asked = caused_by(ExpressionError(), TransientError("busy", retry_after=500))
    assert policy.next_delay(1, asked, 0.0, TRANSIENT_POLICY) == 500
    assert policy.next_delay(1, TransientError(retry_after=1), 0.0, TRANSIENT_POLICY) == 10
