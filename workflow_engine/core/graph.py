"""A published version: activities and transitions, indexed once, never changed afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .constants import AND, COUNT, DUMMY, FUNCTION, STOPALL, STRICT
from .definition import Activity, Transition
from .errors import DefinitionError
from .ordering import ranks
from .rules import RULES, Rules

#: Activities one event may go through in one instance and those it wakes (R2).
STEP_LIMIT = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An activity with what the engine asks about it all the time."""

    activity: Activity
    outgoing: tuple[Transition, ...]
    """Those a token may take by itself or by a signal, by priority."""
    timers: tuple[Transition, ...]
    """Those that only time takes."""
    watches: tuple[Transition, ...]
    """Those with a trigger model."""
    incoming: tuple[Transition, ...]
    is_join: bool
    """Whether it waits for all its arrows."""
    counts: bool
    """Whether that join counts crossings."""
    runs_code: bool
    """Whether entering it runs code (that of a subflow is another matter)."""
    runs_server: bool
    """Whether entering it runs a server action. R13: function and stopall need no code for it."""
    is_plain: bool
    """Whether entering it does nothing."""
    keeps_watch: bool
    """Whether a token that rests here needs timers or triggers."""
    free: frozenset[int]
    """Outgoing transitions that ask for no user and no condition."""
    rank: int
    """Place in an order that follows the arrows; batches are asked in it."""


@dataclass(frozen=True, eq=False)
class Graph:
    """One version of a definition.

    Ids of activities and transitions are those of rows, so no two versions share one. Two objects
    are never equal: the id says which is which.
    """

    id: int
    """Of the version."""
    definition: int
    name: str
    model: str
    activities: tuple[Activity, ...]
    transitions: tuple[Transition, ...]
    profile: str = STRICT
    step_limit: int = STEP_LIMIT
    rules: Rules = field(init=False)
    nodes: Mapping[int, Node] = field(init=False)
    arrows: Mapping[int, Transition] = field(init=False)
    priority: Mapping[int, int] = field(init=False)
    """Place of each transition in the order in which those of an activity are asked."""
    starts: tuple[Node, ...] = field(init=False)
    has_joins: bool = field(init=False)
    """Whether an instance may have marks."""
    signals: tuple[str, ...] = field(init=False)
    """Every signal some transition waits for, sorted."""

    def __post_init__(self) -> None:
        if self.profile not in RULES:
            raise DefinitionError(f"there is no profile {self.profile!r}", self.name)
        self._check_ends()
        edges = _by_priority(self.transitions)
        order = ranks(
            [activity.id for activity in self.activities],
            [activity.id for activity in self.activities if activity.flow_start],
            [(edge.source, edge.target) for edge in edges],
        )
        rules = RULES[self.profile]
        nodes = {
            one.id: _node(one, self.transitions, order[one.id], rules) for one in self.activities
        }
        self._derive("rules", rules)
        self._derive("nodes", MappingProxyType(nodes))
        self._derive("arrows", MappingProxyType({edge.id: edge for edge in self.transitions}))
        priority = {edge.id: place for place, edge in enumerate(edges)}
        self._derive("priority", MappingProxyType(priority))
        self._derive("starts", tuple(nodes[one.id] for one in self.activities if one.flow_start))
        self._derive("has_joins", any(node.is_join for node in nodes.values()))
        names = {edge.signal for edge in self.transitions if edge.signal}
        self._derive("signals", tuple(sorted(names)))

    def _derive(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _check_ends(self) -> None:
        ids = {activity.id for activity in self.activities}
        if len(ids) != len(self.activities):
            raise DefinitionError("two activities have the same id", self.name)
        if len({edge.id for edge in self.transitions}) != len(self.transitions):
            raise DefinitionError("two transitions have the same id", self.name)
        for edge in self.transitions:
            if edge.source not in ids or edge.target not in ids:
                raise DefinitionError(
                    "it leads from or to an activity of another version",
                    f"{self.name}, transition {edge.key}",
                )

    def place(self, node: Activity | Transition | None = None) -> str:
        """Say where something is, for messages: definition, activity or both ends."""
        if isinstance(node, Activity):
            return f"{self.name}, activity {node.name}"
        if isinstance(node, Transition):
            source = self.nodes[node.source].activity.name
            return f"{self.name}, transition {source} → {self.nodes[node.target].activity.name}"
        return self.name


def _by_priority(edges: Iterable[Transition]) -> list[Transition]:
    return sorted(edges, key=lambda edge: (edge.sequence, edge.id))


def _node(one: Activity, edges: Iterable[Transition], rank: int, rules: Rules) -> Node:
    leaving = _by_priority(edge for edge in edges if edge.source == one.id)
    acts = one.kind in (DUMMY, FUNCTION) or (one.kind == STOPALL and rules.stopall_acts)
    runs_code = bool(one.code) and one.kind in (FUNCTION, STOPALL)
    runs_server = acts and one.action_id is not None
    idle = one.kind in (DUMMY, FUNCTION) and not one.signal_send
    free = (edge for edge in leaving if not edge.is_guarded and not edge.group_ids)
    return Node(
        activity=one,
        outgoing=tuple(edge for edge in leaving if edge.timer is None),
        timers=tuple(edge for edge in leaving if edge.timer is not None),
        watches=tuple(edge for edge in leaving if edge.trigger_model),
        incoming=tuple(edge for edge in edges if edge.target == one.id),
        is_join=one.join_mode == AND,
        counts=one.join_mode == AND and one.mark_policy == COUNT,
        runs_code=runs_code,
        runs_server=runs_server,
        is_plain=idle and not runs_code and not runs_server,
        keeps_watch=any(edge.timer is not None or edge.trigger_model for edge in leaving),
        free=frozenset(edge.id for edge in free if edge.role_id is None),
        rank=rank,
    )
