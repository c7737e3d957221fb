"""A subflow starts an instance or finds one, and waits for it (2.5)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from ..case import Case
from ..constants import COMPLETE, RUNNING
from ..events import Actor
from ..questions import Failure
from ..rows import KILL
from ..token import Token
from .ask import CHILD, Deliver, Step, ask, fail
from .inner import Begin, ChildDone
from .others import load
from .strand import Strand

NO_RECORD = "its code named no record to wait for"
NO_DEFINITION = "no workflow is set that it could start"
NO_CHILD = "the record it should wait for has no instance of the workflow {}"


def enter_subflow(strand: Strand, token: Token, actor: Actor) -> Generator[Step, Any, bool]:
    """Start or find the child of a token.

    :returns: whether the token goes on; it waits if its state is still running
    """
    token.become(RUNNING)
    activity = token.node.activity
    if activity.subflow is None:
        fail(token, actor, Failure(NO_DEFINITION))
        return False
    if activity.code:
        return (yield from _find(strand, token, actor))
    yield from _start(strand, token, activity.subflow, actor)
    return True


def _start(
    strand: Strand, token: Token, definition: int, actor: Actor
) -> Generator[Step, Any, None]:
    """Create an instance on the same record (B5). R6 (B4): linked before it runs."""
    case, world = token.case, strand.world
    version = token.node.activity.subflow_version
    graph = world.definitions.graph(
        world.definitions.published(definition) if version is None else version
    )
    child = world.create(graph, case.res_type, case.res_id, actor.uid)
    early = case.graph.rules.links_before_start
    if early:
        token.wait_for(child)
    yield Deliver(child, Begin(), actor)
    if not early and not case.gone and not child.gone:
        token.wait_for(child)
        if child.state == COMPLETE:
            token.become(COMPLETE)


def _find(strand: Strand, token: Token, actor: Actor) -> Generator[Step, Any, bool]:
    """Wait for the instance of the record that the code names."""
    case, activity = token.case, token.node.activity
    answer = yield ask(CHILD, activity.id, token, actor)
    if case.gone or (case.graph.rules.rechecks_steps and not token.alive):
        return False
    if answer is None and case.graph.rules.branch_may_die:
        case.world.log(KILL, case, actor.uid, token, detail=NO_RECORD)
        case.remove(token)
        return False
    if answer is None:
        answer = Failure(NO_RECORD)
    child = None if isinstance(answer, Failure) else (yield from load(strand, answer))
    if child is None:
        missing = Failure(NO_CHILD.format(activity.subflow))
        fail(token, actor, answer if isinstance(answer, Failure) else missing)
        return False
    token.wait_for(child)
    if child.state == COMPLETE:
        yield from _finished_before(case, token, child, actor)
    return True


def _finished_before(
    case: Case, token: Token, child: Case, actor: Actor
) -> Generator[Step, Any, None]:
    """R6: its results still arrive, after the present chain; the old engine forgot them (B4)."""
    if case.graph.rules.links_before_start:
        yield Deliver(case, ChildDone(child), actor)
    else:
        token.become(COMPLETE)
