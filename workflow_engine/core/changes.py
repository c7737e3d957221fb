"""What to store, as net differences: a token created and consumed in between leaves only its log.

Store in this order: instances (deleted, created, updated), tokens (deleted, updated, created),
marks, ``unwatched``, ``disarmed``, ``resolved``, then the rest. Rows may refer by provisional id
to rows of the same changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .rows import InstanceRow, LogRow, Mark, TokenRow, Trouble, Visit


@dataclass(slots=True)
class Changes:
    """Rows to write, each list by one statement."""

    instances_created: list[InstanceRow] = field(default_factory=list)
    instances_updated: list[InstanceRow] = field(default_factory=list)
    """State, results or number differ."""
    instances_touched: list[int] = field(default_factory=list)
    """No column differs, but what the instance decides does not hang on one token alone: whoever
    has read its tokens before must not get its lock as if nothing had happened."""
    instances_awaited: list[int] = field(default_factory=list)
    """Others wait for them from now on, so their parents are worth reading. Also a touch."""
    instances_deleted: list[int] = field(default_factory=list)
    """With everything that belongs to them."""
    tokens_created: list[TokenRow] = field(default_factory=list)
    tokens_updated: list[TokenRow] = field(default_factory=list)
    """Including tokens that moved: the id stays, activity and number differ."""
    tokens_deleted: list[int] = field(default_factory=list)
    marks_set: list[Mark] = field(default_factory=list)
    """Insert, or replace the count."""
    marks_cleared: list[tuple[int, int]] = field(default_factory=list)
    """(instance, transition)."""
    unwatched: list[int] = field(default_factory=list)
    """Tokens whose trigger rows go."""
    watched: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """Transition → [(instance, token)]: evaluate its trigger expression, replace the rows (2.9)."""
    disarmed: list[int] = field(default_factory=list)
    """Tokens whose timers go, all of them."""
    armed: list[Visit] = field(default_factory=list)
    """Timers to set; the event :class:`~.events.Due` brings the same four values back."""
    states: dict[int, list[int]] = field(default_factory=dict)
    """Activity → instances whose record gets the activity's state value."""
    resolved: list[int] = field(default_factory=list)
    """Tokens whose open incidents are over."""
    troubles: list[Trouble] = field(default_factory=list)
    log: list[LogRow] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)
