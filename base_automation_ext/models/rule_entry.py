"""What the index knows of a rule: everything needed to say "no" without a query."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from odoo.fields import Domain

from odoo.addons.server_action_engine.core.domain import CompiledDomain, compile_domain
from odoo.addons.server_action_engine.models.error_policy import BLOCK

from ..core.expression_names import expression_names
from ..core.rule_scope import RuleScope
from ..core.triggers.base import CHANGE, Trigger

#: How often a rule fires: once per record and chain of events, on every change, or once per
#: transaction for all changes together.
ONCE = "once"
EVERY = "every"
COLLAPSE = "collapse"


@dataclass(frozen=True, slots=True)
class RuleFilter:
    """One of the two domains of a rule."""

    text: str = ""
    """The domain as its author wrote it; empty for none."""
    domain: Sequence[Any] | None = None
    """The domain when it contains no names, else None: then it is evaluated once per event."""
    parsed: Domain | None = None
    compiled: CompiledDomain | None = None
    """Closures over plain values, when the domain needs nothing else."""


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule."""

    id: int
    trigger: Trigger
    watched: frozenset[str] | None
    """Stored fields one of which must have changed; None for any change."""
    pre: RuleFilter
    post: RuleFilter
    wants_old: bool
    """Whether an action may look at old values of fields the rule itself does not watch."""
    blocks: bool = True
    """Whether a failure may keep the user from saving."""
    change: str = ""
    """Expression about the change; empty for none."""
    change_old: frozenset[str] | None = frozenset()
    """Fields whose old values :attr:`change` asks for; None for any."""
    scope: RuleScope | None = None
    fire_mode: str = ONCE
    stop_others: bool = False
    """Whether the rules after it leave out the records it ran on."""
    trace_until: datetime | None = None
    """Until when its decisions are written down, naive UTC."""

    def old_names(self, written: frozenset[str]) -> frozenset[str]:
        """Return those of the fields ``written`` whose old values the rule needs."""
        if self.wants_old or self.change_old is None:
            return written
        if self.watched is None:
            # Without fields to watch, every value that was written counts.
            return written if self.fire_mode != ONCE else self.change_old & written
        return (self.watched | self.change_old) & written

    @property
    def heard(self) -> frozenset[str] | None:
        """Fields whose changes the rule has to hear of; None for all.

        A rule that collects changes also needs the first old value of fields it does not watch.
        """
        if self.fire_mode != COLLAPSE or self.watched is None:
            return self.watched
        if self.wants_old or self.change_old is None:
            return None
        return self.watched | self.change_old


class _FieldTypes(Mapping):
    """The types of a model's fields by name, without going through all of them."""

    def __init__(self, model) -> None:
        self._fields = model._fields

    def __getitem__(self, name):
        return self._fields[name].type

    def __iter__(self):
        return iter(self._fields)

    def __len__(self):
        return len(self._fields)


def make_entry(rule) -> RuleEntry:
    """Read the ``base.automation`` record ``rule``."""
    model, trigger = rule.env[rule.model_id.model], rule._make_trigger()
    # A formula that another trigger of the rule had is not shown with this one.
    change = (rule.filter_change or "").strip() if CHANGE in trigger.filters else ""
    return RuleEntry(
        id=rule.id,
        trigger=trigger,
        watched=rule._watched_fields(),
        pre=make_filter(model, rule.filter_pre_domain),
        post=make_filter(model, rule.filter_domain),
        wants_old=rule.action_server_ids._wants_old_values(),
        blocks=rule.on_error == BLOCK,
        change=change,
        change_old=_old_names(change),
        scope=rule._scope(),
        fire_mode=rule.fire_mode,
        stop_others=rule.stop_others,
        trace_until=rule.trace_until or None,
    )


def _old_names(source):
    if not source or not source.strip():
        return frozenset()
    return expression_names(source).old


def make_filter(model, text) -> RuleFilter:
    """Prepare the domain ``text`` for records of ``model``."""
    if not text:
        return RuleFilter()
    try:
        domain = ast.literal_eval(text.strip())
        parsed = Domain(domain)
    except (ValueError, SyntaxError, TypeError):
        # It names things, or is wrong: stock's own evaluation will tell, as it always did.
        return RuleFilter(text)
    compiled = compile_domain(domain, _FieldTypes(model), model.env.registry.unaccent_python)
    return RuleFilter(text, domain, parsed, compiled)
