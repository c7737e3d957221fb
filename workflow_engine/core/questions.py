"""Questions about records: what only the caller can evaluate or run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .definition import Activity, Transition
from .errors import ProtocolError
from .events import Actor
from .graph import Graph
from .requests import Request


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
