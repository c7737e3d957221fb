"""A savepoint from which nothing escapes: neither rows, callbacks, caches nor engine state."""

from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.tools.misc import Callbacks

from ..core.frames import state_of
from .dry_run_connections import connections_noted
from .dry_run_outgoing import network_blocked
from .run_log_buffer import write_waiting

_QUEUES = ("precommit", "postcommit", "prerollback", "postrollback")
#: Marks the engine's parts leave on a cursor all start like this.
_MARKS = "server_action_engine"


@contextmanager
def sandbox(env, recorder):
    """Run the body so that its effects on this process and this transaction are undone.

    What the body registered for the commit can be read from ``cr.postcommit`` while it runs.

    :yields: function that rolls the database back; called by the body when it has read what it
        wants to know of the state after the run, else at the end
    """
    cr = env.cr
    # Pending changes and logged runs of the caller belong before the savepoint.
    env.flush_all()
    write_waiting(cr)
    with (
        _own_queues(cr),
        _own_engine_state(cr, recorder),
        _own_invalidations(env),
        _no_commit(env, recorder) as savepoint,
        connections_noted(env, recorder),
        network_blocked(recorder),
    ):
        yield lambda: _undo(env, savepoint)


def _undo(env, savepoint):
    """Roll back, once, and forget what the caches hold."""
    if savepoint.closed:
        return
    env.transaction.clear()
    savepoint.close(rollback=True)


@contextmanager
def _own_queues(cr):
    """Give the body queues of its own; the caller's wait untouched."""
    kept = {name: getattr(cr, name) for name in _QUEUES}
    for name in _QUEUES:
        setattr(cr, name, Callbacks())
    try:
        yield
    finally:
        for name, queue in kept.items():
            setattr(cr, name, queue)


@contextmanager
def _own_engine_state(cr, recorder):
    """Start with no action running, and put back whatever marks the cursor had."""
    cursors = [cr, *filter(None, [cr.__dict__.get("_cursor")])]
    marks = [_marks_of(cursor) for cursor in cursors]
    for cursor in cursors:
        cursor.__dict__.pop(_MARKS, None)
    state_of(cr).dry_run = recorder
    try:
        yield
    finally:
        for cursor, kept in zip(cursors, marks, strict=True):
            for name in _marks_of(cursor):
                del cursor.__dict__[name]
            cursor.__dict__.update(kept)


def _marks_of(cursor):
    return {name: value for name, value in cursor.__dict__.items() if name.startswith(_MARKS)}


@contextmanager
def _own_invalidations(env):
    """Clear the process's caches of what they learned, without telling other processes."""
    registry = env.registry
    changed, names = registry.registry_invalidated, set(registry.cache_invalidated)
    registry.registry_invalidated = False
    registry.cache_invalidated.clear()
    try:
        yield
    finally:
        if registry.cache_invalidated:
            registry.clear_cache(*registry.cache_invalidated)
        if registry.registry_invalidated:
            # The body changed models or fields; read them again as they are.
            registry._setup_models__(env.cr)
        registry.registry_invalidated = changed
        registry.cache_invalidated.clear()
        registry.cache_invalidated.update(names)


@contextmanager
def _no_commit(env, recorder):
    """Open the savepoint, and keep the body from ending the transaction around it."""
    cr = env.cr
    savepoint = cr.savepoint(flush=False)

    def commit():
        recorder.not_simulated(
            env._("The action commits in between; what it would keep after an error is not shown.")
        )
        cr.flush()

    def rollback():
        raise UserError(
            env._("The action rolls its transaction back, which a dry run cannot simulate.")
        )

    # On this cursor object only, and only while the body runs. Tests have methods of their own
    # on it already.
    kept = {name: cr.__dict__[name] for name in ("commit", "rollback") if name in cr.__dict__}
    cr.__dict__.update(commit=commit, rollback=rollback)
    try:
        yield savepoint
    finally:
        del cr.__dict__["commit"], cr.__dict__["rollback"]
        cr.__dict__.update(kept)
        _undo(env, savepoint)
