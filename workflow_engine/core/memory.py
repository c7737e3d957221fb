"""A store without a database: for tests of definitions, for trying a draft, and as an example.

It does with plain dictionaries what the models do with tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .changes import Changes
from .graph import Graph
from .requests import Apply, Load, Request
from .rows import InstanceRow, LogRow, Snapshot, TokenRow, Trouble, Visit


class MemoryStore:
    """Rows of definitions and instances; also what a session asks for definitions."""

    def __init__(self, graphs: Iterable[Graph] = ()) -> None:
        self.graphs: dict[int, Graph] = {}
        self.current: dict[int, int] = {}
        """Definition → published version."""
        self.instances: dict[int, InstanceRow] = {}
        self.tokens: dict[int, TokenRow] = {}
        self.marks: dict[tuple[int, int], int] = {}
        self.watches: set[tuple[int, int, int]] = set()
        """(instance, token, transition) whose trigger expression has been evaluated."""
        self.timers: list[Visit] = []
        self.troubles: list[Trouble] = []
        """Open incidents."""
        self.states: dict[int, str] = {}
        """Instance → value of the record's state field."""
        self.log: list[LogRow] = []
        self._last_instance = 0
        self._last_token = 0
        for graph in graphs:
            self.publish(graph)

    def publish(self, graph: Graph) -> None:
        """Let new instances of its definition use this version."""
        self.graphs[graph.id] = graph
        self.current[graph.definition] = graph.id

    def graph(self, version: int) -> Graph:
        """Return a version."""
        return self.graphs[version]

    def published(self, definition: int) -> int:
        """Return the version that new instances of a definition get."""
        return self.current[definition]

    def perform(self, request: Request) -> bool:
        """Answer a request about rows; return whether it was one."""
        if isinstance(request, Load):
            request.answer(self.snapshot(one) for one in request.instances if one in self.instances)
        elif isinstance(request, Apply):
            self._apply(request)
        else:
            return False
        return True

    def snapshot(self, instance: int) -> Snapshot:
        """Return an instance with all its tokens, marks and parents."""
        return Snapshot(
            self.instances[instance],
            tuple(row for row in self.tokens.values() if row.instance == instance),
            {edge: times for (one, edge), times in self.marks.items() if one == instance},
            tuple({row.instance for row in self.tokens.values() if row.child == instance}),
        )

    def _apply(self, request: Apply) -> None:
        changes = request.changes
        instances = _number(self._last_instance, changes.instances_created)
        tokens = _number(self._last_token, changes.tokens_created)
        self._last_instance += len(instances)
        self._last_token += len(tokens)
        self._instances(changes, instances)
        self._tokens(changes, instances, tokens)
        for mark in changes.marks_set:
            self.marks[instances.get(mark.instance, mark.instance), mark.transition] = mark.times
        for pair in changes.marks_cleared:
            del self.marks[pair]
        self._waits(changes, instances, tokens)
        for activity, ids in changes.states.items():
            for one in ids:
                graph = self.graphs[self.instances[instances.get(one, one)].graph]
                value = graph.nodes[activity].activity.state_value
                self.states[instances.get(one, one)] = value
        self.log += [
            row._replace(instance=instances.get(row.instance, row.instance)) for row in changes.log
        ]
        request.answer(instances, tokens)

    def _instances(self, changes: Changes, instances: dict[int, int]) -> None:
        for gone in changes.instances_deleted:
            del self.instances[gone]
            self.tokens = {k: row for k, row in self.tokens.items() if row.instance != gone}
            self.tokens = {
                k: row._replace(child=None) if row.child == gone else row
                for k, row in self.tokens.items()
            }
            self.marks = {k: times for k, times in self.marks.items() if k[0] != gone}
        for row in [*changes.instances_created, *changes.instances_updated]:
            new = row._replace(id=instances.get(row.id, row.id))
            self.instances[new.id] = new

    def _tokens(self, changes: Changes, instances: dict[int, int], tokens: dict[int, int]) -> None:
        for gone in changes.tokens_deleted:
            self.tokens.pop(gone, None)
        for row in [*changes.tokens_updated, *changes.tokens_created]:
            new = row._replace(
                id=tokens.get(row.id, row.id),
                instance=instances.get(row.instance, row.instance),
                child=None if row.child is None else instances.get(row.child, row.child),
            )
            self.tokens[new.id] = new

    def _waits(self, changes: Changes, instances: dict[int, int], tokens: dict[int, int]) -> None:
        """Timers, triggers and incidents; deleted tokens take theirs with them."""
        gone = {*changes.unwatched, *changes.tokens_deleted}
        self.watches = {one for one in self.watches if one[1] not in gone}
        for edge, places in changes.watched.items():
            for instance, token in places:
                new = (instances.get(instance, instance), tokens.get(token, token), edge)
                self.watches.add(new)
        gone = {*changes.disarmed, *changes.tokens_deleted}
        self.timers = [one for one in self.timers if one.token not in gone]
        self.timers += [
            one._replace(
                token=tokens.get(one.token, one.token),
                instance=instances.get(one.instance, one.instance),
            )
            for one in changes.armed
        ]
        gone = {*changes.resolved, *changes.tokens_deleted}
        self.troubles = [one for one in self.troubles if one.token not in gone]
        self.troubles += [
            one._replace(
                instance=instances.get(one.instance, one.instance),
                token=None if one.token is None else tokens.get(one.token, one.token),
            )
            for one in changes.troubles
        ]


def _number(last: int, rows: Sequence[InstanceRow | TokenRow]) -> dict[int, int]:
    """Give new rows their ids."""
    return {row.id: new for new, row in enumerate(rows, last + 1)}
