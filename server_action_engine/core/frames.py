"""What is running: one frame per executed action and batch, stacked per database cursor.

The frames are the raw material of the run log, of dry runs and of the loop guard. They are plain
data, so a failed run can be kept after its transaction is gone.
"""

from __future__ import annotations

import traceback as tb
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .errors import LoopGuardError, root_cause

DONE = "done"
SKIPPED = "skipped"
FAILED = "failed"
QUEUED = "queued"
ISOLATED = "isolated"
RUNNING = "running"

#: A chain of actions that start each other deeper than this is a loop.
DEFAULT_MAX_DEPTH = 32
#: One execution that starts more actions than this is a loop.
DEFAULT_MAX_ACTIONS = 20_000
#: PostgreSQL keeps 64 subtransactions per backend in shared memory; more slow down every reader.
MAX_SAVEPOINTS = 50
#: Ids kept per frame; the number of records is always exact.
MAX_KEPT_IDS = 1000


@dataclass
class Frame:
    """One action working on one batch of records."""

    action_id: int
    action_name: str
    action_type: str
    model: str
    record_ids: list[int] = field(default_factory=list)
    """Ids the action was started with, at most :data:`MAX_KEPT_IDS`."""
    record_count: int = 0
    """Number of records the action was started with."""
    path: str = ""
    """Place in the tree of actions, such as ``multi/2/loop/0``; empty for the root."""
    started: datetime | None = None
    """Naive UTC."""
    duration_ms: float = 0.0
    """Wall-clock time including children, in milliseconds."""
    sql_count: int = 0
    """SQL statements including children."""
    state: str = RUNNING
    records_left_out: int = 0
    """Records refused by the action's condition."""
    reason: str = ""
    """Why records were left out or the action did not run, in words."""
    condition_text: str = ""
    result: str = ""
    values: dict[str, str] = field(default_factory=dict)
    """Field name → text of the value written."""
    values_model: str = ""
    """Model the values were written to; empty for the action's own."""
    messages: list[str] = field(default_factory=list)
    created: list[tuple[str, int]] = field(default_factory=list)
    """``(model, id)`` of the records created."""
    error_type: str = ""
    error_message: str = ""
    traceback: str = ""
    children: list[Frame] = field(default_factory=list)
    trigger: dict[str, Any] = field(default_factory=dict)
    """Origin of the execution; only on the root."""
    scratch: dict[str, Any] = field(default_factory=dict, repr=False)
    """Working data of the engine; never stored."""

    def fail(self, exc: BaseException) -> None:
        """Record ``exc`` as the reason why this frame failed."""
        cause = root_cause(exc)
        self.state = FAILED
        self.error_type = type(cause).__name__
        self.error_message = str(exc) or repr(exc)
        self.traceback = "".join(tb.format_exception(type(exc), exc, exc.__traceback__))

    def noted(self) -> tuple[int, int, int, dict[str, str]]:
        """Return a mark of what the frame holds so far, for :meth:`undo`."""
        return len(self.children), len(self.messages), len(self.created), dict(self.values)

    def undo(self, mark: tuple[int, int, int, dict[str, str]], keep_messages: bool) -> None:
        """Forget what was written since :meth:`noted`, because it was rolled back.

        What ran below stays readable, marked as undone.
        """
        children, messages, created, self.values = mark
        for child in self.children[children:]:
            child.state = ISOLATED
        if not keep_messages:
            del self.messages[messages:]
        del self.created[created:]

    def walk(self) -> Iterator[Frame]:
        """Yield this frame and all frames below it, depth first, in order of execution."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class DueTask:
    """The background task a transaction carries out."""

    id: int
    """Id of (the first of) the tasks that run together; 0 if a dry run shows what one would do."""
    action_id: int
    """The action the task was queued for. What that action starts is no task of its own."""
    chain_depth: int = 0
    """How many tasks created each other up to this one."""


class EngineState:
    """The stack of running frames of one database cursor, and the transaction's budgets."""

    def __init__(self) -> None:
        self.stack: list[Frame] = []
        self.actions_started = 0
        self.max_depth = DEFAULT_MAX_DEPTH
        self.max_actions = DEFAULT_MAX_ACTIONS
        self.dry_run: Any = None
        """The recorder of a dry run, or None."""
        self.origin: dict[str, Any] | None = None
        """What starts the next root frame (a rule, a task …), or None for a direct call."""
        self.task: DueTask | None = None
        """The task that is being carried out. Never told by a context, which callers write."""
        self._savepoints = 0
        self._savepoint_transaction: object = None

    @property
    def current(self) -> Frame | None:
        """The running frame, or None when no action is running."""
        return self.stack[-1] if self.stack else None

    @property
    def root(self) -> Frame | None:
        """The outermost running frame, or None when no action is running."""
        return self.stack[0] if self.stack else None

    def push(self, frame: Frame) -> None:
        """Enter ``frame``.

        :raises LoopGuardError: when the chain is too deep or the execution too long; the frame
            is then not on the stack
        """
        if not self.stack:
            self.actions_started = 0
        self.actions_started += 1
        if len(self.stack) >= self.max_depth:
            raise self._loop_error(frame, f"more than {self.max_depth} actions inside each other")
        if self.actions_started > self.max_actions:
            raise self._loop_error(frame, f"more than {self.max_actions} actions in one execution")
        if self.stack:
            self.stack[-1].children.append(frame)
        self.stack.append(frame)

    def pop(self, frame: Frame) -> None:
        """Leave ``frame``, and whatever an exception left above it; nothing if it was refused."""
        for at in reversed(range(len(self.stack))):
            if self.stack[at] is frame:
                del self.stack[at:]
                return

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let what follows be executions of their own instead of parts of the running action.

        For actions that only carry out what somebody else decided, such as the one behind a
        scheduled action: the run log then shows the work, not its carrier.
        """
        stack, started = self.stack, self.actions_started
        self.stack = []
        try:
            yield
        finally:
            self.stack, self.actions_started = stack, started

    @contextmanager
    def carrying_out(self, task: DueTask | None) -> Iterator[None]:
        """Let ``task.action_id`` run now although it belongs in the background; None: nothing."""
        outer, self.task = self.task, task
        try:
            yield
        finally:
            self.task = outer

    def is_due(self, action_id: int, path: str = "") -> bool:
        """Tell whether an action is the one the running task was queued for.

        :param path: the action's place in the tree of running ones, see :attr:`Frame.path`
        """
        return self.task is not None and not path and self.task.action_id == action_id

    def chain(self) -> list[str]:
        """Names of the running actions, outermost first."""
        return [f"{frame.action_name} ({frame.model})" for frame in self.stack]

    def take_savepoint(self, transaction: object) -> bool:
        """Ask for one of the transaction's savepoints.

        :param transaction: anything that identifies the transaction, such as its start time
        :returns: False when :data:`MAX_SAVEPOINTS` are used up
        """
        if transaction != self._savepoint_transaction:
            self._savepoint_transaction = transaction
            self._savepoints = 0
        if self._savepoints >= MAX_SAVEPOINTS:
            return False
        self._savepoints += 1
        return True

    def _loop_error(self, frame: Frame, what: str) -> LoopGuardError:
        names = [*self.chain(), f"{frame.action_name} ({frame.model})"]
        shown = names if len(names) <= 12 else [*names[:6], "…", *names[-5:]]
        return LoopGuardError(
            f"Actions start each other without end: {what}. "
            f"The chain is: {' → '.join(shown)}. "
            "Add a condition that stops the chain, or limit the rule to the fields it watches.",
            names,
        )


def state_of(cursor: Any) -> EngineState:
    """Return the engine state of a database cursor, creating it on first use."""
    state = cursor.__dict__.get("server_action_engine")
    if state is None:
        state = cursor.__dict__["server_action_engine"] = EngineState()
    return state  # type: ignore[no-any-return]
