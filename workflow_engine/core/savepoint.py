"""The memory of a session follows the database back to a savepoint."""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from .case import Case
from .notes import Notes
from .token import Token
from .world import World

_PLAIN = ("epoch", "gone", "id", "linked", "number", "results", "saved", "state")
_COPIED = ("marks", "parents", "queue", "saved_marks", "saved_tokens", "tokens")


class _Kept(NamedTuple):
    plain: tuple[Any, ...]
    copied: tuple[Any, ...]
    tokens: tuple[tuple[Token, int, str, int | None], ...]


class Savepoint:
    """A copy of everything that may change. Objects that strands hold keep their identity."""

    def __init__(self, world: World) -> None:
        self._cases = dict(world.cases)
        self._resting = dict(world.resting)
        self._kept = {case: _keep(case) for case in world.cases.values()}

    def restore(self, world: World) -> None:
        """Bring back the copies. It can be done more than once."""
        world.cases = dict(self._cases)
        world.resting = dict(self._resting)
        world.dirty = {}
        world.notes = Notes()
        for case, kept in self._kept.items():
            _bring_back(case, kept)


def _keep(case: Case) -> _Kept:
    return _Kept(
        tuple(getattr(case, name) for name in _PLAIN),
        tuple(_copy(getattr(case, name)) for name in _COPIED),
        tuple((one, one.id, one.state, one.child) for one in case.tokens.values()),
    )


def _bring_back(case: Case, kept: _Kept) -> None:
    for name, value in zip(_PLAIN, kept.plain, strict=True):
        setattr(case, name, value)
    for name, value in zip(_COPIED, kept.copied, strict=True):
        setattr(case, name, _copy(value))
    for token, token_id, state, child in kept.tokens:
        token.id, token.state, token.child, token.alive = token_id, state, child, True


def _copy(value: Any) -> Any:
    return deque(value) if isinstance(value, deque) else value.copy()
