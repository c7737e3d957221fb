"""Questions of many strands, merged: one request per question, however many instances ask it.

Requests go round in sweeps. A sweep follows the arrows of the definitions: it takes the waiting
question that lies furthest upstream, but never one that lies before the last one taken. So on the
way through a definition without cycles each question is asked once, although instances take
paths of different lengths, and cycles cost one sweep per round at most. The number of requests thus
depends on definitions and paths, not on instances.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from .case import Case
from .questions import AskCondition, AskRole, FindChild, Question, RunAction, Work
from .semantics.ask import CHILD, CONDITION, LOAD, ROLE, Ask
from .semantics.strand import Strand

Waiting: TypeAlias = "tuple[Strand, Ask]"
Key: TypeAlias = "tuple[str, int, int]"
"""Kind and key of a question; user."""
Place: TypeAlias = "tuple[tuple[tuple[int, int], ...], int, Key]"
"""Path of the first strand that asked; step at the activity; what is asked."""


@dataclass(slots=True)
class Batch:
    """Equal questions."""

    place: Place
    waiting: list[Waiting] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return self.place[2]

    @property
    def kind(self) -> str:
        return self.key[0]

    def take(self) -> list[Waiting]:
        """Remove and return what one request can ask: each instance once, in the events' order."""
        self.waiting.sort(key=lambda pair: pair[0].order)
        seen: set[Case] = set()
        taken: list[Waiting] = []
        left: list[Waiting] = []
        for pair in self.waiting:
            case = pair[1].case
            (left if case in seen else taken).append(pair)
            if case is not None:
                seen.add(case)
        self.waiting = left
        return taken


class Batches:
    """All questions that wait for an answer."""

    def __init__(self) -> None:
        self._batches: dict[Key, Batch] = {}
        self._last: Place | None = None

    def add(self, strand: Strand, ask: Ask) -> None:
        """Let a strand wait for an answer."""
        uid = 0 if ask.actor is None else ask.actor.uid
        # Loading needs no order: everything that is to be loaded is loaded at once.
        key = (ask.kind, 0 if ask.kind == LOAD else ask.key, uid)
        batch = self._batches.get(key)
        if batch is None:
            batch = self._batches[key] = Batch((tuple(strand.path), _step(ask), key))
        batch.waiting.append((strand, ask))

    def __bool__(self) -> bool:
        return bool(self._batches)

    def next(self) -> Batch:
        """Return the questions to ask now; something has to be waiting."""
        last = self._last
        ahead = [one for one in self._batches.values() if last is None or one.place > last]
        batch = min(ahead or self._batches.values(), key=lambda one: one.place)
        self._last = batch.place
        return batch

    def done(self, batch: Batch) -> None:
        """Forget a batch nobody waits for any more."""
        if not batch.waiting:
            del self._batches[batch.key]


def _step(ask: Ask) -> int:
    """Say when an activity asks this: on entering it, then arrow by arrow, roles first."""
    if ask.case is None or ask.kind not in (CONDITION, ROLE):
        return 0
    return 1 + 2 * ask.case.graph.priority[ask.key] + (ask.kind == CONDITION)


def request_for(batch: Batch, taken: list[Waiting]) -> Question:
    """Return the request that asks for everybody in ``taken``."""
    first = taken[0][1]
    assert first.case is not None and first.actor is not None
    graph, actor = first.case.graph, first.actor
    works = tuple(_works(taken))
    if batch.kind == CONDITION:
        return AskCondition(graph, actor, works, graph.arrows[first.key])
    if batch.kind == ROLE:
        return AskRole(graph, actor, works, graph.arrows[first.key])
    node = graph.nodes[first.key]
    if batch.kind == CHILD:
        return FindChild(graph, actor, works, node.activity)
    return RunAction(graph, actor, works, node.activity, node.runs_code, node.runs_server)


def _works(taken: list[Waiting]) -> Iterator[Work]:
    for _strand, ask in taken:
        assert ask.case is not None and ask.token is not None
        yield Work(ask.case.id, ask.token.id, ask.case.res_id)
