"""What the engine asks of its caller. Each request is about any number of instances at once.

``for request in run: …`` – the caller performs each request and calls its ``answer`` before it
takes the next one. Reading, evaluating and running are the caller's; what follows is the engine's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .changes import Changes
from .definition import Activity, Transition
from .errors import ProtocolError
from .events import Actor
from .graph import Graph
from .rows import Snapshot


class Work(NamedTuple):
    """One instance of a request. No instance is twice in one request."""

    instance: int
    token: int
    """Provisional if it was created since the last :class:`Apply`."""
    res_id: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Instead of an answer: this instance failed, the others go on."""

    message: str
    data: object = None
    """Kept with the incident, never read."""


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


@dataclass(slots=True)
class Question(Request):
    """About records, as one user."""

    graph: Graph
    actor: Actor
    works: tuple[Work, ...]
    _replies: Mapping[int, Any] | None = field(default=None, init=False, repr=False)

    def reply(self, instance: int) -> Any:
        """Return the answer for one instance."""
        if self._replies is None or instance not in self._replies:
            name = type(self).__name__
            raise ProtocolError(f"{name} was not answered for instance {instance}")
        return self._replies[instance]

    def _fill(self, replies: Mapping[int, Any], failures: Mapping[int, Failure] | None) -> None:
        self._replies = {**replies, **(failures or {})}


@dataclass(slots=True)
class AskCondition(Question):
    """Evaluate a transition's condition."""

    transition: Transition

    def answer(self, true: Collection[int], failures: Mapping[int, Failure] | None = None) -> None:
        """:param true: instances for which it holds"""
        holds = frozenset(true)
        self._fill({work.instance: work.instance in holds for work in self.works}, failures)


@dataclass(slots=True)
class AskRole(Question):
    """Does the user have the transition's role on the record? Only for roles with an expression."""

    transition: Transition

    def answer(self, holds: Collection[int]) -> None:
        """:param holds: instances for whose record the user has the role"""
        self._fill({work.instance: work.instance in holds for work in self.works}, None)


@dataclass(slots=True)
class RunAction(Question):
    """Run the code of an activity, then its server action; the changes so far are stored."""

    activity: Activity
    run_code: bool
    run_server_action: bool

    def answer(
        self,
        results: Mapping[int, Any] | None = None,
        failures: Mapping[int, Failure] | None = None,
    ) -> None:
        """:param results: instance → client action, for those that gave one
        :param failures: instances whose effects were undone; the activity's policy decides
        """
        found = results or {}
        self._fill({work.instance: found.get(work.instance) for work in self.works}, failures)


@dataclass(slots=True)
class FindChild(Question):
    """Run the code of a subflow, which names a record, and find that record's instance.

    Prefer an active instance of ``activity.subflow``, take any other if there is none.
    """

    activity: Activity

    def answer(
        self,
        children: Mapping[int, int | None],
        failures: Mapping[int, Failure] | None = None,
    ) -> None:
        """:param children: instance → the instance to wait for; None: the code named no record
        :param failures: also for a record that has no instance
        """
        self._fill(children, failures)
