"""What an event is, and what a model does to hear of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from odoo import api, models

from ..core.subscriptions import Subscription, without_skipped
from .event_hook_gate import SUBSCRIBER_MODEL, gate_of


@dataclass(slots=True)
class Event:
    """One change of the records of one model, from before to after it."""

    kind: str
    """``create``, ``write``, ``compute``, ``unlink`` or ``message``."""
    records: models.BaseModel
    """The real records concerned; before a creation the empty recordset of the model."""
    names: frozenset[str] = frozenset()
    """Fields written, or stored fields recomputed together."""
    vals: Any = None
    """The list of values of a creation, the values of a write, else None."""
    old: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Values before the change, by record id and field; only what a subscriber asked for."""
    context: dict[str, Any] = field(default_factory=dict)
    """Context keys the change itself runs with; subscribers add to it before the change."""
    message: models.BaseModel | None = None
    """The message posted, after a ``message`` event."""
    known: tuple[api.Environment, int, api.Environment] | None = None
    """The last answer of :meth:`in_context`: environment before, length of the context, after."""

    def in_context(self, records: models.BaseModel) -> models.BaseModel:
        """Return ``records`` with the context keys the subscribers have asked for so far."""
        if not self.context:
            return records
        env, size = records.env, len(self.context)
        known = self.known
        if known is None or known[0] is not env or known[1] != size:
            # Odoo looks through all environments of the transaction for it.
            found = records.with_context(**self.context).env
            known = self.known = (env, size, found)
        return records.with_env(known[2])

    def read_old(self, records: models.BaseModel, names: Iterable[str]) -> None:
        """Remember the values of the fields ``names`` of ``records`` before the change."""
        for name in names:
            for record in records:
                values = self.old.setdefault(record.id, {})
                if name not in values:
                    values[name] = record[name]


class EventSubscriber(models.AbstractModel):
    """Inherit this to hear of changes of records of any model.

    The event hook calls ``_event_before`` and ``_event_after`` of a subscriber only with the
    subscriptions the event concerns; a model without subscriptions costs a dictionary lookup.
    """

    _name = SUBSCRIBER_MODEL
    _description = "Subscriber to Changes of Records"

    #: Whether :meth:`_event_after` is called for ``unlink`` too, when the records are gone.
    _hears_deleted = False

    @api.model
    def _event_subscriptions(self) -> Iterable[Subscription]:
        """Return all subscriptions of this subscriber, as stored in the database.

        Called as superuser with an empty context, once per change of subscriptions and worker.
        """
        return ()

    @api.model
    def _event_subscriptions_of(self, keys: Collection[str]) -> Iterable[Subscription]:
        """Return those of :meth:`_event_subscriptions` with one of the given keys.

        Subscribers with many rules override it to read only the rules behind these.
        """
        return [one for one in self._event_subscriptions() if one.key in keys]

    @api.model
    def _event_subscriptions_changed(self, keys: Collection[str] | None = None) -> None:
        """Call this after any change of what :meth:`_event_subscriptions` returns.

        The running transaction sees the change at once, everybody else after the commit; the
        registry is not reloaded.

        :param keys: the keys of the subscriptions that changed, came or went; None for any
        """
        gate_of(self.env.registry).changed(self.env, self._name, keys)

    @api.model
    def _event_subscriptions_to(self, model_name: str, event: str) -> tuple[Subscription, ...]:
        """Return the subscriptions of all subscribers to ``event`` of a model, in order."""
        found = gate_of(self.env.registry).current(self.env).get(model_name)
        if found is None:
            return ()
        skip = self.env.context.get("automation_skip")
        return without_skipped(found.listening(event), skip)

    @api.model
    def _event_subscriptions_everywhere(self, event: str) -> Iterable[Subscription]:
        """Return the subscriptions of all subscribers to ``event`` of any model."""
        for found in gate_of(self.env.registry).current(self.env).values():
            yield from found.listening(event)

    @api.model
    def _event_before(self, event: Event, subscriptions: Sequence[Subscription]) -> Any:
        """Look at the records before the change.

        May read old values with ``event.read_old`` and add to ``event.context``.

        :returns: anything; handed to :meth:`_event_after`
        """
        return None

    @api.model
    def _event_after(self, event: Event, subscriptions: Sequence[Subscription], state: Any) -> None:
        """React to the change.

        After ``unlink`` only subscribers with ``_hears_deleted`` are called: of the records
        nothing but the ids is left, and what has to be known of them is read before.
        """
