"""The index of a transaction that changed subscriptions: its own, until it is committed."""

from __future__ import annotations

from collections.abc import Callable, Collection

from ..core.subscriptions import SubscriptionIndex

#: Key in ``cursor.cache``. Odoo empties that dictionary when a savepoint is rolled back, which is
#: exactly when the index may have become wrong.
_OWN_INDEX = "server_action_engine.subscription_index"


class OwnIndex:
    """What a transaction sees, and what has changed since.

    Changes are counted on the transaction's cursor. Those that name keys are kept and carried out
    on the index before its next use; reading all subscriptions again, once for each rule that is
    saved, would take as long as there are rules.
    """

    __slots__ = ("_noted_until", "_stale", "_valid_for", "index")

    def __init__(self, index: SubscriptionIndex, changes: int) -> None:
        self.index = index
        self._valid_for = changes
        self._noted_until = changes
        self._stale: dict[str, set[str]] = {}

    @classmethod
    def of(cls, cr) -> OwnIndex | None:
        """Return the index kept for the transaction of ``cr``, if there is one."""
        return cr.cache.get(_OWN_INDEX)

    @classmethod
    def keep(cls, cr, index: SubscriptionIndex, changes: int) -> OwnIndex:
        """Keep ``index``, which is right after ``changes`` changes."""
        own = cr.cache[_OWN_INDEX] = cls(index, changes)
        return own

    @classmethod
    def forget(cls, cr) -> None:
        """Drop the index of a transaction that has ended; its cursor may begin another."""
        cr.cache.pop(_OWN_INDEX, None)

    def note(self, subscriber: str, keys: Collection[str], changes: int) -> None:
        """Note that the subscriptions with some keys change, after ``changes`` other changes."""
        if self._noted_until == changes:
            self._stale.setdefault(subscriber, set()).update(keys)
            self._noted_until = changes + 1
        # Else there was a change it was not told of: everything is read again.

    def is_valid(self, changes: int) -> bool:
        """Tell whether the index is right after ``changes`` changes."""
        return self._valid_for == changes

    def update(
        self,
        changes: int,
        read_all: Callable[[], SubscriptionIndex],
        read_changed: Callable[[SubscriptionIndex, dict[str, set[str]]], SubscriptionIndex],
    ) -> None:
        """Make the index right after ``changes`` changes."""
        # Reading flushes, and what that recomputes asks for the index: it gets the old one.
        before, self._valid_for = self._valid_for, changes
        try:
            if self._noted_until == changes:
                stale, self._stale = self._stale, {}
                self.index = read_changed(self.index, stale)
            else:
                self._noted_until, self._stale = changes, {}
                self.index = read_all()
        except BaseException:
            self._valid_for, self._noted_until = before, -1
            raise
