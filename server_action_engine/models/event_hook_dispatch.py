"""Carrying an event to its subscribers, around the method that makes the change."""

from __future__ import annotations

from ..core.subscriptions import (
    COMPUTE,
    CREATE,
    MESSAGE,
    UNLINK,
    WRITE,
    ModelSubscriptions,
    audiences_of,
    without_skipped,
)
from .event_hook_creation import by_novelty, compute_watched, creation_of
from .event_hook_subscriber import Event


def around_create(found: ModelSubscriptions, self, vals_list, call):
    """Create the records of ``vals_list`` by ``call(model, vals_list)`` and tell the listeners."""
    listeners = _listeners(self, found.hearing(CREATE))
    if not listeners:
        return call(self, vals_list)
    event = Event(CREATE, self.browse(), vals=vals_list)
    states = _before(event, listeners)
    told = [subscription for _subscriber, part in listeners for subscription in part]
    with creation_of(self, told) as creation:
        event.records = call(event.in_context(self), vals_list)
        compute_watched(event.records, found, creation)
    _after(event, listeners, states)
    return event.records.with_env(self.env)


def around_write(found: ModelSubscriptions, self, vals, call):
    """Write ``vals`` by ``call(records, vals)`` and tell the listeners."""
    if not self or (found.watched is not None and found.watched.isdisjoint(vals)):
        return call(self, vals)
    names = frozenset(vals)
    listeners = _listeners(self, found.hearing_of(names))
    if not listeners:
        return call(self, vals)
    event = Event(WRITE, _saved(self), names, vals=vals)
    states = _before(event, listeners)
    result = call(event.in_context(self), vals)
    _after(event, listeners, states)
    return result


def around_compute(found: ModelSubscriptions, self, field, call):
    """Recompute ``field`` by ``call(records, field)`` and tell the listeners."""
    names = frozenset(
        computed.name for computed in self.pool.field_computed[field] if computed.store
    )
    audiences = found.hearing_of(names) if names else ()
    records = _saved(self) if audiences else self
    if not audiences or not records:
        return call(self, field)
    told = []
    for news, part in by_novelty(records, audiences):
        if listeners := _listeners(news, part):
            event = Event(COMPUTE, news, names)
            told.append((event, listeners, _before(event, listeners)))
    # The computation keeps its own environment: Odoo may hold results by environment.
    result = call(self, field)
    for event, listeners, states in told:
        _after(event, listeners, states)
    return result


def around_unlink(found: ModelSubscriptions, self, call):
    """Tell the listeners, then delete by ``call(records)``; tell those again who want to know."""
    listeners = _listeners(self, found.hearing(UNLINK)) if self else ()
    if not listeners:
        return call(self)
    event = Event(UNLINK, self)
    states = _before(event, listeners)
    result = call(self)
    for (subscriber, subscriptions), state in zip(listeners, states, strict=True):
        if subscriber._hears_deleted:
            subscriber._event_after(event, subscriptions, state)
    return result


def around_message(found: ModelSubscriptions, self, call):
    """Post a message by ``call(records)`` and tell the listeners."""
    listeners = _listeners(self, found.hearing(MESSAGE)) if self else ()
    if not listeners:
        return call(self)
    event = Event(MESSAGE, self)
    states = _before(event, listeners)
    event.message = call(self)
    _after(event, listeners, states)
    return event.message


def _saved(records):
    """Return those of ``records`` that are in the database."""
    return records if all(records._ids) else records.filtered("id")


def _listeners(records, audiences):
    """Find those who listen, without what the context switches off.

    :returns: list of (subscriber model, its subscriptions)
    """
    env = records.env
    if audiences and (skip := env.context.get("automation_skip")):
        trusted = env.su or env.user._is_system()
        subscriptions = tuple(one for _name, audience in audiences for one in audience)
        audiences = audiences_of(without_skipped(subscriptions, skip, trusted=trusted))
    return [(env[name], audience) for name, audience in audiences]


def _before(event, listeners):
    return [subscriber._event_before(event, found) for subscriber, found in listeners]


def _after(event, listeners, states):
    for (subscriber, found), state in zip(listeners, states, strict=True):
        subscriber._event_after(event, found, state)
