"""The gate of the event hook: which subscriptions exist, as seen by a given transaction."""

from __future__ import annotations

from collections.abc import Collection

from odoo import SUPERUSER_ID, api
from odoo.tools import config

from ..core.subscriptions import SubscriptionIndex, build_index, replaced
from .event_hook_own_index import OwnIndex

SUBSCRIBER_MODEL = "server.action.event.subscriber"
#: Signalled between workers whenever the subscriptions change. ``stable`` is one of Odoo's own
#: cache names: a name of one's own would need a table in every database of the process.
CACHE_NAME = "stable"
#: Key in ``cursor.__dict__`` of a transaction that changed subscriptions; counts its changes.
CHANGED = "server_action_engine_subscriptions_changed"
#: Key in ``cursor.__dict__`` while subscriptions are being read through it.
READING = "server_action_engine_subscriptions_reading"

_ATTRIBUTE = "server_action_engine_gate"


class Gate:
    """Holds the index of one registry and decides whether it is still valid.

    The shared index is stored with the number of the cache sequence read *before* it was filled,
    and filled from a cursor of its own, so it never shows what another transaction has not
    committed and never keeps what an old snapshot saw.
    """

    __slots__ = ("registry", "state")

    def __init__(self, registry) -> None:
        self.registry = registry
        self.state: tuple[int | None, SubscriptionIndex] = (None, {})
        """Sequence number and index, replaced as one so that no thread pairs them wrongly."""

    def current(self, env: api.Environment) -> SubscriptionIndex:
        """Return the index that is valid for the transaction of ``env``."""
        root = _root_cursor(env.cr)
        changes = root.__dict__.get(CHANGED)
        if changes:
            return self._own_index(env, changes)
        number = self.registry.cache_sequences[CACHE_NAME]
        valid_for, index = self.state
        if number != valid_for:
            if READING in env.cr.__dict__:
                # Fields that are computed while the index is being read concern nobody, and asking
                # for the index because of them would never end.
                return {}
            index = self._read_committed(env)
            self.state = (number, index)
        return index

    def reset(self) -> None:
        """Forget the shared index."""
        self.state = (None, {})

    def changed(
        self, env: api.Environment, subscriber: str = "", keys: Collection[str] | None = None
    ) -> None:
        """Note that the transaction of ``env`` changed subscriptions.

        It reads its own view from now on; all others learn of the change after its commit.

        :param keys: keys of the subscriptions of ``subscriber`` that changed; None for any
        """
        cr = env.cr
        root = _root_cursor(cr)
        changes = root.__dict__.get(CHANGED, 0)
        if keys is not None:
            own = OwnIndex.of(cr)
            number, index = self.state
            if own is None and not changes and number == self.registry.cache_sequences[CACHE_NAME]:
                # What everybody sees, to begin with.
                own = OwnIndex.keep(cr, index, 0)
            if own is not None:
                own.note(subscriber, keys, changes)
        root.__dict__[CHANGED] = changes + 1
        self.reset()
        if self.registry.ready:
            self.registry.clear_cache(CACHE_NAME)
        if not changes and root is cr:
            cr.postcommit.add(lambda: self._signal_after_commit(cr))
            cr.postrollback.add(lambda: cr.__dict__.pop(CHANGED, None))

    def _own_index(self, env: api.Environment, changes: int) -> SubscriptionIndex:
        own = OwnIndex.of(env.cr)
        if own is None:
            # Valid for no number of changes: there is nothing in it yet.
            own = OwnIndex.keep(env.cr, {}, -1)
        if not own.is_valid(changes):
            own.update(
                changes,
                lambda: _read_index(env),
                lambda index, stale: _read_changed(env, index, stale),
            )
        return own.index

    def _read_committed(self, env: api.Environment) -> SubscriptionIndex:
        if _root_cursor(env.cr) is not env.cr:
            # A request inside a test: there is no transaction but the test's.
            return _read_index(env)
        with self.registry.cursor() as cr:
            return _read_index(api.Environment(cr, SUPERUSER_ID, {}))

    def _signal_after_commit(self, cr) -> None:
        # Requests signal after their commit too, but crons signal before it and scripts never do.
        cr.__dict__.pop(CHANGED, None)
        OwnIndex.forget(cr)
        self.reset()
        if self.registry.ready:
            self.registry.clear_cache(CACHE_NAME)
            self.registry.signal_changes()


def gate_of(registry) -> Gate:
    """Return the gate of ``registry``, creating it on first use."""
    gate = registry.__dict__.get(_ATTRIBUTE)
    if gate is None:
        gate = registry.__dict__.setdefault(_ATTRIBUTE, Gate(registry))
    return gate


def is_disabled() -> bool:
    """Tell whether ``automation_disabled`` in the configuration file switches everything off."""
    return str(config.get("automation_disabled")).strip().lower() in ("1", "true", "yes", "on")


def _read_index(env: api.Environment) -> SubscriptionIndex:
    """Ask every subscriber for its subscriptions, in the transaction of ``env``."""
    if is_disabled():
        return {}
    # Superuser and empty context: subscriptions are configuration, the same for every user.
    env = api.Environment(env.cr, SUPERUSER_ID, {})
    names = env.registry.descendants([SUBSCRIBER_MODEL], "_inherit")
    found = []
    env.cr.__dict__[READING] = True
    try:
        for name in sorted(names):
            if name != SUBSCRIBER_MODEL:
                found.extend(env[name]._event_subscriptions())
    finally:
        env.cr.__dict__.pop(READING, None)
    return build_index(found)


def _read_changed(
    env: api.Environment, index: SubscriptionIndex, stale: dict[str, set[str]]
) -> SubscriptionIndex:
    """Return ``index`` with the subscriptions of some keys as they are now.

    :param stale: keys by subscriber
    """
    if is_disabled():
        return {}
    env = api.Environment(env.cr, SUPERUSER_ID, {})
    for subscriber, keys in stale.items():
        index = replaced(index, keys, env[subscriber]._event_subscriptions_of(frozenset(keys)))
    return index


def _root_cursor(cr):
    """Return the real cursor below the cursor of a request inside a test, or ``cr`` itself."""
    return cr.__dict__.get("_cursor") or cr
