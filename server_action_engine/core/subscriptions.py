"""Who wants to hear of which change, arranged so that finding nobody costs nearly nothing.

A subscription names a model, an event and the fields it watches. An index of all subscriptions is
built once per change of configuration and then only read; the event hook asks it on every create,
write, recompute, unlink and posted message of every model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

CREATE = "create"
WRITE = "write"
COMPUTE = "compute"
UNLINK = "unlink"
MESSAGE = "message"
ONCHANGE = "onchange"
SIGNAL = "signal"

#: What can be subscribed to. A recomputation of stored fields reaches the subscriptions of WRITE.
#: ONCHANGE and SIGNAL are only kept in the index: whoever changes a form, shows a button or reports
#: a failure looks them up there.
SUBSCRIBABLE = (CREATE, WRITE, UNLINK, MESSAGE, ONCHANGE, SIGNAL)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscriber's interest in one event of one model."""

    model: str
    event: str
    """One of :data:`SUBSCRIBABLE`."""
    subscriber: str
    """Technical name of the model that receives the event."""
    key: str = ""
    """Stable name of the rule behind, for the ``automation_skip`` context key."""
    fields: frozenset[str] | None = None
    """Watched fields of a WRITE or ONCHANGE; None watches all. Ignored for the other events."""
    sequence: int = 0
    """Order among all subscriptions to the event, lowest first."""
    rank: tuple[int, ...] = ()
    """Order among those of the same sequence and subscriber, lowest first."""
    payload: Any = field(default=None, compare=False)
    """Whatever the subscriber wants back with the event."""
    binding: bool = False
    """Whether it forbids something: whoever it is to hold back may not switch it off."""


def _order(subscription: Subscription) -> tuple[int, str, tuple[int, ...]]:
    return (subscription.sequence, subscription.subscriber, subscription.rank)


class Audience(tuple[Subscription, ...]):
    """What one subscriber hears of one kind of change, in order.

    Usually the same object for all changes of the kind, until the subscriptions change.
    """

    lasts: bool = False
    """Whether it is kept for the next change of the kind."""
    plan: Any = None
    """Whatever the subscriber has worked out about it."""


Audiences = tuple[tuple[str, Audience], ...]
"""(subscriber, what it hears), in order."""

#: Sets of written fields whose audiences are kept, per model.
_MAX_KEPT = 256


def audiences_of(subscriptions: Iterable[Subscription]) -> Audiences:
    """Divide ``subscriptions``, which come in order, by subscriber."""
    by_subscriber: dict[str, list[Subscription]] = {}
    for subscription in subscriptions:
        by_subscriber.setdefault(subscription.subscriber, []).append(subscription)
    return tuple((name, Audience(found)) for name, found in by_subscriber.items())


class ModelSubscriptions:
    """The subscriptions to one model."""

    __slots__ = ("_audiences", "_by_event", "_by_names", "watched")

    def __init__(self, subscriptions: Iterable[Subscription]) -> None:
        by_event: dict[str, list[Subscription]] = {}
        for subscription in subscriptions:
            if subscription.event not in SUBSCRIBABLE:
                raise ValueError(f"Nothing can subscribe to the event {subscription.event!r}.")
            by_event.setdefault(subscription.event, []).append(subscription)
        self._by_event = {
            event: tuple(sorted(found, key=_order)) for event, found in by_event.items()
        }
        self.watched: frozenset[str] | None = frozenset()
        """Union of the fields watched by WRITE subscriptions; None when one watches all."""
        for subscription in self._by_event.get(WRITE, ()):
            if subscription.fields is None or self.watched is None:
                self.watched = None
            else:
                self.watched |= subscription.fields
        self._audiences: dict[tuple[int, ...], Audiences] = {}
        self._by_names: dict[frozenset[str], Audiences] = {}

    def __iter__(self) -> Iterator[Subscription]:
        """Go through all subscriptions."""
        return chain.from_iterable(self._by_event.values())

    def listening(self, event: str) -> tuple[Subscription, ...]:
        """Return all subscriptions to ``event``, in order."""
        return self._by_event.get(event, ())

    def touched_by(self, names: Collection[str]) -> tuple[Subscription, ...]:
        """Return the WRITE subscriptions that watch one of the fields ``names``, in order."""
        found = self._by_event.get(WRITE, ())
        if not found or (self.watched is not None and self.watched.isdisjoint(names)):
            return ()
        return tuple(
            subscription
            for subscription in found
            if subscription.fields is None or not subscription.fields.isdisjoint(names)
        )

    def hearing(self, event: str) -> Audiences:
        """Return the subscriptions to ``event`` by subscriber."""
        return self._kept(self.listening(event))

    def hearing_of(self, names: frozenset[str]) -> Audiences:
        """Return the subscriptions :meth:`touched_by` finds, by subscriber."""
        found = self._by_names.get(names)
        if found is None:
            if len(self._by_names) >= _MAX_KEPT:
                self._by_names.clear()
            found = self._by_names[names] = self._kept(self.touched_by(names))
        return found

    def _kept(self, subscriptions: tuple[Subscription, ...]) -> Audiences:
        # They live as long as this object does, so no number is used for another one.
        key = tuple(map(id, subscriptions))
        found = self._audiences.get(key)
        if found is None:
            if len(self._audiences) >= _MAX_KEPT:
                self._audiences.clear()
            found = audiences_of(subscriptions)
            for _subscriber, audience in found:
                audience.lasts = True
            self._audiences[key] = found
        return found


#: Model name → its subscriptions; models nobody subscribed to are absent.
SubscriptionIndex = Mapping[str, ModelSubscriptions]


def build_index(subscriptions: Iterable[Subscription]) -> dict[str, ModelSubscriptions]:
    """Arrange ``subscriptions`` by model.

    :raises ValueError: for an event that cannot be subscribed to
    """
    by_model: dict[str, list[Subscription]] = {}
    for subscription in subscriptions:
        by_model.setdefault(subscription.model, []).append(subscription)
    return {model: ModelSubscriptions(found) for model, found in by_model.items()}


def replaced(
    index: SubscriptionIndex, keys: Collection[str], subscriptions: Iterable[Subscription]
) -> dict[str, ModelSubscriptions]:
    """Return the index with other subscriptions in the place of those with the given keys.

    :param subscriptions: all there are with one of ``keys`` now
    """
    added: dict[str, list[Subscription]] = {}
    for subscription in subscriptions:
        added.setdefault(subscription.model, []).append(subscription)
    changed = dict(index)
    for model, found in index.items():
        if model in added or any(subscription.key in keys for subscription in found):
            kept = [subscription for subscription in found if subscription.key not in keys]
            added[model] = kept + added.get(model, [])
    for model, all_of_model in added.items():
        if all_of_model:
            changed[model] = ModelSubscriptions(all_of_model)
        else:
            del changed[model]
    return changed


def without_skipped(
    subscriptions: tuple[Subscription, ...], skip: object, *, trusted: bool = True
) -> tuple[Subscription, ...]:
    """Drop the subscriptions switched off by the value of the ``automation_skip`` context key.

    :param skip: True switches off all; a name or a collection of names switches off the
        subscribers and keys in it; a false value none
    :param trusted: whether binding ones are switched off as well; any browser sets context keys
    """
    if not skip:
        return subscriptions
    if isinstance(skip, str):
        skip = (skip,)
    names = skip if isinstance(skip, (list, tuple, set, frozenset)) else None
    return tuple(
        one
        for one in subscriptions
        if (one.binding and not trusted)
        or (names is not None and one.subscriber not in names and one.key not in names)
    )
