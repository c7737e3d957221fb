"""One call of the engine: some events, the requests they need, what came of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence

from .batches import Batches, request_for
from .changes import Changes
from .cohorts import cohorts_of
from .errors import ProtocolError, StepLimitError
from .events import Actor, AnyEvent, Event, Outcome, Start, Trigger
from .loading import load, load_with_parents
from .requests import Apply, Request
from .semantics.ask import ACTION, CHILD, LOAD, TURN, Deliver, Frame
from .semantics.inner import Begin
from .semantics.react import deliver
from .semantics.strand import Strand
from .turns import Turns
from .world import World

#: Runs inside runs: actions that call the engine, whose actions call the engine, …
DEPTH_LIMIT = 32
#: What runs foreign code: it sees the database, so everything has to be stored before.
ACTING = (ACTION, CHILD)


class Run:
    """Iterate over it once, and answer each request before the next one is taken.

    ::

        run = session.run([Signal(instance, "confirm")], actor)
        for request in run:
            perform(request)  # ends with request.answer(…)
        run.outcomes
    """

    def __init__(self, world: World, events: Iterable[AnyEvent], actor: Actor) -> None:
        self._world = world
        self._actor = actor
        self._events = list(events)
        self._batches = Batches()
        self._begun: dict[int, Strand] = {}
        """Position of an event → strand that has run already, for itself and for its like."""
        self._settled: dict[int, Outcome] = {}
        """Position of an event → what came of it, without a strand of its own."""
        self.outcomes: list[Outcome] = []
        """One per event, in their order; complete when the iteration has ended."""

    def __iter__(self) -> Iterator[Request]:
        known = [one.instance for one in self._events if isinstance(one, Event)]
        # R1 (B11): the locks come first, and with them what is true once they are held.
        yield from load_with_parents(self._world, known)
        self._check_depth()
        strands: list[Strand] = []
        self._world.depth += 1
        try:
            yield from self._run_cohorts()
            strands += self._strands()
            yield from self._schedule(strands)
        finally:
            self._world.depth -= 1
            for strand in strands:
                strand.close()
        yield from self._store()
        for strand in strands:
            if strand.case is not None and isinstance(strand.outcome.event, Start):
                strand.outcome.instance = strand.case.id

    def _run_cohorts(self) -> Iterator[Request]:
        """Let one of each sort of equal instances run for all of them."""
        cohorts = cohorts_of(self._world, self._events)
        if not cohorts:
            return
        yield from self._store()
        changes = Changes()
        for cohort in cohorts:
            place = cohort.places[0]
            strand = self._strand(place, self._events[place])
            assert strand.case is not None
            self._begun[place] = strand
            self._settled.update(cohort.run(self._world, strand, changes, self._events))
        if changes:
            yield from self._apply(changes)

    def _strand(self, order: int, event: AnyEvent) -> Strand:
        strand = Strand(self._world, deliver, order, event, self._actor)
        if isinstance(event, Event):
            strand.case = self._world.case(event.instance)
        strand.stack.append(_opening(strand, event))
        return strand

    def _strands(self) -> list[Strand]:
        """Give each event a strand; R15 (B14): equal triggers are one event."""
        strands: list[Strand] = []
        triggered: dict[int, Outcome] = {}
        for place, event in enumerate(self._events):
            if place in self._settled:
                self.outcomes.append(self._settled[place])
                continue
            if place in self._begun:
                strands.append(self._begun[place])
                self.outcomes.append(strands[-1].outcome)
                continue
            case = self._world.case(event.instance) if isinstance(event, Event) else None
            if isinstance(event, Event) and case is None:
                self.outcomes.append(Outcome.missing(event))
                continue
            if isinstance(event, Trigger) and case is not None and case.graph.rules.triggers_once:
                if event.instance in triggered:
                    self.outcomes.append(triggered[event.instance])
                    continue
            strand = self._strand(place, event)
            strands.append(strand)
            self.outcomes.append(strand.outcome)
            if isinstance(event, Trigger):
                triggered[event.instance] = strand.outcome
        return strands

    def _check_depth(self) -> None:
        """Refuse to go deeper: in the old engine this ended in Python's recursion limit (B10)."""
        if self._world.depth < DEPTH_LIMIT:
            return
        found = (self._world.case(one.instance) for one in self._events if isinstance(one, Event))
        cases = [case for case in found if case is not None]
        if cases:
            raise StepLimitError(
                f"actions of workflows call the engine inside each other, {DEPTH_LIMIT} deep",
                cases[0].graph.place(),
                cases[0].id,
                (),
            )

    def _schedule(self, strands: Sequence[Strand]) -> Iterator[Request]:
        """Let every strand run until all of them wait, ask one question, and go on."""
        # A single strand has nobody to wait for, however many instances are in memory.
        turns = Turns(strands, self._world.kinships() if len(strands) > 1 else ())
        ready = deque(strand for strand in strands if turns.may_start(strand))
        held = set(strands).difference(ready)
        """Those that have to be the first of their family to go on."""
        while ready or self._batches:
            if not ready:
                ready += yield from self._ask()
            strand = ready.popleft()
            ask = strand.advance()
            while ask is not None and ask.kind == TURN and turns.leads(strand):
                ask = strand.advance()
            if ask is None:
                leader = turns.end(strand)
                if leader in held:
                    held.discard(leader)
                    ready.append(leader)
            elif ask.kind == TURN:
                held.add(strand)
            else:
                self._batches.add(strand, ask)
        if held:
            raise ProtocolError("strands wait for each other")

    def _ask(self) -> Generator[Request, None, list[Strand]]:
        """Ask the next question and return who can go on."""
        batch = self._batches.next()
        if batch.kind in ACTING or self._world.notes.entered:
            yield from self._store()
        taken = batch.take()
        self._batches.done(batch)
        if batch.kind == LOAD:
            yield from load(self._world, {ask.key for _strand, ask in taken}, lock=True)
        else:
            request = request_for(batch, taken)
            yield request
            for (strand, _ask), work in zip(taken, request.works, strict=True):
                strand.answer = request.reply(work.instance)
        return [strand for strand, _ask in taken]

    def _store(self) -> Iterator[Request]:
        if self._world.has_changes:
            changes = self._world.take_changes()
            if changes:
                yield from self._apply(changes)

    def _apply(self, changes: Changes) -> Iterator[Request]:
        request = Apply(changes, self._world.bind)
        yield request
        request.check()


def _opening(strand: Strand, event: AnyEvent) -> Frame:
    """The first generator of a strand."""
    if isinstance(event, Start):
        world = strand.world
        graph = world.definitions.graph(event.graph)
        strand.case = world.create(graph, event.res_type, event.res_id, strand.actor.uid)
        strand.outcome.accepted = True
        yield Deliver(strand.case, Begin(), strand.actor)
    elif strand.case is not None:
        yield Deliver(strand.case, event, strand.actor)
