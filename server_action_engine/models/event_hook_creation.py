"""What belongs to the creation of a record is no change of it.

Stored fields of a new record are computed some time between the insertion of its row and the end
of the transaction, those of some models record by record. Told of each, a rule on new and changed
records would run in the middle of the creation, on half-done records, and again for every field.
Whoever hears of the creation hears of it once, when the values he watches are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..core.subscriptions import (
    WRITE,
    Audiences,
    ModelSubscriptions,
    Subscription,
    audiences_of,
)

#: Key in ``cursor.__dict__``: ``{model: list of Creation}``, the creations that are under way.
_CREATIONS = "server_action_engine_creations"


class Creation:
    """One call of ``create`` on a model somebody listens to."""

    __slots__ = ("_ids", "_known", "_rows", "listeners")

    def __init__(self, subscriptions: Sequence[Subscription]) -> None:
        self.listeners = {
            (subscription.subscriber, subscription.key) for subscription in subscriptions
        }
        """Who will be told of the new records."""
        self._rows: list[dict] = []
        self._ids: set[int] = set()
        self._known = 0

    def add_rows(self, rows: Sequence[dict]) -> None:
        """Note rows that are about to be inserted; Odoo puts the record of each into it."""
        self._rows.extend(rows)

    @property
    def ids(self) -> set[int]:
        """The ids of the records inserted so far."""
        rows = self._rows
        while self._known < len(rows) and "record" in rows[self._known]:
            self._ids.add(rows[self._known]["record"].id)
            self._known += 1
        return self._ids

    def hears(self, subscription: Subscription) -> bool:
        """Tell whether a subscription belongs to somebody who hears of the creation."""
        return (subscription.subscriber, subscription.key) in self.listeners


@contextmanager
def creation_of(model, subscriptions: Sequence[Subscription]) -> Iterator[Creation]:
    """Keep the computations of new records of ``model`` from being events of their own.

    :param subscriptions: those to the creation
    """
    under_way = model.env.cr.__dict__.setdefault(_CREATIONS, {})
    stack = under_way.setdefault(model._name, [])
    creation = Creation(subscriptions)
    stack.append(creation)
    try:
        yield creation
    finally:
        stack.remove(creation)
        if not stack:
            del under_way[model._name]


def note_insertion(model, rows: Sequence[dict]) -> None:
    """Note the rows about to be inserted for ``model`` if its creation is under way."""
    under_way = model.env.cr.__dict__.get(_CREATIONS)
    if under_way and model._name in under_way:
        under_way[model._name][-1].add_rows(rows)


def compute_watched(records, found: ModelSubscriptions, creation: Creation) -> None:
    """Compute those stored fields of new ``records`` whose changes the listeners watch.

    They would be computed before the end of the transaction anyway. Done now, what happens to
    them later is a change.
    """
    names: set[str] | None = set()
    for subscription in found.listening(WRITE):
        if not creation.hears(subscription):
            continue
        if subscription.fields is None:
            names = None
            break
        names |= subscription.fields
    if names is None:
        records._recompute_recordset()
    elif known := names & records._fields.keys():
        records._recompute_recordset(sorted(known))


def by_novelty(records, audiences: Audiences):
    """Divide those who hear of a computation by the records it is news of.

    :returns: list of (records, audiences)
    """
    under_way = records.env.cr.__dict__.get(_CREATIONS)
    creations = under_way and under_way.get(records._name)
    if not creations:
        return [(records, audiences)]
    parts: dict[tuple[Creation, ...], list[Subscription]] = {}
    for subscription in (one for _name, audience in audiences for one in audience):
        heard = tuple(creation for creation in creations if creation.hears(subscription))
        parts.setdefault(heard, []).append(subscription)
    divided = []
    for heard, part in parts.items():
        news = [
            record_id
            for record_id in records._ids
            if not any(record_id in creation.ids for creation in heard)
        ]
        if news:
            kept = records if len(news) == len(records) else records.browse(news)
            divided.append((kept, audiences_of(part)))
    return divided
