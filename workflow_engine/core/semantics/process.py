"""A token meets an event: its activity runs, then it tries to leave (2.5–2.7)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from ..case import Case, Token
from ..constants import ACTIVE, BLOCKED, COMPLETE
from ..definition import Transition
from ..rows import ARRIVE, DROP, JOIN, MERGE, MOVE
from . import execute
from .ask import Frame, Step
from .pulse import SIGNAL, Pulse
from .split import choose
from .strand import Strand


def process(strand: Strand, token: Token, state: str, pulse: Pulse) -> Frame:
    """Let one token meet one event.

    :param state: of the token as far as the sender knows; the old engine looked at copies (B2)
    """
    rules = token.case.graph.rules
    strand.at(token.node)
    fresh = state == ACTIVE
    if fresh:
        done = yield from execute.execute(strand, token, pulse.actor)
        if not done or _is_over(token):
            return
        state = token.state
    if state in (COMPLETE, BLOCKED) or pulse.forces(token):
        if (yield from _leaves(strand, token, pulse)):
            return
    else:
        pulse.busy(token)
    if token.alive:
        token.case.world.notes.rest(token, fresh=fresh, refresh=rules.refreshes_watches)


def _is_over(token: Token) -> bool:
    """R5: a token that was removed while its activity ran goes no further."""
    case = token.case
    return case.gone or (case.graph.rules.rechecks_steps and not token.alive)


def _leaves(strand: Strand, token: Token, pulse: Pulse) -> Generator[Step, Any, bool]:
    pulse.failed = False
    chosen = yield from choose(token, pulse)
    if not chosen:
        if token.state == BLOCKED and not pulse.failed:
            token.become(COMPLETE)
        return False
    yield leave(strand, token, chosen, pulse)
    return True


def leave(strand: Strand, token: Token, chosen: tuple[Transition, ...], pulse: Pulse) -> Frame:
    """Cross the transitions in order; each new token runs to its rest before the next (2.6)."""
    case = token.case
    rules = case.graph.rules
    merged = set()
    for edge in chosen:
        if edge.id in case.marks:
            merged.add(edge.id)
        if rules.marks_every_crossing or case.graph.nodes[edge.target].is_join:
            case.mark(edge.id)
        pulse.crossed = pulse.crossed or bool(edge.signal and edge.signal == pulse.signal)
    case.remove(token)
    epoch = case.epoch
    for edge in chosen:
        if case.gone:
            return
        if rules.clears_marks and case.epoch != epoch:
            case.world.log(DROP, case, pulse.actor.uid, token, edge.id)
            continue
        yield from arrive(strand, token, edge, pulse, merged=edge.id in merged)


def arrive(
    strand: Strand, left: Token, edge: Transition, pulse: Pulse, *, merged: bool = False
) -> Generator[Step, Any, None]:
    """Reach the end of a transition: start a token there, or wait for the other arrows (2.7)."""
    case = left.case
    node = case.graph.nodes[edge.target]
    if not node.is_join:
        yield _enter(strand, left, edge, pulse, MOVE)
        if case.graph.rules.marks_every_crossing:
            case.unmark(edge.id)
    elif all(other.id in case.marks for other in node.incoming):
        for other in node.incoming:
            case.unmark(other.id, one=node.counts)
        yield _enter(strand, left, edge, pulse, JOIN)
    else:
        event = MERGE if merged and not node.counts else ARRIVE
        _log(case, event, left, edge, pulse)


def _enter(strand: Strand, left: Token, edge: Transition, pulse: Pulse, event: str) -> Frame:
    case = left.case
    token = case.add(case.graph.nodes[edge.target], left)
    _log(case, event, token, edge, pulse)
    yield from process(strand, token, ACTIVE, pulse.chain)


def _log(case: Case, event: str, token: Token, edge: Transition, pulse: Pulse) -> None:
    by_signal = bool(edge.signal) and edge.signal == pulse.signal
    case.world.log(
        event,
        case,
        pulse.actor.uid,
        token,
        edge.id,
        edge.signal if by_signal else "",
        SIGNAL if by_signal else pulse.reason,
    )
