"""What the semantics yield: questions, events for other instances, and other generators.

The semantics are generators. An :class:`Ask` is answered by the caller of the core – the scheduler
merges equal ones of many strands into one request. A :class:`Deliver` and a generator are run to
their end first: depth lies on the strand's stack, never on Python's (R2, B10).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..case import Case
from ..constants import BLOCKED, COMPLETE, ERROR, INCIDENT
from ..definition import Transition
from ..errors import ActivityError, TransitionError, WorkflowError
from ..events import Actor
from ..questions import Failure
from ..rows import FAILED
from ..token import Token
from .inner import Inner

CONDITION = "condition"
ROLE = "role"
ACTION = "action"
CHILD = "child"
LOAD = "load"
TURN = "turn"
"""Not asked of anybody: wait until no earlier event may need the instance."""


@dataclass(slots=True)
class Ask:
    """One question about one instance."""

    kind: str
    key: int = 0
    """Of the transition or activity; of the instance to load."""
    case: Case | None = None
    token: Token | None = None
    actor: Actor | None = None


@dataclass(slots=True)
class Deliver:
    """Bring an event to an instance."""

    case: Case
    event: Inner
    actor: Actor
    inside: bool = False
    """The instance is at rest between two parts of its own work (R3)."""


Step: TypeAlias = "Ask | Deliver | Frame"
Frame: TypeAlias = Generator[Step, Any, None]


def ask(kind: str, key: int, token: Token, actor: Actor) -> Ask:
    """Return a question about a token."""
    return Ask(kind, key, token.case, token, actor)


def fail(token: Token, actor: Actor, failure: Failure, edge: Transition | None = None) -> None:
    """Park a token whose activity or way out failed, if its activity's policy is to.

    A token that waits for a child or is parked already keeps its state.

    :raises WorkflowError: the policy is to raise
    """
    case, activity = token.case, token.node.activity
    if activity.on_error != INCIDENT:
        error: type[WorkflowError] = ActivityError if edge is None else TransitionError
        raise error(failure.message, case.graph.place(edge or activity), case.id)
    park(token, actor, failure, edge)


def park(token: Token, actor: Actor, failure: Failure, edge: Transition | None = None) -> None:
    """Let a person see that something failed; the token stays where it is."""
    case = token.case
    crossing = None if edge is None else edge.id
    case.world.log(FAILED, case, actor.uid, token, crossing, detail=failure.message)
    known = token.state == BLOCKED
    if edge is None:
        token.become(ERROR)
    elif token.state == COMPLETE:
        token.become(BLOCKED)
    if not known:
        case.world.notes.trouble(case, token, edge, failure.message, failure.data)
