"""From one instance to others: those that wait for it, and those it waits for."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

from ..case import Case
from ..constants import ACTIVE, CANCELLED, STUCK
from ..events import Actor
from ..rows import CANCEL
from ..token import Token
from .ask import LOAD, TURN, Ask, Deliver, Frame, Step
from .inner import Inner
from .strand import Strand


def tell(strand: Strand, case: Case, event: Inner, actor: Actor) -> Generator[Step, Any, None]:
    """Bring an event to every instance that waits, one after the other, the oldest first."""
    for parent in (yield from parents(strand, case)):
        if parent.waiting_on(case):
            yield Deliver(parent, event, actor)


def parents(strand: Strand, case: Case) -> Generator[Step, Any, list[Case]]:
    """Return the instances that may wait for one, the oldest first."""
    found = []
    for parent_id in sorted(case.parents):
        parent = yield from load(strand, parent_id)
        if parent is not None:
            found.append(parent)
    for parent in found:
        yield from take_turn(strand, parent)
    return found


def load(strand: Strand, case_id: int) -> Generator[Step, Any, Case | None]:
    """Return another instance, None if it does not exist any more."""
    if not strand.world.knows(case_id):
        yield Ask(LOAD, case_id)
    return strand.world.case(case_id)


def take_turn(strand: Strand, case: Case) -> Generator[Step, Any, None]:
    """Wait until no earlier event can reach another instance any more."""
    if case is not strand.case:
        yield Ask(TURN, case=case)


def cancel_children(
    strand: Strand, case: Case, removed: Iterable[Token], actor: Actor
) -> Generator[Step, Any, None]:
    """R8: cancel the instances that only removed tokens waited for, and those below them."""
    for child_id in [token.child for token in removed if token.child is not None]:
        child = yield from load(strand, child_id)
        if child is None:
            continue
        if not case.waiting_on(child):
            child.parents.discard(case.id)
        if not child.parents and child.state in (ACTIVE, STUCK):
            yield _cancel(strand, child, actor)


def _cancel(strand: Strand, case: Case, actor: Actor) -> Frame:
    case.world.log(CANCEL, case, actor.uid)
    tokens = list(case.tokens.values())
    case.clear()
    case.state = CANCELLED
    yield from cancel_children(strand, case, tokens, actor)
