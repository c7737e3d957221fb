"""What is going on in the engine during the outermost call of a transaction."""

from __future__ import annotations

from contextlib import contextmanager

from ..core.session import Session

#: Key in ``cursor.__dict__``.
_FLOW = "workflow_engine_flow"
#: Key in ``cursor.cache``, which Odoo empties when a savepoint is rolled back.
_MARK = "workflow_engine.mark"


class Flow:
    """One session, shared by all calls that are made inside each other."""

    __slots__ = ("locked", "looking", "session", "works", "writes_state")

    def __init__(self, definitions) -> None:
        self.session = Session(definitions)
        self.locked = {}
        """Snapshots that were read when their instances were looked for, to be loaded at once."""
        self.works: list[dict] = []
        """``{(model, record id): (instance, token)}`` of actions that run, inner ones last."""
        self.looking = 0
        """Whether somebody only asks which signals could be sent."""
        self.writes_state = 0
        """Whether the engine itself writes state fields."""

    def take_locked(self, instances):
        """Return the snapshots of instances that have just been read, None if any is missing."""
        locked, self.locked = self.locked, {}
        if all(one in locked for one in instances):
            return [locked[one] for one in instances]
        return None

    def set_mark(self, cr) -> None:
        """Remember that memory and database agree."""
        cr.cache[_MARK] = self

    def is_rolled_back(self, cr) -> bool:
        """Tell whether a savepoint was rolled back since the mark was set."""
        return cr.cache.get(_MARK) is not self

    def work_of(self, model: str, res_id: int):
        """Return (instance, token) for a record an action runs on, None if it is none of ours."""
        for works in reversed(self.works):
            if (model, res_id) in works:
                return works[model, res_id]
        return None


def current_flow(cr) -> Flow | None:
    """Return what is going on, None outside of the engine."""
    return cr.__dict__.get(_FLOW)


@contextmanager
def flow_of(cr, definitions):
    """Enter the running flow, or begin one."""
    flow = current_flow(cr)
    if flow is not None:
        yield flow
        return
    flow = cr.__dict__[_FLOW] = Flow(definitions)
    flow.set_mark(cr)
    try:
        yield flow
    finally:
        del cr.__dict__[_FLOW]
