"""The door of the core: a session per transaction, or per outermost call of the engine."""

from __future__ import annotations

from collections.abc import Iterable

from .availability import Look
from .errors import ProtocolError
from .events import Actor, AnyEvent
from .graph import Graph
from .requests import Apply
from .resync import resync
from .rows import Snapshot
from .run import Run
from .savepoint import Savepoint
from .world import Definitions, World


class Session:
    """Knows every instance it has loaded, so nested calls see what outer ones have done.

    While a request of a run is performed, other runs of the same session may be started and driven
    to their end; that is how actions call the engine. On an instance that is at work, a strict
    definition takes such events when it is at rest (R3).
    """

    def __init__(self, definitions: Definitions) -> None:
        self._world = World(definitions)

    def run(self, events: Iterable[AnyEvent], actor: Actor) -> Run:
        """Handle events. Many at once come to the same as one after the other.

        What the events cause inside one instance happens in the same order as well. Between
        instances, one step of all of them comes before the next one; events on the same or
        on linked instances keep their order.
        """
        return Run(self._world, events, actor)

    def look(self, instances: Iterable[int], actor: Actor) -> Look:
        """Find out which signals would be taken now, without doing anything."""
        return Look(self._world, instances, actor)

    def flush(self) -> Apply | None:
        """Return what has to be stored now, None: nothing.

        For conditions that read tokens or instances from the database: actions get everything
        stored before them anyway.
        """
        changes = self._world.take_changes()
        return Apply(changes, self._world.bind) if changes else None

    def instance_id(self, instance: int) -> int:
        """Return the id under which an instance was stored, for one a request names."""
        return self._world.instance_ids.get(instance, instance)

    def token_id(self, token: int) -> int:
        """Return the id under which a token was stored, for one a request names."""
        return self._world.token_ids.get(token, token)

    def records_of(self, instances: Iterable[int]) -> tuple[Graph, list[int]]:
        """Return the version and the records of instances in memory, all of one version."""
        world = self._world
        resting = world.resting
        ids = list(instances)
        first = world.case(ids[0])
        assert first is not None
        found = []
        for one in ids:
            if (stored := resting.get(one)) is not None:
                found.append(stored.instance.res_id)
            elif (case := world.case(one)) is not None:
                found.append(case.res_id)
        return first.graph, found

    def savepoint(self) -> Savepoint:
        """Remember the present state; to be taken where the database takes one.

        :raises ProtocolError: something is not stored yet
        """
        if self._world.has_changes:
            raise ProtocolError("flush the session before a savepoint")
        return Savepoint(self._world)

    def rollback(self, savepoint: Savepoint) -> None:
        """Return to a savepoint: what ran since then, in nested calls, never happened."""
        savepoint.restore(self._world)

    @property
    def instances(self) -> tuple[int, ...]:
        """Ids of the instances in memory, for :meth:`resync`."""
        return (*self._world.cases, *self._world.resting)

    def resync(self, snapshots: Iterable[Snapshot]) -> None:
        """Take over what is stored: somebody has rolled the database back to a savepoint.

        :param snapshots: of :attr:`instances`, those that still exist
        """
        resync(self._world, snapshots)
