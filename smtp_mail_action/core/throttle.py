"""How fast messages may leave: per account and per domain of the recipient.

A token bucket kept as one number, the moment at which the bucket would be full again (GCRA, the
“generic cell rate algorithm” of ITU-T I.371): easy to store and to hand on to the next run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .addresses import ascii_host
from .headers import printable

ACCOUNT = ""
"""Name of the bucket of the account itself; domains name the others."""
#: Seconds that are no wait: sums of fractions are never exact.
_SOON = 1e-6


@dataclass(frozen=True)
class Rate:
    """So many messages in so many seconds."""

    count: float
    """Messages; greater than 0."""
    per_seconds: float = 60.0
    """Span they are allowed in. Default: a minute."""
    burst: int = 1
    """Messages that may leave at once after a pause. Default 1: evenly spread."""

    def __post_init__(self) -> None:
        if self.count <= 0 or self.per_seconds <= 0 or self.burst < 1:
            raise ValueError("a rate needs a count and seconds above 0, and a burst of at least 1")

    @property
    def interval(self) -> float:
        """Seconds between two messages at full speed."""
        return self.per_seconds / self.count

    def wait(self, full_at: float, now: float) -> float:
        """Return the seconds until the next message is allowed, 0 for now."""
        allowed = max(full_at, now) - (self.burst - 1) * self.interval
        return max(0.0, allowed - now)

    def take(self, full_at: float, now: float) -> float:
        """Return the bucket after a message left."""
        return max(full_at, now) + self.interval


@dataclass
class Throttle:
    """The buckets of one account. Times are seconds of any clock that never goes back."""

    account: Rate | None = None
    """Limit of the account as a whole."""
    domains: Mapping[str, Rate] = field(default_factory=dict)
    """Limit per domain of recipients; ``*`` is for each domain that is not named."""
    full_at: dict[str, float] = field(default_factory=dict)
    """The buckets; to be stored and given back where a rate holds from one run to the next."""

    def reserve(self, domains: Iterable[str], now: float) -> float:
        """Take a place for a message, or say how long to wait for one.

        :param domains: those of its recipients
        :returns: 0.0 and the place is taken; or seconds, and nothing was taken
        """
        rates = {name: rate for name, rate in self._rates(domains) if rate}
        waits = [rate.wait(self.full_at.get(name, 0.0), now) for name, rate in rates.items()]
        longest = max(waits, default=0.0)
        if longest < _SOON:
            for name, rate in rates.items():
                self.full_at[name] = rate.take(self.full_at.get(name, 0.0), now)
            return 0.0
        return longest

    def forget_full(self, now: float) -> None:
        """Drop the buckets that are full: they say nothing any more."""
        self.full_at = {name: at for name, at in self.full_at.items() if at > now}

    def _rates(self, domains: Iterable[str]) -> Iterable[tuple[str, Rate | None]]:
        yield ACCOUNT, self.account
        for domain in {domain.lower() for domain in domains}:
            yield domain, self.domains.get(domain) or self.domains.get("*")


def parse_rates(text: str) -> dict[str, Rate]:
    """Return domain → rate of lines such as ``gmail.com 20``: so many messages a minute.

    Empty lines and everything after ``#`` count for nothing; ``*`` is each domain not named.

    :raises ValueError: with the line that cannot be read
    """
    rates = {}
    for line in text.splitlines():
        words = line.partition("#")[0].replace("=", " ").replace(":", " ").split()
        if not words:
            continue
        try:
            domain, number = words
            count = float(number)
            if not 0 < count < float("inf"):
                raise ValueError
            rates[ascii_host(domain.lower())] = Rate(count)
        except ValueError:
            raise ValueError(printable(line.strip())) from None
    return rates
