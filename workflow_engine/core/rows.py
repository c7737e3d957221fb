"""Rows as they are stored: what the engine reads and what it hands back.

Ids below zero are provisional: they name rows that the engine created and that are not stored yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class TokenRow(NamedTuple):
    """A workitem: the position of an instance on an activity."""

    id: int
    instance: int
    activity: int
    state: str
    number: int
    """Counts the visits of an instance: a token that moves on keeps its id and gets a new
    number. The smallest number is the oldest, and is handled first."""
    child: int | None = None
    """Instance it waits for."""


class InstanceRow(NamedTuple):
    """One run of a version for one record."""

    id: int
    graph: int
    """Id of the version."""
    res_type: str
    res_id: int
    uid: int
    """User who started it."""
    state: str
    results: tuple[str, ...] = ()
    """Names of the activities it ended on."""
    number: int = 0
    """Numbers up to this one have been used; written only if no token has a number as high."""


class Snapshot(NamedTuple):
    """An instance as stored, with all its tokens."""

    instance: InstanceRow
    tokens: tuple[TokenRow, ...] = ()
    marks: Mapping[int, int] = {}
    """Transition → how often it was crossed, for arrows of AND joins that wait."""
    parents: tuple[int, ...] = ()
    """Instances with a token that waits for this one."""


class Mark(NamedTuple):
    """An arrow of an AND join that was crossed; the pair is unique."""

    instance: int
    transition: int
    times: int


class Visit(NamedTuple):
    """A token during one visit, as timers name it: ids outlive a visit, numbers do not."""

    token: int
    number: int
    instance: int
    transition: int


class Trouble(NamedTuple):
    """An incident: something failed and waits for a person."""

    instance: int
    token: int | None
    """None: the instance is stuck without tokens."""
    activity: int | None
    transition: int | None
    message: str
    data: object = None
    """What the caller gave with the failure, such as a traceback; never read here."""


# Events of the log.
START = "start"
MOVE = "move"
"""A token crossed a transition and arrived."""
ARRIVE = "arrive"
"""A token crossed a transition to an AND join, which still waits."""
MERGE = "merge"
"""The same, but the arrow had been crossed before: two crossings have become one (B7)."""
JOIN = "join"
"""A token crossed a transition to an AND join, which fired."""
KILL = "kill"
"""A stopall or a jump removed a token, or the branch died."""
DROP = "drop"
"""A stopall ended a branch whose transition had been crossed, before its token arrived (R8)."""
REFUSED = "refused"
DEFERRED = "deferred"
FAILED = "failed"
RETRY = "retry"
JUMP = "jump"
REDIRECT = "redirect"
FINISH = "finish"
CANCEL = "cancel"
DELETE = "delete"
LOG_EVENTS = (
    START, MOVE, ARRIVE, MERGE, JOIN, KILL, DROP, REFUSED, DEFERRED, FAILED, RETRY, JUMP, REDIRECT,
    FINISH, CANCEL, DELETE,
)  # fmt: skip


class LogRow(NamedTuple):
    """One line of the log (B12)."""

    event: str
    instance: int
    uid: int
    number: int = 0
    """Of the token: the one that arrived, for MOVE, JOIN and START; else the one it is about."""
    activity: int | None = None
    """Where that token is."""
    transition: int | None = None
    signal: str = ""
    reason: str = ""
    """What caused it: ``signal``, ``step``, ``timer``…; of a refusal: why."""
    detail: str = ""
    origin: int = 0
    """Of a crossing: number of the token that left."""
    graph: int = 0
    """Of the instance, with its record: lines outlive both."""
    res_type: str = ""
    res_id: int = 0
