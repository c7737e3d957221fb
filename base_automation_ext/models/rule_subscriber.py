"""Automation rules as a subscriber to the event hook."""

from __future__ import annotations

import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.server_action_engine.core.errors import is_retryable_db_error
from odoo.addons.server_action_engine.core.subscriptions import (
    COMPUTE,
    CREATE,
    MESSAGE,
    UNLINK,
    WRITE,
)
from odoo.addons.server_action_engine.models.event_hook_gate import CHANGED

from ..core.triggers import keys_hearing
from ..core.triggers.base import Change
from ..core.triggers.path_resolver import PathError
from .environments import ActionDone, begin_chain, end_chain, released_environments
from .event_view import EventView
from .old_values import OLD_MODEL_KEY
from .rule_entry import COLLAPSE, make_entry
from .rule_expressions import is_broken
from .rule_overrides import FILTERS
from .rule_plan import RulePlan, plan_of
from .rule_scope import acts_for, in_companies
from .rule_trace import traced

_logger = logging.getLogger(__name__)


class RuleSubscriber(models.AbstractModel):
    _name = "base.automation.subscriber"
    _inherit = ["server.action.event.subscriber"]
    _description = "Automation Rules Listening to Changes of Records"

    @api.model
    def _event_subscriptions(self):
        return self._subscriptions_of_rules(())

    @api.model
    def _event_subscriptions_of(self, keys):
        ids = [int(key.rpartition(",")[2]) for key in keys]
        return self._subscriptions_of_rules([("id", "in", ids)])

    def _subscriptions_of_rules(self, domain):
        found = []
        if self.env["base.automation"]._is_globally_paused():
            return found
        rules = self.env["base.automation"].search([("paused", "=", False), *domain])
        for rule in rules:
            if rule.model_id.model in self.env:
                found.extend(self._subscriptions_of_rule(rule))
            else:
                _logger.warning(
                    "Automation rule “%s” (%s) is left out: its model %s (%s) does not exist.",
                    rule.name,
                    rule.id,
                    rule.model_id.model,
                    rule.model_id.id,
                )
        return found

    def _subscriptions_of_rule(self, rule):
        # In a transaction that is changing rules some may be half done. Saving them complains.
        is_being_changed = CHANGED in self.env.cr.__dict__
        try:
            name, problem = rule._broken_filter()
            if name:
                # Stock would keep everybody from saving; the author is told instead.
                if not is_being_changed:
                    rule._pause_later(rule._filter_reason(name, problem))
                return ()
            return rule._subscriptions_of(make_entry(rule))
        except PathError as exc:
            # The form says so in words; here the rule may be just about to be refused.
            _logger.info("Automation rule “%s” (%s) is left out: %s", rule.name, rule.id, exc)
            return ()
        except Exception as exc:
            if not (is_being_changed and isinstance(exc, ValidationError)):
                _logger.exception("Automation rule “%s” (%s) is left out.", rule.name, rule.id)
            return ()

    @api.model
    def _fire(self, entry, records, old=None):
        """Run a rule on records something happened to, unless its filters or limits say no.

        For triggers whose events are not those of the rule's own records. A rule that collects
        changes fires at the end of the transaction if there are old values to compare.

        :param entry: the rule's ``RuleEntry``, as in the payload of its subscriptions
        :param records: records of the rule's model
        :param old: ``{id: {field: old value}}``; None when nothing is compared
        :returns: ids of the records it ran on
        """
        if self.env["base.automation"]._is_globally_paused():
            return ()
        if old is not None and entry.fire_mode == COLLAPSE:
            found = [(entry, records.sudo(), ())]
            self.env["base.automation.pending"]._collect(found, records, old)
            return ()
        if "__action_done" not in records.env.context:
            records = records.with_context(__action_done=ActionDone())
        return self._fire_now(entry, records, old)

    @api.model
    def _fire_now(self, entry, records, old):
        """Run a rule on records in whose context there is a chain of events.

        :returns: ids of the records it ran on
        """
        if entry.scope and not acts_for(entry.scope, records.env):
            if rule := traced(entry, records):
                rule._trace_out_of_scope(records)
            return ()
        overrides = self.env["base.automation"]._overridden_methods()
        view = EventView(records, feedback=True)
        return self._process_entry(entry, view, view.everything, {"old_values": old}, overrides)

    @api.model
    def _run_due(self, rule, records, old):
        """Run a rule on records it has put aside, if they still meet its filter.

        :param old: ``{id: {field: old value}}`` as it was kept; None if it was not
        :returns: the records it ran on
        """
        records = records.with_context(__action_done=ActionDone())
        entry, context = make_entry(rule), {"old_values": old}
        view = EventView(records, feedback=True)
        found, domain = self._filter_after(entry, view, view.everything)
        if traced_rule := traced(entry, records):
            traced_rule._trace_filter(records, found, "filter_domain")
        return self._rule_of(entry, records, context)._run_rule(found, domain, is_due=True)

    # -- before the change ------------------------------------------------------------------------

    @api.model
    def _event_before(self, event, subscriptions):
        chain = None
        if "__action_done" not in self.env.context:
            chain = begin_chain(event)
        records = event.in_context(event.records)
        plan, narrowed = plan_of(subscriptions), {}
        for number in plan.guarded:
            if not self._lets_pass(plan.entries[number], event, records):
                narrowed[number] = None
        if event.kind == MESSAGE:
            return chain, plan.without(narrowed)
        overrides = self.env["base.automation"]._overridden_methods()
        if overrides:
            entries = self._kept_by_override(plan.without(narrowed), records, event.kind, overrides)
            plan, narrowed = RulePlan(entries, is_kept=False), {}
        if event.kind == CREATE:
            return chain, plan, narrowed, overrides
        if event.kind == UNLINK:
            self._process_entries(plan, narrowed, records, {"old_values": None}, overrides)
            if chain is not None:
                end_chain(chain)
            return None
        view = EventView(records)
        self._filter_before(event, plan, narrowed, view, overrides)
        self._read_old(event, plan, narrowed, view)
        # What is written does not change which records there are, nor their environment.
        event.records = records
        return chain, plan, narrowed, overrides

    def _lets_pass(self, entry, event, records):
        """Tell whether a rule with a scope, or one that is traced, is about an event."""
        if entry.trace_until and event.kind in (WRITE, COMPUTE):
            # It hears of all fields while it is traced.
            if entry.heard is not None and entry.heard.isdisjoint(event.names):
                if event.kind == WRITE and (rule := traced(entry, records)):
                    rule._trace_unheard(records)
                return False
        if entry.scope is None or acts_for(entry.scope, records.env):
            return True
        if rule := traced(entry, records):
            rule._trace_out_of_scope(records)
        return False

    def _kept_by_override(self, entries, records, kind, overrides, triggers=None):
        """Let an override of ``_get_actions`` choose among the rules, and order them."""
        if "_get_actions" not in overrides:
            return entries
        triggers = triggers or keys_hearing(WRITE if kind == COMPUTE else kind)
        rules = records.env["base.automation"]._get_actions(records, triggers)
        by_id = {entry.id: entry for entry in entries}
        return [by_id[rule_id] for rule_id in rules.ids if rule_id in by_id]

    def _filter_before(self, event, plan, narrowed, view, overrides):
        """Note in ``narrowed`` which records meet the conditions on what was before the change.

        :param narrowed: ``{number of a rule: positions}`` where these are not all; None for a rule
            that is not concerned at all
        """
        numbers = range(len(plan.entries)) if overrides else plan.filtered_before
        if not numbers:
            return
        pending = self._pending_computations(event, plan)
        if not overrides:
            refused = dict.fromkeys(numbers, ())
            narrowed.update({**refused, **narrowed})
            numbers = view.possible(plan.before)
        for number in numbers:
            entry = plan.entries[number]
            if narrowed.get(number, ()) is None:
                continue
            try:
                if overrides & FILTERS:
                    rule = view.records.env["base.automation"].browse(entry.id)
                    positions = view.positions(rule._filter_pre(view.records))
                else:
                    positions, _domain = self._select(entry, entry.pre, view, view.everything)
            except Exception as exc:  # noqa: BLE001 - an author's filter may raise anything
                narrowed[number] = None
                self._filter_failed(entry, exc)
                continue
            narrowed[number] = positions
            if entry.trace_until and (rule := traced(entry, view.records)):
                rule._trace_filter(view.records, view.at(positions), "filter_pre_domain")
        for field, records in pending.items():
            self.env.add_to_compute(field, records)

    def _select(self, entry, rule_filter, view, positions):
        """Return the positions of records that match a filter of a rule, and its domain.

        A domain that contains names is evaluated here, once for all records.
        """
        if rule_filter.text and rule_filter.domain is None and positions:
            rule = view.records.env["base.automation"].browse(entry.id)
            domain = rule._evaluate_domain(rule_filter.text)
            candidates = view.at(positions).with_env(view.readable.env)
            return view.positions(candidates.filtered_domain(Domain(domain))), domain
        return view.select(rule_filter, positions), rule_filter.domain

    def _pending_computations(self, event, plan):
        """Return what evaluating conditions during a recomputation would compute too early.

        ``{field: records}`` of computed fields that depend on the fields being computed: they
        are to be computed after these have their values.
        """
        if event.kind != COMPUTE or not plan.filtered_before:
            return {}
        fields = event.records._fields
        changing = event.records.pool.field_computed[fields[next(iter(event.names))]]
        return {
            dependent: records
            for field in changing
            for dependent in self.env.registry.get_dependent_fields(field)
            if (records := self.env.records_to_compute(dependent))
        }

    def _read_old(self, event, plan, narrowed, view):
        """Keep the old values some rule compares with, of the records it may concern."""
        fields = event.records._fields
        names, positions = set(), set()
        for number, wanted in plan.old_names(event.names):
            found = narrowed.get(number, view.everything)
            if found is None:
                continue
            if number in plan.collapsing:
                # The filter before the change concerns the first of several changes only.
                found = view.everything
            if found:
                names |= wanted
                if len(positions) < len(view.everything):
                    positions.update(found)
        records = view.at(sorted(positions)) if positions else ()
        for name in sorted(names):
            field = fields.get(name)
            if field is None or not field.store:
                continue
            if field.type == "binary":
                # Comparing files costs more than acting on one that was written unchanged.
                for record_id in records and records._ids:
                    event.old.setdefault(record_id, {})[name] = None
            elif records:
                event.read_old(records, [name])

    # -- after the change -------------------------------------------------------------------------

    @api.model
    def _event_after(self, event, subscriptions, state):
        chain, *state = state
        if event.kind == MESSAGE:
            self._message_posted(event, *state)
        else:
            self._changed(event, *state)
        if chain is not None:
            end_chain(chain)

    def _changed(self, event, plan, narrowed, overrides):
        """Run the rules on what was created, written or computed."""
        old = None if event.kind == CREATE else event.old
        if plan.collapsing:
            found = [
                (plan.entries[number], narrowed.get(number, range(len(event.records))))
                for number in sorted(plan.collapsing)
            ]
            collecting = [item for item in found if item[1] is not None]
            self._collect(collecting, event.records, old)
            narrowed = {**narrowed, **dict.fromkeys(plan.collapsing)}
        self._process_entries(plan, narrowed, event.records, {"old_values": old}, overrides)

    def _collect(self, passed, records, old_values):
        """Keep changes for the end of the transaction.

        :param passed: list of (entry, positions that met the filter before the change)
        """
        readable, found = records.sudo(), []
        for entry, positions in passed:
            met = set(positions)
            ids = records._ids
            sides = [
                readable.browse([ids[at] for at in range(len(ids)) if (at in met) == side])
                for side in (True, False)
            ]
            found.append((entry, *sides))
        self.env["base.automation.pending"]._collect(found, records, old_values)

    def _process_entries(self, plan, narrowed, records, context, overrides):
        """Hand each rule the records that match after the change, one rule after the other.

        :param narrowed: as for :meth:`_filter_before`
        :param context: context the rules are processed in
        """
        view = EventView(records, feedback=True)
        stopped = set()
        numbers = range(len(plan.entries)) if overrides else plan.candidates(view)
        for number in numbers:
            positions = narrowed.get(number, view.everything)
            if positions is None:
                continue
            entry = plan.entries[number]
            if stopped:
                positions = [at for at in positions if records._ids[at] not in stopped]
            # The answer of most rules to most changes: nothing else is prepared for it.
            if not overrides and entry.trace_until is None:
                try:
                    if view.refuses(entry.post, positions):
                        continue
                except Exception as exc:  # noqa: BLE001 - computing a value may raise anything
                    self._filter_failed(entry, exc)
                    continue
            ran = self._process_entry(entry, view, positions, context, overrides)
            if entry.stop_others:
                stopped.update(ran)

    def _process_entry(self, entry, view, positions, context, overrides):
        """Run one rule on those records of an event that match after the change.

        :returns: ids of the records it ran on
        """
        records = view.records
        rule = entry.trace_until and traced(entry, records)
        try:
            if overrides & FILTERS:
                processed = self._rule_of(entry, records, context)
                found, domain = _filter_after_by_stock(processed, view.at(positions))
            else:
                found, domain = self._filter_after(entry, view, positions)
            if rule:
                rule._trace_filter(view.at(positions), found, "filter_domain")
            matching = found
            if found and entry.scope:
                found = in_companies(entry.scope, found)
            inside = found
            if found:
                found = self._select_by_change(entry, found, context["old_values"], view)
            if rule:
                rule._trace_after_filters(matching, inside, found)
        except Exception as exc:  # noqa: BLE001 - an author's filter may raise anything
            self._filter_failed(entry, exc)
            return ()
        # An override of `_process` is told of every rule, as stock does.
        if not found and "_process" not in overrides:
            return ()
        _logger.debug("Automation rule #%s on %s records", entry.id, len(found))
        if context["old_values"] is None:
            domain = None
        with released_environments(self.env):
            rule = self._rule_of(entry, records, context)
            if "_process" in overrides:
                rule._process(found, domain_post=domain)
                return found._ids
            return rule._run_rule(found, domain)._ids

    def _filter_after(self, entry, view, positions):
        """Choose the records that match after the change as stock's method would, from the index.

        :returns: records, domain as handed to the actions
        """
        positions, domain = self._select(entry, entry.post, view, positions)
        if not positions:
            return view.records.browse(), None
        records = view.at(positions)
        if not entry.post.text:
            return records, None
        return records.with_env(view.marked.env), list(domain)

    def _select_by_change(self, entry, records, old_values, view):
        """Return those of ``records`` whose change the rule is about.

        :param old_values: ``{id: {field: old value}}``; None for new records
        """
        if entry.trigger.is_selective:
            wanted = [
                record.id
                for record in records.sudo()
                if entry.trigger.matches(
                    Change(None if old_values is None else old_values.get(record.id, {}), record)
                )
            ]
            records = records if len(wanted) == len(records) else records.browse(wanted)
        if entry.change and records:
            rule = self._rule_of(entry, records, {})
            readable = records.with_env(view.readable.env)
            kept = rule._filter_by_change(entry.change, readable, old_values)
            records = records if len(kept) == len(records) else records.browse(kept._ids)
        return records

    def _filter_failed(self, entry, exc):
        """Deal with a filter that could not be evaluated; raise if that may block the user."""
        # After an error of the database nobody can go on in its transaction.
        if isinstance(exc, psycopg2.Error) or is_retryable_db_error(exc):
            raise exc
        if is_broken(exc):
            # No user can do anything about it, so no user is kept from saving.
            self.env["base.automation"].browse(entry.id)._pause_later(str(exc))
        elif entry.blocks:
            raise exc
        _logger.warning(
            "Automation rule #%s is left out: its filter failed.", entry.id, exc_info=exc
        )

    def _rule_of(self, entry, records, context):
        """Return the rule in the environment it is processed in."""
        if context:
            context = {**context, OLD_MODEL_KEY: records._name}
        return records.env["base.automation"].with_context(**context).browse(entry.id)


def _filter_after_by_stock(rule, records):
    """Let stock's methods, or their overrides, choose the records that match after the change.

    :returns: records, domain as handed to the actions
    """
    if rule.env.context.get("old_values") is None:
        return rule._filter_post(records, feedback=True), None
    return rule._filter_post_export_domain(records, feedback=True)
