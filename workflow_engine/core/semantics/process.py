"""A token meets an event: its activity runs, then it tries to leave (2.5–2.7)."""

from __future__ import annotations

from ..case import Case
from ..constants import ACTIVE, BLOCKED, COMPLETE
from ..definition import Transition
from ..rows import ARRIVE, DROP, JOIN, MERGE, MOVE
from ..token import Token
from .ask import Frame
from .execute import execute
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
        if token.node.is_plain:
            strand.count(token)
            token.become(COMPLETE)
        elif not (yield from execute(strand, token, pulse.actor)) or _is_over(token):
            return
        state = token.state
    if state in (COMPLETE, BLOCKED) or pulse.forces(token):
        pulse.failed = False
        chosen = yield from choose(token, pulse)
        if chosen:
            yield leave(strand, token, chosen, pulse)
            return
        if token.state == BLOCKED and not pulse.failed:
            token.become(COMPLETE)
    else:
        pulse.busy(token)
    if token.alive and token.node.keeps_watch:
        token.case.world.notes.rest(token, fresh=fresh, refresh=rules.refreshes_watches)


def _is_over(token: Token) -> bool:
    """R5: a token that was removed while its activity ran goes no further."""
    case = token.case
    return case.gone or (case.graph.rules.rechecks_steps and not token.alive)


def leave(strand: Strand, token: Token, chosen: tuple[Transition, ...], pulse: Pulse) -> Frame:
    """Cross the transitions in order; each new token runs to its rest before the next (2.6)."""
    case = token.case
    rules = case.graph.rules
    merged = [cross(case, edge, pulse) for edge in chosen]
    case.remove(token)
    epoch = case.epoch
    for edge, is_merged in zip(chosen, merged, strict=True):
        if case.gone:
            return
        if rules.clears_marks and case.epoch != epoch:
            case.world.log(DROP, case, pulse.actor.uid, token, edge.id, origin=token.number)
            continue
        arrived = arrive(token, edge, pulse, merged=is_merged)
        if arrived is not None:
            yield process(strand, arrived, ACTIVE, pulse.chain)
            if rules.marks_every_crossing and not case.graph.nodes[edge.target].is_join:
                case.unmark(edge.id)


def cross(case: Case, edge: Transition, pulse: Pulse) -> bool:
    """Mark a transition if that is needed; return whether it was marked already."""
    if edge.signal and edge.signal == pulse.signal:
        pulse.crossed = True
    merged = edge.id in case.marks
    node = case.graph.nodes[edge.target]
    waits = node.is_join or case.graph.rules.marks_every_crossing
    if waits and (node.counts or not merged):
        case.mark(edge.id)
    return merged


def arrive(left: Token, edge: Transition, pulse: Pulse, *, merged: bool) -> Token | None:
    """Reach the end of a transition; None: other arrows of the join are still missing (2.7)."""
    case = left.case
    node = case.graph.nodes[edge.target]
    event = MOVE
    if node.is_join:
        if not all(other.id in case.marks for other in node.incoming):
            _log(MERGE if merged and not node.counts else ARRIVE, left, left, edge, pulse)
            return None
        for other in node.incoming:
            case.unmark(other.id, one=node.counts)
        event = JOIN
    token = case.add(node, left)
    _log(event, token, left, edge, pulse)
    return token


def _log(event: str, token: Token, left: Token, edge: Transition, pulse: Pulse) -> None:
    by_signal = bool(edge.signal) and edge.signal == pulse.signal
    signal, reason = (edge.signal, SIGNAL) if by_signal else ("", pulse.reason)
    case = token.case
    case.world.log(event, case, pulse.actor.uid, token, edge.id, signal, reason, origin=left.number)
