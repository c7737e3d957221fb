"""An instance takes an event: at once, or after what it is busy with; then it may be complete."""

from __future__ import annotations

from ..case import Case
from ..constants import ACTIVE, COMPLETE, INACTIVE, STUCK
from ..events import Actor, Delete, Jump, Redirect, Signal, Trigger
from ..events import Step as Look
from ..rows import DEFERRED, FAILED, FINISH
from .ask import Deliver, Frame
from .handlers import ORDINARY
from .inner import Begin, ChildDone, Inner, Sent
from .others import tell
from .repair import UNUSUAL, refuse
from .strand import Strand
from .sweep import drain

HANDLERS = {**ORDINARY, **UNUSUAL}
#: What an instance takes in any state.
ALWAYS = (Delete, Jump, Redirect)
#: What cannot wait until the instance is at rest.
AT_ONCE = (Begin, Delete)
EMPTY = "no token is left, and no stop activity was reached"


def deliver(strand: Strand, order: Deliver) -> Frame | None:
    """Let an instance take an event; return what there is to do.

    R3 (B1): if its own work raises the event, it takes it when the present chain is at rest. That
    is the moment when ``order.inside``; the event around it then looks for the end.
    """
    case, event, actor, inside = order.case, order.event, order.actor, order.inside
    if case.gone:
        return None
    outcome = strand.outcome
    if not inside and case.busy and case.graph.rules.defers_nested and not _is_urgent(event):
        _defer(case, event, actor)
        if event is outcome.event:
            outcome.deferred = True
        return None
    if case.state != ACTIVE and not _listens(case, event):
        _ignore(strand, case, event, actor)
        return None
    if event is outcome.event:
        outcome.accepted = True
    return (HANDLERS[type(event)] if inside else _take)(strand, case, event, actor)


def _take(strand: Strand, case: Case, event: Inner, actor: Actor) -> Frame:
    case.busy += 1
    strand.path.append((0, case.graph.id))
    try:
        yield from HANDLERS[type(event)](strand, case, event, actor)
        if case.queue:
            yield from drain(strand, case)
    finally:
        case.busy -= 1
        strand.path.pop()
    if not case.gone and not _is_silent(case, event) and _has_ended(case, actor):
        yield from tell(strand, case, ChildDone(case), actor)


def _is_silent(case: Case, event: Inner) -> bool:
    """What only changes who waits for whom is nothing to look at (2.8, B6)."""
    if isinstance(event, ChildDone):
        return case.graph.rules.completes_empty and not event.child.results
    return isinstance(event, Redirect)


def _is_urgent(event: Inner) -> bool:
    return isinstance(event, AT_ONCE)


def _listens(case: Case, event: Inner) -> bool:
    if isinstance(event, ALWAYS):
        return True
    # B14: the old engine forgot to look at the state when a trigger called.
    wakes = isinstance(event, Trigger) and not case.graph.rules.triggers_once
    return wakes and case.state == COMPLETE


def _ignore(strand: Strand, case: Case, event: Inner, actor: Actor) -> None:
    """A complete instance is inert (2.4). Only who asked for something is told."""
    if isinstance(event, (Look, Trigger, ChildDone)):
        return
    refuse(strand, case, event, actor, INACTIVE)


def _defer(case: Case, event: Inner, actor: Actor) -> None:
    """Queue an event; a second look right after a first one sees nothing new."""
    if isinstance(event, Look) and case.queue and isinstance(case.queue[-1][0], Look):
        return
    if isinstance(event, (Signal, Sent)):
        name = event.name if isinstance(event, Signal) else event.signal
        case.world.log(DEFERRED, case, actor.uid, signal=name)
    case.queue.append((event, actor))


def _has_ended(case: Case, actor: Actor) -> bool:
    """Complete an instance whose tokens all have finished on stop activities (2.4).

    Where events are not deferred, an inner one may have completed it before: then it is
    completed once more, and those that wait are told once more.
    """
    again = case.state == COMPLETE and not case.graph.rules.defers_nested
    if case.state != ACTIVE and not again:
        return False
    tokens = case.tokens.values()
    if not tokens and not case.graph.rules.completes_empty:
        _stick(case, actor)
        return False
    if any(one.state != COMPLETE or not one.node.activity.flow_stop for one in tokens):
        return False
    case.finish(tuple(dict.fromkeys(one.node.activity.name for one in tokens)))
    case.world.log(FINISH, case, actor.uid, detail=", ".join(case.results))
    return True


def _stick(case: Case, actor: Actor) -> None:
    """B6: the old engine called this complete; here a person has to look."""
    waiting = [
        node.activity.name
        for node in case.graph.nodes.values()
        if node.is_join and any(edge.id in case.marks for edge in node.incoming)
    ]
    text = f"{EMPTY}; joins that wait: {', '.join(waiting)}" if waiting else EMPTY
    case.state = STUCK
    case.touch()
    case.world.log(FAILED, case, actor.uid, detail=text)
    case.world.notes.trouble(case, None, None, text, None)
