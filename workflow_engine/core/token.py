"""A token in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .constants import ACTIVE, BLOCKED, ERROR
from .rows import TokenRow

if TYPE_CHECKING:
    from .case import Case
    from .graph import Node


class Token:
    """One visit of a token to an activity; moving on makes another object."""

    __slots__ = ("alive", "case", "child", "id", "node", "number", "state")

    def __init__(
        self,
        case: Case,
        node: Node,
        token_id: int,
        number: int,
        state: str = ACTIVE,
        child: int | None = None,
    ) -> None:
        self.case = case
        self.id = token_id
        self.node = node
        self.state = state
        self.number = number
        self.child = child
        self.alive = True

    def become(self, state: str) -> None:
        """Change the state; trouble ends with the state that stood for it."""
        case = self.case
        if self.state in (ERROR, BLOCKED) and state != self.state:
            case.world.notes.resolve(self)
        self.state = state
        case.world.dirty[case] = None

    def wait_for(self, child: Case | None) -> None:
        """Wait for another instance, or for none."""
        self.child = None if child is None else child.id
        if child is not None:
            child.parents.add(self.case.id)
            child.linked = True
            child.touch()
        self.case.touch()

    @property
    def waits(self) -> bool:
        """Whether timers and triggers may still move it."""
        case = self.case
        return self.alive and (case.state == ACTIVE or not case.graph.rules.clears_marks)

    def row(self) -> TokenRow:
        """Return the token as it is stored."""
        return TokenRow(
            self.id, self.case.id, self.node.activity.id, self.state, self.number, self.child
        )
