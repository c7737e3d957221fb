"""How many parts a gateway may get per second."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Throttle:
    """A bucket of tokens, one per part. The clock is the caller's: any steady count of seconds."""

    per_second: float
    """Parts per second; 0 means no limit."""
    burst: float = 1.0
    """Parts that may go at once after a pause."""
    _tokens: float = 0.0
    _at: float | None = None
    _blocked_until: float = float("-inf")

    def wait(self, now: float, parts: int = 1) -> float:
        """Return the seconds to wait before so many parts may go; 0: now."""
        blocked = max(0.0, self._blocked_until - now)
        if self.per_second <= 0:
            return blocked
        self._fill(now)
        # More parts than the bucket holds go when it is full, and leave a debt.
        missing = min(float(parts), max(self.burst, 1.0)) - self._tokens
        # A nanosecond is lost to rounding, and must not become a wait that never ends.
        return max(blocked, missing / self.per_second if missing > 1e-9 else 0.0)

    def take(self, now: float, parts: int = 1) -> None:
        """Count parts as sent."""
        if self.per_second > 0:
            self._fill(now)
            self._tokens -= parts

    def block(self, until: float) -> None:
        """Send nothing before that moment: the gateway said it is too much."""
        self._blocked_until = max(self._blocked_until, until)

    def _fill(self, now: float) -> None:
        full = max(self.burst, 1.0)
        if self._at is None:
            self._tokens = full
        else:
            gained = max(0.0, now - self._at) * self.per_second
            self._tokens = min(full, self._tokens + gained)
        self._at = now
