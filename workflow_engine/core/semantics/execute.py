"""What entering an activity does, by kind (2.5)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from ..constants import COMPLETE, DUMMY, RUNNING, STOPALL, SUBFLOW
from ..events import Actor
from ..questions import Failure
from ..rows import KILL
from ..token import Token
from .ask import ACTION, Step, ask, fail
from .inner import Sent
from .others import cancel_children, tell
from .strand import Strand
from .subflow import enter_subflow


def execute(strand: Strand, token: Token, actor: Actor) -> Generator[Step, Any, bool]:
    """Run the activity a token has arrived on, and send its signal afterwards.

    :returns: whether the token may try to leave
    """
    strand.count(token)
    activity = token.node.activity
    if activity.kind == SUBFLOW:
        done = yield from enter_subflow(strand, token, actor)
    else:
        if activity.kind == STOPALL:
            yield from stop_others(strand, token, actor)
        done = yield from _act(strand, token, actor)
    if done and activity.signal_send:
        sent = Sent(token.case, activity.signal_send, activity.signal_broadcast)
        yield from tell(strand, token.case, sent, actor)
    return done


def _act(strand: Strand, token: Token, actor: Actor) -> Generator[Step, Any, bool]:
    """Run code and server action. R4 (B1): the token is running meanwhile."""
    node = token.node
    if not node.runs_code and not node.runs_server:
        token.become(COMPLETE)
        return True
    early = node.activity.kind == DUMMY and not token.case.graph.rules.acting_is_running
    token.become(COMPLETE if early else RUNNING)
    answer = yield ask(ACTION, node.activity.id, token, actor)
    if isinstance(answer, Failure):
        fail(token, actor, answer)
        return False
    if answer:
        strand.results.append(answer)
    token.become(COMPLETE)
    return True


def stop_others(strand: Strand, token: Token, actor: Actor) -> Generator[Step, Any, None]:
    """Remove all other tokens; R8 (B9): and the marks, and what branches are still to come."""
    case = token.case
    token.become(RUNNING)
    removed = [other for other in case.tokens.values() if other is not token]
    for other in removed:
        case.world.log(KILL, case, actor.uid, other, reason=STOPALL)
        case.remove(other)
    if case.graph.rules.clears_marks:
        case.end_branches()
    if token.node.activity.cancel_children:
        yield from cancel_children(strand, case, removed, actor)
