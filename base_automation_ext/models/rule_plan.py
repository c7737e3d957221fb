"""The rules that hear of one kind of change, arranged so that saying no costs next to nothing."""

from __future__ import annotations

from collections.abc import Sequence

from odoo.addons.server_action_engine.core.domain_sieve import Sieve

from .rule_entry import COLLAPSE, RuleEntry

#: Sets of written fields for which a plan keeps whose old values are wanted.
_MAX_KEPT = 64


class RulePlan:
    """Rules in their order, by number. Worked out once per kind of change, then only read."""

    __slots__ = ("_old", "after", "before", "collapsing", "entries", "filtered_before", "guarded")

    def __init__(self, entries: Sequence[RuleEntry], is_kept: bool) -> None:
        """Arrange ``entries``.

        :param is_kept: whether it will be used often enough to be worth a sieve
        """
        self.entries = entries
        numbered = list(enumerate(entries))
        self.guarded = [
            number
            for number, entry in numbered
            if entry.scope is not None or entry.trace_until is not None
        ]
        """Those which may not be meant, or have to tell everything."""
        self.collapsing = frozenset(
            number for number, entry in numbered if entry.fire_mode == COLLAPSE
        )
        self.filtered_before = [number for number, entry in numbered if entry.pre.text]
        # Who is traced tells why it says no.
        asked = [
            (number, entry, is_kept and entry.trace_until is None) for number, entry in numbered
        ]
        self.before = Sieve(
            (number, entry.pre.compiled if glance else None)
            for number, entry, glance in asked
            if entry.pre.text
        )
        self.after = Sieve(
            (number, entry.post.compiled if glance else None) for number, entry, glance in asked
        )
        self._old: dict[frozenset[str], list[tuple[int, frozenset[str]]]] = {}

    def without(self, narrowed) -> Sequence[RuleEntry]:
        """Return the rules ``narrowed`` does not name as those it is not about."""
        if not narrowed:
            return self.entries
        return [
            entry
            for number, entry in enumerate(self.entries)
            if narrowed.get(number, ()) is not None
        ]

    def old_names(self, written: frozenset[str]) -> list[tuple[int, frozenset[str]]]:
        """Return (number, fields) of the rules that need old values of the fields ``written``."""
        found = self._old.get(written)
        if found is None:
            if len(self._old) >= _MAX_KEPT:
                self._old.clear()
            all_names = (
                (number, one.old_names(written)) for number, one in enumerate(self.entries)
            )
            found = self._old[written] = [(number, names) for number, names in all_names if names]
        return found

    def candidates(self, view):
        """Go through the rules some record may match after the change, in order.

        What one rule has done may make a record match the next one, so the rest is looked at anew.
        """
        start, numbers = 0, None
        while numbers is None:
            numbers = [number for number in view.possible(self.after) if number >= start]
            generation = view.generation
            for number in numbers:
                yield number
                if view.generation != generation:
                    start, numbers = number + 1, None
                    break


def plan_of(audience) -> RulePlan:
    """Return the plan of the subscriptions ``audience``, worked out on first use."""
    plan = audience.plan
    if plan is None:
        entries = [subscription.payload for subscription in audience]
        plan = audience.plan = RulePlan(entries, audience.lasts)
    return plan
