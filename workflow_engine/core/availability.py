"""Which signals an instance would take now, and why not the others. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .batches import Batches, request_for
from .case import Case
from .constants import ACTIVE, BLOCKED, COMPLETE, REFUSALS, SUBFLOW_PREFIX
from .events import Actor, Step
from .loading import load
from .requests import Request
from .semantics.ask import Frame
from .semantics.pulse import SIGNAL, Pulse
from .semantics.react import deliver
from .semantics.split import choose
from .semantics.strand import Strand
from .token import Token
from .world import World


@dataclass(frozen=True, slots=True)
class Available:
    """A signal that some token of an instance has a transition for."""

    signal: str
    allowed: bool
    reason: str
    """Why not, one of :data:`~.constants.REFUSALS`; empty if allowed."""
    transitions: tuple[int, ...]
    """Those it would take; if not allowed, those that wait for it."""


class Look:
    """Iterate over it as over a :class:`~.run.Run`; only conditions and roles are asked."""

    def __init__(self, world: World, instances: Iterable[int], actor: Actor) -> None:
        self._world = world
        # What is only looked at is not locked, so the session must not take it for its own.
        self._scratch = World(world.definitions)
        self._instances = list(instances)
        self._actor = actor
        self.signals: dict[int, list[Available]] = {}
        """By instance, in the order in which tokens and priorities name them."""

    def __iter__(self) -> Iterator[Request]:
        missing = {one for one in self._instances if not self._world.knows(one)}
        yield from load(self._scratch, missing, lock=False)
        batches = Batches()
        ready = list(self._strands())
        while ready or batches:
            for strand in ready:
                ask = strand.advance()
                if ask is not None:
                    batches.add(strand, ask)
            ready = []
            if batches:
                batch = batches.next()
                taken = batch.take()
                batches.done(batch)
                request = request_for(batch, taken)
                yield request
                for (strand, _ask), work in zip(taken, request.works, strict=True):
                    strand.answer = request.reply(work.instance)
                    ready.append(strand)

    def _strands(self) -> Iterator[Strand]:
        for order, instance in enumerate(dict.fromkeys(self._instances)):
            case = self._world.case(instance) or self._scratch.case(instance)
            self.signals[instance] = []
            if case is not None and case.state == ACTIVE:
                strand = Strand(self._world, deliver, order, Step(instance), self._actor)
                strand.stack.append(_look(strand, case, self._actor, self.signals[instance]))
                yield strand


def _look(strand: Strand, case: Case, actor: Actor, found: list[Available]) -> Frame:
    strand.path.append((0, case.graph.id))
    pulses: dict[str, Pulse] = {}
    taken: dict[str, list[int]] = {}
    for token in case.tokens.values():
        strand.at(token.node)
        memo: dict[int, bool] = {}
        for name in _names(token):
            pulse = pulses.setdefault(name, Pulse(actor, SIGNAL, name))
            pulse.memo = memo
            if token.state not in (COMPLETE, BLOCKED):
                pulse.busy(token)
                continue
            chosen = yield from choose(token, pulse)
            named = [edge.id for edge in chosen if edge.signal == name]
            taken.setdefault(name, []).extend(named)
    for name, pulse in pulses.items():
        reasons = {reason for _edge, reason in pulse.misses}
        first = next((reason for reason in REFUSALS if reason in reasons), "")
        waiting = tuple(edge.id for edge, _reason in pulse.misses)
        goes = tuple(taken.get(name, ()))
        found.append(Available(name, bool(goes), "" if goes else first, goes or waiting))


def _names(token: Token) -> list[str]:
    """Return the signals a person could send to a token: those of children come by themselves."""
    names = (edge.signal for edge in token.node.outgoing)
    return list(dict.fromkeys(n for n in names if n and not n.startswith(SUBFLOW_PREFIX)))
