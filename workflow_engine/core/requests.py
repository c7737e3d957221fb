"""What the engine asks of its caller. Each request is about any number of instances at once.

``for request in run: …`` – the caller performs each request and calls its ``answer`` before it
takes the next one. Reading, evaluating and running are the caller's; what follows is the engine's.
Those about rows are here, those about records in :mod:`~.questions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from .changes import Changes
from .errors import ProtocolError
from .rows import Snapshot


class Request:
    """Base class."""

    __slots__ = ()


@dataclass(slots=True)
class Load(Request):
    """Read instances with their tokens, marks and parents; leave out what does not exist.

    If ``lock``, lock the rows first, in the order given, which is that of their ids (R1, B11).
    """

    instances: tuple[int, ...]
    lock: bool
    _found: list[Snapshot] | None = field(default=None, init=False, repr=False)

    def answer(self, snapshots: Iterable[Snapshot]) -> None:
        self._found = list(snapshots)

    def snapshots(self) -> list[Snapshot]:
        """Return the answer."""
        if self._found is None:
            raise ProtocolError("Load was not answered")
        return self._found


@dataclass(slots=True)
class Apply(Request):
    """Store these changes before anything else happens, and say under which ids.

    Answer as soon as the rows are stored. What comes after that may call the engine again: writing
    state values and evaluating trigger expressions.
    """

    changes: Changes
    _bind: Callable[[Mapping[int, int], Mapping[int, int]], None] = field(repr=False)
    _is_answered: bool = field(default=False, init=False, repr=False)

    def answer(
        self, instances: Mapping[int, int] | None = None, tokens: Mapping[int, int] | None = None
    ) -> None:
        """Tell the new ids.

        :param instances: provisional id → id of each row of ``instances_created``
        :param tokens: the same for ``tokens_created``
        """
        instances, tokens = instances or {}, tokens or {}
        made = self.changes
        if {row.id for row in made.instances_created} != set(instances) or {
            row.id for row in made.tokens_created
        } != set(tokens):
            raise ProtocolError("Apply wants the new id of every created row, and of no other")
        self._is_answered = True
        self._bind(instances, tokens)

    def check(self) -> None:
        """Raise unless it was answered."""
        if not self._is_answered:
            raise ProtocolError("Apply was not answered")
