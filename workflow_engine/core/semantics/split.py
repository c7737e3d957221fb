"""Which transitions a token takes (2.6)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from ..constants import AND, PRIORITY, SPLIT, XOR
from ..constants import CONDITION as NOT_TRUE
from ..constants import ROLE as NO_ROLE
from ..definition import Transition
from ..questions import Failure
from ..token import Token
from .ask import CONDITION, ROLE, Step, ask, fail
from .pulse import Pulse

Chosen = tuple[Transition, ...]


def choose(token: Token, pulse: Pulse) -> Generator[Step, Any, Chosen]:
    """Return the transitions to take, in order; none: the token stays."""
    node = token.node
    if node.activity.split_mode == AND:
        return (yield from _all(token, pulse))
    only_first = node.activity.split_mode == XOR
    chosen: Chosen = ()
    for edge in node.outgoing:
        if not pulse.fits(edge):
            continue
        if only_first and chosen:
            pulse.miss(edge, PRIORITY)
        elif edge.id in node.free or (yield from passes(token, edge, pulse)):
            chosen = (*chosen, edge)
    return chosen


def _all(token: Token, pulse: Pulse) -> Generator[Step, Any, Chosen]:
    """AND: all of them by one event, or none; those marked already are not taken again."""
    edges = token.node.outgoing
    fitting = [edge for edge in edges if pulse.fits(edge)]
    if len(fitting) < len(edges):
        for edge in fitting:
            pulse.miss(edge, SPLIT)
        return ()
    for edge in edges:
        if not (yield from passes(token, edge, pulse)):
            return ()
    case = token.case
    fresh = tuple(edge for edge in edges if edge.id not in case.marks or _counts(token, edge))
    for edge in edges:
        if edge not in fresh:
            pulse.miss(edge, SPLIT)
    return fresh


def _counts(token: Token, edge: Transition) -> bool:
    return token.case.graph.nodes[edge.target].counts


def passes(token: Token, edge: Transition, pulse: Pulse) -> Generator[Step, Any, bool]:
    """Tell whether user and condition let a token through; the signal is not looked at."""
    memo = pulse.memo
    if memo is not None and edge.id in memo:
        return memo[edge.id]
    passed = yield from _asked(token, edge, pulse)
    if memo is not None:
        memo[edge.id] = passed
    return passed


def _asked(token: Token, edge: Transition, pulse: Pulse) -> Generator[Step, Any, bool]:
    if not (yield from _is_allowed(token, edge, pulse)):
        pulse.miss(edge, NO_ROLE)
        return False
    if not edge.is_guarded:
        return True
    answer = yield ask(CONDITION, edge.id, token, pulse.actor)
    if isinstance(answer, Failure):
        if pulse.memo is None:
            fail(token, pulse.actor, answer, edge)
            pulse.failed = True
        answer = False
    if not answer:
        pulse.miss(edge, NOT_TRUE)
    return bool(answer)


def _is_allowed(token: Token, edge: Transition, pulse: Pulse) -> Generator[Step, Any, bool]:
    """R12: groups and role of the real user; a superuser passes."""
    actor = pulse.actor
    if actor.is_superuser:
        return True
    if edge.group_ids and not edge.group_ids & actor.groups:
        return False
    if edge.role_id is None or edge.role_id in actor.roles:
        return True
    if not edge.role_is_dynamic:
        return False
    return bool((yield ask(ROLE, edge.id, token, actor)))
