"""How often a rule may fire: limits per record, per period and per key, and how deep in a chain.

Decisions only. What has been is handed in, what follows is handed out; the caller reads and stores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo.addons.server_action_engine.core.errors import LoopGuardError

#: Units of periods in seconds.
UNIT_SECONDS = {"minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
#: Rules that start each other deeper than this are a loop, unless a rule says otherwise. Less than
#: what the engine allows for actions, so that an error of a chain of rules names rules.
DEFAULT_MAX_CHAIN_DEPTH = 30

PER_RECORD = "per_record"
COOLDOWN = "cooldown"
SAME_KEY = "same_key"
PER_PERIOD = "per_period"


def period(number: int, unit: str) -> timedelta:
    """Return the length of ``number`` units; zero if there is none."""
    return timedelta(seconds=max(0, number) * UNIT_SECONDS[unit])


@dataclass(frozen=True, slots=True)
class Limits:
    """What a rule allows itself. Zero, empty and None mean "not limited"."""

    per_record: int = 0
    """Firings one record may cause, ever."""
    cooldown: timedelta = timedelta()
    """Time that has to pass between two firings on one record."""
    has_key: bool = False
    """Whether firings are told apart by a key: one for each."""
    key_period: timedelta | None = None
    """Time after which a key may be used again; None for never."""
    per_period: int = 0
    """Firings of the rule within :attr:`period`."""
    period: timedelta = timedelta()

    @property
    def remembers_records(self) -> bool:
        """Whether it has to be kept on which records the rule fired."""
        return bool(self.per_record or self.cooldown)


@dataclass(frozen=True, slots=True)
class Past:
    """The firings on one record, or with one key."""

    count: int
    last: datetime


@dataclass
class Admission:
    """On which records a rule may fire now."""

    admitted: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    """Record id → which limit said no."""
    keys: list[str] = field(default_factory=list)
    """Keys used up by the admitted records."""


def admit(
    candidates: Sequence[tuple[int, str | None]],
    limits: Limits,
    records: Mapping[int, Past],
    keys: Mapping[str, datetime],
    now: datetime,
) -> Admission:
    """Decide on which of ``candidates`` a rule may fire; the period is not asked (:func:`cut`).

    :param candidates: (record id, key or None) in the order they shall have the chance
    :param records: past firings by record
    :param keys: last firing by key
    """
    result = Admission()
    used = dict(keys)
    # A record may have been named twice: it is one candidate, and counts once.
    for record_id, key in dict(candidates).items():
        reason = _refusal(limits, records.get(record_id), used.get(key) if key else None, now)
        if reason is not None:
            result.refused[record_id] = reason
            continue
        result.admitted.append(record_id)
        if key:
            used[key] = now
            result.keys.append(key)
    return result


def cut(found: Admission, candidates: Sequence[tuple[int, str | None]], room: int) -> Admission:
    """Admit only the first ``room`` records, because the period has no room for more."""
    admitted = found.admitted[:room]
    refused = {**found.refused, **dict.fromkeys(found.admitted[room:], PER_PERIOD)}
    keys = dict(candidates)
    return Admission(admitted, refused, [key for one in admitted if (key := keys[one])])


def _refusal(
    limits: Limits, past: Past | None, key_used: datetime | None, now: datetime
) -> str | None:
    if past is not None:
        if limits.per_record and past.count >= limits.per_record:
            return PER_RECORD
        if limits.cooldown and now - past.last < limits.cooldown:
            return COOLDOWN
    if key_used is not None and (limits.key_period is None or now - key_used < limits.key_period):
        return SAME_KEY
    return None


class RuleChain:
    """The rules that are running, each started by what the one before it did."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def __len__(self) -> int:
        return len(self._names)

    def enter(self, name: str, max_depth: int = 0) -> None:
        """Add a rule.

        :param max_depth: how many rules may run inside each other; 0 for the default
        :raises LoopGuardError: they are too many; the chain is then as it was
        """
        if len(self._names) >= (max_depth or DEFAULT_MAX_CHAIN_DEPTH):
            raise LoopGuardError(
                loop_message([*self._names, name], max_depth or DEFAULT_MAX_CHAIN_DEPTH),
                [*self._names, name],
            )
        self._names.append(name)

    def leave(self) -> None:
        """Remove the rule that was added last."""
        self._names.pop()


def loop_message(names: Iterable[str], max_depth: int) -> str:
    """Return what a user is told about rules that start each other without end."""
    names = list(names)
    shown = names if len(names) <= 12 else [*names[:6], "…", *names[-5:]]
    return (
        f"Automation rules start each other without end: more than {max_depth} inside each other. "
        f"The chain is: {' → '.join(shown)}. "
        "Add a filter that stops the chain, or limit a rule to the fields it watches."
    )
