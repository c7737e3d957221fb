"""Timers, retries, and what administrators and the life of the record do to an instance."""

from __future__ import annotations

from typing import Any

from ..case import Case
from ..constants import (
    ACTIVE,
    BLOCKED,
    BUSY,
    COMPLETE,
    CONDITION,
    ERROR,
    NO_INSTANCE,
    NO_TOKEN,
)
from ..events import Actor, Delete, Due, Jump, Redirect, Refusal, Retry
from ..rows import DELETE, JUMP, KILL, REDIRECT, REFUSED, RETRY
from ..token import Token
from .ask import Deliver, Frame
from .inner import ChildDeleted, ChildDone, Inner
from .others import cancel_children, load, parents, take_turn, tell
from .process import arrive, cross, leave, process
from .pulse import JUMPED, STEP, TIMER, Pulse
from .split import passes
from .strand import Strand


def refuse(strand: Strand, case: Case, event: Inner, actor: Actor, reason: str) -> None:
    """Say that an event does nothing, and why (R11)."""
    name = getattr(event, "name", "") or getattr(event, "signal", "")
    case.world.log(
        REFUSED, case, actor.uid, signal=name, reason=reason, detail=type(event).__name__.lower()
    )
    if event is strand.outcome.event:
        strand.outcome.refusal = Refusal(reason)
        strand.outcome.accepted = False


def due(strand: Strand, case: Case, event: Due, actor: Actor) -> Frame:
    """A timer moves its token, or adds one beside it; a visit that has ended has no timers."""
    token = case.tokens.get(event.number)
    edge = case.graph.arrows.get(event.transition)
    if token is None or token.id != event.token or edge not in token.node.timers:
        refuse(strand, case, event, actor, NO_TOKEN)
        return
    if token.state == ACTIVE:
        refuse(strand, case, event, actor, BUSY)
        return
    assert edge is not None and edge.timer is not None
    pulse = Pulse(actor, TIMER)
    if not (yield from passes(token, edge, pulse)):
        refuse(strand, case, event, actor, CONDITION)
    elif edge.timer.interrupting:
        yield leave(strand, token, (edge,), pulse)
    else:
        arrived = arrive(token, edge, pulse, merged=cross(case, edge, pulse))
        if arrived is not None:
            yield process(strand, arrived, ACTIVE, pulse.chain)
        if case.graph.rules.marks_every_crossing and not case.graph.nodes[edge.target].is_join:
            case.unmark(edge.id)


def retry(strand: Strand, case: Case, event: Retry, actor: Actor) -> Frame:
    """Run a failed activity again, or only ask a failed condition again."""
    token = next((one for one in case.tokens.values() if one.id == event.token), None)
    if token is None or token.state not in (ERROR, BLOCKED):
        refuse(strand, case, event, actor, NO_TOKEN)
        return
    case.world.log(RETRY, case, actor.uid, token)
    token.become(ACTIVE if token.state == ERROR else COMPLETE)
    yield process(strand, token, token.state, Pulse(actor, STEP))


def jump(strand: Strand, case: Case, event: Jump, actor: Actor) -> Frame:
    """Start again at one activity; a complete instance lives again."""
    removed = list(case.tokens.values())
    for token in removed:
        case.world.log(KILL, case, actor.uid, token, reason=JUMPED)
    case.clear()
    case.state, case.results = ACTIVE, ()
    if event.cancel_children:
        yield from cancel_children(strand, case, removed, actor)
    token = case.add(case.graph.nodes[event.activity], _first(removed))
    case.world.log(JUMP, case, actor.uid, token, reason=JUMPED, detail=event.reason)
    yield process(strand, token, ACTIVE, Pulse(actor, JUMPED))


def _first(tokens: list[Token]) -> Token | None:
    return tokens[0] if tokens else None


def delete(strand: Strand, case: Case, event: Delete, actor: Actor) -> Frame:
    """The instance goes with its record; R9: those that wait hear of it."""
    case.world.log(DELETE, case, actor.uid)
    case.world.delete(case)
    yield from tell(strand, case, ChildDeleted(case), actor)


def redirect(strand: Strand, case: Case, event: Redirect, actor: Actor) -> Frame:
    """Those that wait for this instance wait for another one; nothing is looked at anew (2.8)."""
    new = yield from load(strand, event.new)
    if new is None:
        refuse(strand, case, event, actor, NO_INSTANCE)
        return
    yield from take_turn(strand, new)
    for parent in (yield from parents(strand, case)):
        waiting = parent.waiting_on(case)
        for token in waiting:
            case.world.log(REDIRECT, parent, actor.uid, token, detail=str(new.res_id))
            token.wait_for(new)
        if waiting and new.state == COMPLETE and parent.graph.rules.links_before_start:
            # R6: what is complete will not say so again.
            yield Deliver(parent, ChildDone(new), actor)


UNUSUAL: dict[type[Any], Any] = {
    Due: due,
    Retry: retry,
    Jump: jump,
    Delete: delete,
    Redirect: redirect,
}
