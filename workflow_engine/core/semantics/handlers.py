"""What each ordinary event does to an instance (2.4, 2.8)."""

from __future__ import annotations

from typing import Any

from ..case import Case
from ..constants import ACTIVE, COMPLETE, RUNNING, SUBFLOW_DELETED, SUBFLOW_PREFIX
from ..events import Actor, Signal, Step, Trigger
from ..questions import Failure
from ..rows import START
from .ask import Frame, park
from .inner import Begin, ChildDeleted, ChildDone, Sent
from .process import process
from .pulse import BEGIN, CHILD, SENT, SIGNAL, STEP, TRIGGER, Pulse
from .strand import Strand
from .sweep import drain, settle, sweep

DELETED = "the instance it waited for was deleted"


def begin(strand: Strand, case: Case, event: Begin, actor: Actor) -> Frame:
    """A token on every start activity, each one at once; then one look at all of them."""
    pulse = Pulse(actor, BEGIN)
    for node in case.graph.starts:
        token = case.add(node)
        case.world.log(START, case, actor.uid, token, reason=BEGIN)
        yield process(strand, token, ACTIVE, pulse)
        yield from drain(strand, case)
        if case.gone:
            return
    yield from sweep(strand, case, pulse, recheck=case.graph.rules.rechecks_steps)


def step(strand: Strand, case: Case, event: Step | Trigger, actor: Actor) -> Frame:
    """Every token tries to leave once more."""
    pulse = Pulse(actor, TRIGGER if isinstance(event, Trigger) else STEP)
    yield from sweep(strand, case, pulse, recheck=case.graph.rules.rechecks_steps)


def signal(strand: Strand, case: Case, event: Signal, actor: Actor) -> Frame:
    """Every token hears the signal; each moves over at most one transition that names it."""
    pulse = Pulse(actor, SIGNAL, event.name)
    yield from sweep(strand, case, pulse)
    settle(strand, case, event, pulse)


def sent(strand: Strand, case: Case, event: Sent, actor: Actor) -> Frame:
    """R7: tokens that wait for the sender may leave, others hear it if it is a broadcast.

    The old engine let every running token leave (B8).
    """
    if case.graph.rules.forces_all:
        pulse = Pulse(actor, SENT, event.signal, forces_all=True)
        yield from sweep(strand, case, pulse)
    else:
        pulse = Pulse(actor, SENT, event.signal, child=event.child)
        tokens = None if event.broadcast else case.waiting_on(event.child)
        yield from sweep(strand, case, pulse, tokens=tokens)
    settle(strand, case, event, pulse)


def child_done(strand: Strand, case: Case, event: ChildDone, actor: Actor) -> Frame:
    """R6: who waits is complete, then all tokens hear ``subflow.<name>`` for each result."""
    child = event.child
    waiting = case.waiting_on(child)
    if not waiting:
        return
    for token in waiting:
        if token.state == RUNNING:
            token.become(COMPLETE)
    for name in child.results:
        yield from sweep(strand, case, Pulse(actor, CHILD, SUBFLOW_PREFIX + name))
    if not child.results and not case.graph.rules.completes_empty:
        yield from sweep(strand, case, Pulse(actor, CHILD))


def child_deleted(strand: Strand, case: Case, event: ChildDeleted, actor: Actor) -> Frame:
    """R9: who waits may leave by a transition that says so; otherwise a person has to look (B6)."""
    child = event.child
    waiting = case.waiting_on(child)
    if case.graph.rules.tells_deleted:
        deserted = [token for token in waiting if token.state == RUNNING]
        pulse = Pulse(actor, CHILD, SUBFLOW_DELETED, child=child, only=True)
        yield from sweep(strand, case, pulse, tokens=deserted)
        for token in deserted:
            if token.alive:
                park(token, actor, Failure(DELETED))
    for token in waiting:
        token.wait_for(None)


ORDINARY: dict[type[Any], Any] = {
    Begin: begin,
    Step: step,
    Trigger: step,
    Signal: signal,
    Sent: sent,
    ChildDone: child_done,
    ChildDeleted: child_deleted,
}
