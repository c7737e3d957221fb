"""Equal instances that meet equal events: one of them runs, the others get the same.

What an instance does depends on its rows, the event, the user, and answers of the caller. So as
long as nothing is asked, instances that differ only in their ids end up the same. One of each sort
runs as always; its differences and its lines of the log are copied for the others, row by row,
which costs a fraction. If the first one has a question, or does what cannot be copied, every
instance runs for itself: whoever follows has not been touched.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from .changes import Changes
from .events import AnyEvent, Due, Event, Outcome, Redirect, Signal, Step
from .notes import Notes
from .rows import InstanceRow, LogRow, Snapshot, TokenRow
from .semantics.strand import Strand
from .world import World

#: Fewer are not worth it.
SMALLEST = 2


@dataclass(slots=True)
class Cohort:
    """Equal instances, by the positions of their events."""

    places: list[int] = field(default_factory=list)
    members: list[Snapshot] = field(default_factory=list)

    def run(
        self, world: World, strand: Strand, changes: Changes, events: Sequence[AnyEvent]
    ) -> dict[int, Outcome]:
        """Let the first one run.

        :param strand: of the first one
        :param changes: takes what is to be stored, for all of them
        :returns: the outcomes of the others by position; nobody's if each runs for itself
        """
        made = _alone(world, strand)
        if made is None:
            return {}
        _add(changes, made)
        first, *others = self.members
        copies = _Copies(first, made, world.cases[first.instance.id].saved)
        told = strand.outcome
        outcomes: dict[int, Outcome] = {}
        for place, member in zip(self.places[1:], others, strict=True):
            world.resting[member.instance.id] = copies.add(member, changes)
            outcomes[place] = Outcome(events[place], accepted=told.accepted, refusal=told.refusal)
        return outcomes


def cohorts_of(world: World, events: Sequence[AnyEvent]) -> list[Cohort]:
    """Return the sorts of instances of which there is more than one."""
    if len(events) < SMALLEST:
        return []
    found: dict[Hashable, Cohort] = {}
    alone = _addressed_once(events)
    for place, event in enumerate(events):
        if not isinstance(event, (Signal, Step, Due)) or event.instance not in alone:
            continue
        stored = world.resting.get(event.instance)
        # Who is linked to others is not only what its own rows say.
        if stored is None or stored.parents or stored.marks:
            continue
        sort = _sort(stored, event)
        if sort is not None:
            cohort = found.setdefault(sort, Cohort())
            cohort.places.append(place)
            cohort.members.append(stored)
    return [one for one in found.values() if len(one.places) >= SMALLEST]


def _addressed_once(events: Sequence[AnyEvent]) -> set[int]:
    once: set[int] = set()
    again: set[int] = set()
    for event in events:
        if isinstance(event, Event):
            (again if event.instance in once else once).add(event.instance)
            if isinstance(event, Redirect):
                again.add(event.new)
    return once - again


def _sort(stored: Snapshot, event: AnyEvent) -> Hashable | None:
    """Return everything but ids that decides what happens; None: it is linked to a child."""
    row = stored.instance
    tokens = []
    timer: tuple[int, int, int] | None = None
    for place, token in enumerate(stored.tokens):
        if token.child is not None:
            return None
        tokens.append((token.activity, token.state, token.number))
        if isinstance(event, Due) and event.token == token.id:
            timer = (place, event.number, event.transition)
    if isinstance(event, Due) and timer is None:
        return None
    what = event.name if isinstance(event, Signal) else timer
    kind = type(event)
    return kind, what, row.graph, row.res_type, row.state, row.results, row.number, tuple(tokens)


def _alone(world: World, strand: Strand) -> Changes | None:
    """Run a strand; return its changes, None if they cannot be copied and stay where they are."""
    dirty, notes = world.dirty, world.notes
    world.dirty, world.notes = {}, Notes()
    try:
        strand.asked = strand.advance()
        return world.take_changes() if strand.asked is None and _is_copied(world, strand) else None
    finally:
        later, noted = world.dirty, world.notes
        world.dirty, world.notes = {**dirty, **later}, notes
        notes.absorb(noted)


def _is_copied(world: World, strand: Strand) -> bool:
    """Tell whether everything that happened is about stored rows of the instance alone."""
    case, notes = strand.case, world.notes
    assert case is not None
    if strand.results or notes.troubles or notes.deleted or case.gone or case.marks:
        return False
    return (
        not case.linked
        and world.dirty.keys() <= {case}
        and all(token.id in case.saved_tokens for token in case.tokens.values())
    )


def _add(changes: Changes, made: Changes) -> None:
    for name in Changes.__slots__:
        own, new = getattr(changes, name), getattr(made, name)
        if isinstance(own, list):
            own += new
        else:
            for key, values in new.items():
                own.setdefault(key, []).extend(values)


class _Copies:
    """The changes of the first one, made out to others."""

    def __init__(self, first: Snapshot, made: Changes, after: InstanceRow | None) -> None:
        assert after is not None
        self._made = made
        self._after = after
        self._changes_row = bool(made.instances_updated)
        ends = made.tokens_deleted or made.unwatched or made.disarmed or made.resolved
        self._has_waits = bool(ends or made.watched or made.armed)
        self._place = {row.id: place for place, row in enumerate(first.tokens)}
        updated = {row.id: row for row in made.tokens_updated}
        gone = set(made.tokens_deleted)
        self._tokens = [
            (place, updated.get(row.id, row), row.id in updated)
            for place, row in enumerate(first.tokens)
            if row.id not in gone
        ]

    def add(self, member: Snapshot, changes: Changes) -> Snapshot:
        """Add the changes of one instance; return its rows as they will be stored."""
        made, before, after = self._made, member.instance, self._after
        instance = before.id
        row = InstanceRow(
            instance, before.graph, before.res_type, before.res_id, before.uid,
            after.state, after.results, after.number,
        )  # fmt: skip
        if self._changes_row:
            changes.instances_updated.append(row)
        if made.instances_touched:
            changes.instances_touched.append(instance)
        tokens = []
        for place, new, differs in self._tokens:
            token = TokenRow(member.tokens[place].id, instance, new.activity, new.state, new.number)
            tokens.append(token)
            if differs:
                changes.tokens_updated.append(token)
        for line in made.log:
            changes.log.append(LogRow(line[0], instance, *line[2:-1], before.res_id))
        for activity in made.states:
            changes.states[activity].append(instance)
        if self._has_waits:
            self._add_waits(member, changes)
        return Snapshot(row, tuple(tokens))

    def _add_waits(self, member: Snapshot, changes: Changes) -> None:
        """Tokens that go, and what waits with tokens."""
        made, place = self._made, self._place
        tokens = member.tokens
        instance = member.instance.id
        changes.tokens_deleted += [tokens[place[one]].id for one in made.tokens_deleted]
        changes.unwatched += [tokens[place[one]].id for one in made.unwatched]
        changes.disarmed += [tokens[place[one]].id for one in made.disarmed]
        changes.resolved += [tokens[place[one]].id for one in made.resolved]
        for edge, where in made.watched.items():
            changes.watched[edge] += [(instance, tokens[place[one]].id) for _i, one in where]
        changes.armed += [
            one._replace(instance=instance, token=tokens[place[one.token]].id) for one in made.armed
        ]
