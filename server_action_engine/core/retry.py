"""When a failed task is tried again, and when it is given up."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import ConfigurationError, ExpressionError, PermanentError, TransientError

#: Share of a delay that is left to chance, so that tasks that failed together do not come back
#: together. 25 % spreads the herd and keeps the delay an author configured recognisable.
JITTER = 0.25

TRANSIENT = "transient"
PERMANENT = "permanent"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class RetryPolicy:
    """How often and after which delays a failing task runs again."""

    max_attempts: int = 1
    """Attempts in all, the first one included. Default 1: no retry."""
    delay_seconds: float = 60.0
    """Delay between the first failure and the second attempt."""
    factor: float = 2.0
    """Each further delay is this many times longer."""
    max_delay_seconds: float = 3600.0
    """No delay is longer than this; 0 means no limit."""

    def delay(self, attempt: int, random: float) -> float:
        """Return the seconds to wait after the failure of an attempt.

        :param attempt: number of the attempt that failed, counted from 1
        :param random: a number in [0, 1): takes up to :data:`JITTER` off the delay
        :raises ValueError: if ``attempt`` is smaller than 1
        """
        if attempt < 1:
            raise ValueError(f"attempts are counted from 1, not {attempt}")
        limit = self.max_delay_seconds or float("inf")
        try:
            raw = min(self.delay_seconds * self.factor ** (attempt - 1), limit)
        except OverflowError:
            raw = limit
        return raw * (1.0 - JITTER * random)

    def next_delay(
        self, attempt: int, exc: BaseException, random: float, transient: RetryPolicy
    ) -> float | None:
        """Decide about the task whose ``attempt`` ended with ``exc``.

        :param transient: policy for failures that are expected to go away, used where it is
            more patient than this one
        :returns: seconds until the next attempt, None to give the task up
        """
        fate = fate_of(exc)
        if fate == PERMANENT:
            return None
        policy = self
        if fate == TRANSIENT and transient.max_attempts > self.max_attempts:
            policy = transient
        if attempt >= policy.max_attempts:
            return None
        return max(policy.delay(attempt, random), _retry_after(exc) or 0.0)


#: For failures that are expected to go away, where the author asked for no retries at all.
TRANSIENT_POLICY = RetryPolicy(max_attempts=5, delay_seconds=60.0)


def fate_of(exc: BaseException) -> str:
    """Tell whether trying again can help: ``transient``, ``permanent`` or ``unknown``.

    Looks through explicit causes, because the engine wraps errors for the people who read them.
    An expression that failed says nothing by itself: what counts is the error below it.
    """
    current: BaseException | None = exc
    while current is not None:
        if isinstance(current, TransientError | ConnectionError | TimeoutError):
            return TRANSIENT
        if isinstance(current, PermanentError):
            return PERMANENT
        if isinstance(current, ConfigurationError) and not isinstance(current, ExpressionError):
            return PERMANENT
        current = current.__cause__
    return UNKNOWN


def _retry_after(exc: BaseException) -> float | None:
    current: BaseException | None = exc
    while current is not None:
        if isinstance(current, TransientError):
            return current.retry_after
        current = current.__cause__
    return None
