"""What has to be told beside rows that differ: timers, triggers, state values, trouble, the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .changes import Changes
from .rows import LogRow, Trouble, Visit

if TYPE_CHECKING:
    from .case import Case
    from .definition import Transition
    from .graph import Node
    from .token import Token


class Notes:
    """Collected since the changes were taken last."""

    __slots__ = (
        "armed", "deleted", "disarmed", "entered", "log", "resolved", "troubles", "unwatched",
        "watched",
    )  # fmt: skip

    def __init__(self) -> None:
        self.log: list[LogRow] = []
        self.entered: dict[Case, int] = {}
        self.armed: list[tuple[Token, int]] = []
        self.disarmed: dict[int, None] = {}
        self.watched: dict[tuple[Token, int], None] = {}
        self.unwatched: dict[int, None] = {}
        self.resolved: dict[int, None] = {}
        self.troubles: list[tuple[Case, Token | None, int | None, str, object]] = []
        self.deleted: list[int] = []

    def copy(self) -> Notes:  # pylint: disable=method-required-super; no record
        """Return an independent copy."""
        other = Notes()
        for name in self.__slots__:
            setattr(other, name, getattr(self, name).copy())
        return other

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)

    def absorb(self, later: Notes) -> None:
        """Add what was noted later."""
        for name in self.__slots__:
            own = getattr(self, name)
            (own.extend if isinstance(own, list) else own.update)(getattr(later, name))

    def enter(self, case: Case, node: Node) -> None:
        """The record's state is that of the activity entered last."""
        self.entered[case] = node.activity.id

    def rest(self, token: Token, *, fresh: bool, refresh: bool) -> None:
        """A token does not leave: watch what could let it go (2.9), and at first arm its timers.

        :param fresh: it has just executed its activity
        :param refresh: R15: watch anew each time
        """
        if fresh or refresh:
            for edge in token.node.watches:
                self.watched[token, edge.id] = None
        if fresh:
            self.armed += [(token, edge.id) for edge in token.node.timers]

    def leave(self, token: Token) -> None:
        """A token goes, and what waits with it; one that was never stored has nothing stored."""
        if token.id not in token.case.saved_tokens:
            return
        if token.node.watches:
            self.unwatched[token.id] = None
        if token.node.timers:
            self.disarmed[token.id] = None

    def resolve(self, token: Token) -> None:
        """The trouble of a token is over."""
        if token.id in token.case.saved_tokens:
            self.resolved[token.id] = None

    def trouble(
        self, case: Case, token: Token | None, edge: Transition | None, text: str, data: object
    ) -> None:
        """Something failed and waits for a person."""
        self.troubles.append((case, token, None if edge is None else edge.id, text, data))

    def fill(self, changes: Changes) -> None:
        """Move everything into ``changes``; what concerns tokens that are gone is left out."""
        changes.log = self.log
        changes.instances_deleted = self.deleted
        for case, activity in self.entered.items():
            changes.states.setdefault(activity, []).append(case.id)
        for token, edge in self.watched:
            if token.waits:
                changes.watched.setdefault(edge, []).append((token.case.id, token.id))
        changes.armed = [
            Visit(token.id, token.number, token.case.id, edge)
            for token, edge in self.armed
            if token.waits
        ]
        changes.unwatched = list(self.unwatched)
        changes.disarmed = list(self.disarmed)
        changes.resolved = list(self.resolved)
        changes.troubles = [
            Trouble(
                case.id,
                None if token is None else token.id,
                None if token is None else token.node.activity.id,
                edge,
                text,
                data,
            )
            for case, token, edge, text, data in self.troubles
            if token is None or token.alive
        ]
