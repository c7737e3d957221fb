"""The memory of a session follows the database when somebody else rolled it back to a savepoint.

Code that an activity runs may undo a part of its work, and with it what the engine did in calls
from there. Who undoes it does not know the session, so the session takes over what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable

from .case import Case
from .constants import ACTIVE
from .notes import Notes
from .rows import Snapshot, TokenRow
from .token import Token
from .world import World


def resync(world: World, snapshots: Iterable[Snapshot]) -> None:
    """Take over the stored rows of every instance in memory; those that are missing are gone.

    Tokens that are the same visit keep their identity: strands hold them.
    """
    stored = {one.instance.id: one for one in snapshots}
    world.dirty, world.notes = {}, Notes()
    for case in list(world.cases.values()):
        snapshot = stored.get(case.id)
        if snapshot is None:
            _forget(world, case)
        else:
            _take_over(case, snapshot)
    world.resting = {one: found for one, found in stored.items() if one not in world.cases}


def _forget(world: World, case: Case) -> None:
    for token in case.tokens.values():
        token.alive = False
    case.tokens, case.gone = {}, True
    case.saved_tokens, case.saved_marks, case.saved = {}, {}, None
    del world.cases[case.id]


def _take_over(case: Case, snapshot: Snapshot) -> None:
    row = snapshot.instance
    case.state, case.results, case.saved = row.state, row.results, row
    rows = sorted(snapshot.tokens, key=lambda one: one.number)
    known = case.tokens
    case.tokens = {one.number: _token(case, known.get(one.number), one) for one in rows}
    for number, token in known.items():
        if case.tokens.get(number) is not token:
            token.alive = False
    case.number = max([row.number, *(one.number for one in rows)])
    case.saved_tokens = {one.id: one for one in rows}
    case.marks, case.saved_marks = dict(snapshot.marks), dict(snapshot.marks)
    case.parents = set(snapshot.parents)
    if case.state != ACTIVE:
        case.epoch += 1


def _token(case: Case, known: Token | None, row: TokenRow) -> Token:
    if known is None or known.id != row.id or known.node.activity.id != row.activity:
        return Token(case, case.graph.nodes[row.activity], row.id, row.number, row.state, row.child)
    known.state, known.child, known.alive = row.state, row.child, True
    return known
