"""An instance in memory. Whatever differs from its saved rows is what has to be stored."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .constants import BLOCKED, COMPLETE, ERROR
from .graph import Graph, Node
from .rows import InstanceRow, TokenRow
from .token import Token

if TYPE_CHECKING:
    from .events import Actor
    from .semantics.inner import Inner
    from .world import World


class Case:
    """One instance."""

    __slots__ = (
        "busy", "epoch", "gone", "graph", "id", "linked", "marks", "number", "parents", "queue",
        "res_id", "res_type", "results", "saved", "saved_marks", "saved_tokens", "state",
        "tokens", "uid", "world",
    )  # fmt: skip

    def __init__(self, world: World, graph: Graph, row: InstanceRow) -> None:
        self.world = world
        self.graph = graph
        self.id = row.id
        self.res_type = row.res_type
        self.res_id = row.res_id
        self.uid = row.uid
        self.state = row.state
        self.results = row.results
        self.number = row.number
        self.tokens: dict[int, Token] = {}
        """By number, so the oldest first."""
        self.marks: dict[int, int] = {}
        self.parents: set[int] = set()
        self.linked = False
        """Whether somebody has begun to wait for it since it was stored."""
        self.queue: deque[tuple[Inner, Actor]] = deque()
        """R3: what happened while it was busy."""
        self.busy = 0
        """Events being handled on it right now."""
        self.epoch = 0
        """Counts stopalls and jumps: branches that are open then have ended."""
        self.gone = False
        """Whether the instance has been deleted."""
        self.saved: InstanceRow | None = None
        self.saved_tokens: dict[int, TokenRow] = {}
        self.saved_marks: dict[int, int] = {}

    def touch(self) -> None:
        """Remember that it may differ from what is stored."""
        self.world.dirty[self] = None

    def add(self, node: Node, heir_of: Token | None = None) -> Token:
        """Let a token arrive. It takes over the row of the one that left, if nobody has yet."""
        self.number += 1
        token_id = self._free_row(heir_of) if heir_of is not None else None
        if token_id is None:
            token_id = self.world.provisional_id()
        token = self.tokens[self.number] = Token(self, node, token_id, self.number)
        if node.activity.state_value:
            self.world.notes.enter(self, node)
        self.touch()
        return token

    def _free_row(self, left: Token) -> int | None:
        if left.id not in self.saved_tokens:
            return None
        if any(token.id == left.id for token in self.tokens.values()):
            return None
        return left.id

    def remove(self, token: Token) -> None:
        """Take a token away, with its timers and triggers. One that is gone stays gone."""
        if not token.alive:
            return
        if token.state in (ERROR, BLOCKED):
            self.world.notes.resolve(token)
        self.world.notes.leave(token)
        token.alive = False
        del self.tokens[token.number]
        self.touch()

    def clear(self) -> None:
        """Remove all tokens and marks, and end the branches that are open (R8)."""
        for token in list(self.tokens.values()):
            self.remove(token)
        self.end_branches()

    def end_branches(self) -> None:
        """Forget what joins wait for, and transitions whose tokens have not arrived yet."""
        self.epoch += 1
        self.marks = {}
        self.touch()

    def finish(self, results: tuple[str, ...]) -> None:
        """Become complete. R8 (B9): nothing that waited stays behind."""
        self.state, self.results = COMPLETE, results
        self.touch()
        if self.graph.rules.clears_marks:
            self.end_branches()
            for token in self.tokens.values():
                self.world.notes.leave(token)

    def mark(self, transition: int) -> None:
        """Count a crossing."""
        self.marks[transition] = self.marks.get(transition, 0) + 1
        self.touch()

    def unmark(self, transition: int, *, one: bool = False) -> None:
        """Forget the crossings of a transition, or one of them."""
        left = self.marks.pop(transition, 0) - 1
        if one and left > 0:
            self.marks[transition] = left
        self.touch()

    def waiting_on(self, child: Case) -> list[Token]:
        """Return the tokens that wait for another instance."""
        return [token for token in self.tokens.values() if token.child == child.id]
