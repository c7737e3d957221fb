"""The instances one session works on, and the difference to what is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from .case import Case
from .changes import Changes
from .constants import ACTIVE
from .differences import add_differences
from .graph import Graph
from .notes import Notes
from .rows import InstanceRow, LogRow, Snapshot
from .stored import load_case, rename_rows
from .token import Token


class Definitions(Protocol):
    """Where versions come from; the caller keeps them as long as they are used."""

    def graph(self, version: int) -> Graph:
        """Return a version; the same id always gives the same graph."""

    def published(self, definition: int) -> int:
        """Return the version that new instances of a definition get."""


class World:
    """Everything in memory."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.cases: dict[int, Case] = {}
        self.resting: dict[int, Snapshot] = {}
        """What is loaded and has not been touched: it costs nothing but its rows."""
        self.dirty: dict[Case, None] = {}
        self.notes = Notes()
        self.depth = 0
        """Runs that are under way, one inside the other."""
        self.instance_ids: dict[int, int] = {}
        self.token_ids: dict[int, int] = {}
        """Provisional id → id of the stored row."""
        self._last_id = 0
        self._taken: list[Case] = []
        """Those whose changes were taken last: all that may know provisional ids of theirs."""

    def provisional_id(self) -> int:
        """Return an id for a row that is not stored yet."""
        self._last_id -= 1
        return self._last_id

    def load(self, snapshots: Iterable[Snapshot]) -> None:
        """Take over instances as they are stored."""
        self.resting.update((stored.instance.id, stored) for stored in snapshots)

    def case(self, instance: int) -> Case | None:
        """Return an instance that is in memory, None if it is not."""
        case = self.cases.get(instance)
        if case is None and (stored := self.resting.pop(instance, None)) is not None:
            graph = self.definitions.graph(stored.instance.graph)
            case = self.cases[instance] = load_case(self, graph, stored)
        return case

    def knows(self, instance: int) -> bool:
        """Tell whether an instance is in memory."""
        return instance in self.cases or instance in self.resting

    def parents_of(self, instance: int) -> Collection[int]:
        """Return who waits for an instance that is in memory."""
        if (stored := self.resting.get(instance)) is not None:
            return stored.parents
        case = self.cases.get(instance)
        return () if case is None else case.parents

    def kinships(self) -> Iterator[tuple[int, Collection[int]]]:
        """Yield each instance that others wait for, with those."""
        for case in self.cases.values():
            if case.parents:
                yield case.id, case.parents
        for instance, stored in self.resting.items():
            if stored.parents:
                yield instance, stored.parents

    def create(  # pylint: disable=method-required-super; no record
        self, graph: Graph, res_type: str, res_id: int, uid: int
    ) -> Case:
        """Return a new instance."""
        row = InstanceRow(self.provisional_id(), graph.id, res_type, res_id, uid, ACTIVE)
        case = self.cases[row.id] = Case(self, graph, row)
        case.touch()
        return case

    def delete(self, case: Case) -> None:
        """Remove an instance with everything that belongs to it."""
        case.clear()
        case.gone = True
        if case.saved is not None:
            self.notes.deleted.append(case.id)
        self.cases.pop(case.id)
        self.dirty.pop(case, None)
        self.notes.entered.pop(case, None)

    def log(
        self,
        event: str,
        case: Case,
        uid: int,
        token: Token | None = None,
        transition: int | None = None,
        signal: str = "",
        reason: str = "",
        detail: str = "",
        origin: int = 0,
    ) -> None:
        """Write a line of the log."""
        number, activity = (0, None) if token is None else (token.number, token.node.activity.id)
        row = LogRow(
            event, case.id, uid, number, activity, transition, signal, reason, detail, origin,
            case.graph.id, case.res_type, case.res_id,
        )  # fmt: skip
        self.notes.log.append(row)

    @property
    def has_changes(self) -> bool:
        """Whether anything has to be stored; it may turn out to be nothing."""
        return bool(self.dirty or self.notes)

    def take_changes(self) -> Changes:
        """Return what differs from the stored rows, and count it as stored from now on."""
        changes = Changes()
        self._taken = [case for case in self.dirty if not case.gone]
        for case in self._taken:
            add_differences(case, changes)
        self.notes.fill(changes)
        self.dirty = {}
        self.notes = Notes()
        return changes

    def bind(self, instances: Mapping[int, int], tokens: Mapping[int, int]) -> None:
        """Replace provisional ids by those of the stored rows."""
        if not instances and not tokens:
            return
        self.instance_ids.update(instances)
        self.token_ids.update(tokens)
        for case in self._taken:
            if case.id in instances:
                del self.cases[case.id]
                case.id = instances[case.id]
                self.cases[case.id] = case
            rename_rows(case, instances, tokens)
