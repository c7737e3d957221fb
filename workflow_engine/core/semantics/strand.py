"""One event's own line of work."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

from ..case import Case
from ..errors import StepLimitError
from ..events import Actor, AnyEvent, Outcome
from ..graph import Graph, Node
from ..token import Token
from ..world import World
from .ask import Ask, Deliver, Frame

Handler: TypeAlias = "Callable[[Strand, Deliver], Frame | None]"

#: Names of activities that an error shows at most.
SHOWN = 20


class Strand:
    """A stack of generators, of which the topmost runs (R2).

    Strands of different events go side by side. Within a strand everything happens depth-first,
    in the order in which the old engine's recursion did it.
    """

    __slots__ = (
        "actor", "answer", "asked", "case", "deliver", "order", "outcome", "path", "results",
        "stack", "steps", "trail", "world",
    )  # fmt: skip

    def __init__(
        self, world: World, deliver: Handler, order: int, event: AnyEvent, actor: Actor
    ) -> None:
        self.world = world
        self.deliver = deliver
        """How an instance takes an event."""
        self.order = order
        """Position of its event: what two strands both need, the smaller one gets first."""
        self.actor = actor
        self.outcome = Outcome(event)
        self.results: list[Any] = self.outcome.results
        self.case: Case | None = None
        """The instance it started on; another strand has to be asked for any other."""
        self.stack: list[Frame] = []
        self.answer: Any = None
        self.asked: Ask | None = None
        """A question it has put before its turn came."""
        self.path: list[tuple[int, int]] = []
        """Where it is: (rank, version) in each instance, outermost first."""
        self.steps = 0
        self.trail: deque[tuple[Graph, Node]] = deque(maxlen=200)

    def advance(self) -> Ask | None:
        """Run until something has to be asked; None: it is finished."""
        if self.asked is not None:
            asked, self.asked = self.asked, None
            return asked
        stack = self.stack
        answer, self.answer = self.answer, None
        while stack:
            try:
                step = stack[-1].send(answer)
            except StopIteration:
                stack.pop()
                answer = None
                continue
            answer = None
            if isinstance(step, Ask):
                return step
            frame = self.deliver(self, step) if isinstance(step, Deliver) else step
            if frame is not None:
                stack.append(frame)
        return None

    def close(self) -> None:
        """End all generators, the topmost first, so that each one tidies up."""
        while self.stack:
            self.stack.pop().close()

    def at(self, node: Node) -> None:
        """Say where the strand is in the present instance."""
        if self.path:
            self.path[-1] = (node.rank, self.path[-1][1])

    def count(self, token: Token) -> None:
        """Count an activity that is run.

        :raises StepLimitError: there were too many (B10)
        """
        self.steps += 1
        graph, node = token.case.graph, token.node
        self.trail.append((graph, node))
        if self.steps > graph.step_limit:
            raise self._too_many(token)

    def _too_many(self, token: Token) -> StepLimitError:
        graph, trail = token.case.graph, list(self.trail)
        length = next(
            (back for back in range(1, len(trail)) if trail[-1 - back] == trail[-1]), len(trail)
        )
        names = [node.activity.name for _graph, node in trail[-length:]]
        kind = "goes round in a cycle" if length < len(trail) else "goes on and on"
        shown = " → ".join([*names[-SHOWN:], names[0]] if length < len(trail) else names[-SHOWN:])
        return StepLimitError(
            f"one event {kind}, through more than {graph.step_limit} activities: {shown}; "
            "a transition of it needs a condition or a signal",
            graph.place(token.node.activity),
            token.case.id,
            names,
        )
