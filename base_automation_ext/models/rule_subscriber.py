"""Automation rules as a subscriber to the event hook."""

from __future__ import annotations

import logging

import psycopg2

from odoo import api, models

from odoo.addons.base_automation.models.base_automation import MAIL_TRIGGERS
from odoo.addons.server_action_engine.core.subscriptions import COMPUTE, CREATE, MESSAGE, WRITE

from ..core.triggers import keys_hearing
from ..core.triggers.base import Change
from .environments import ActionDone, released_environments
from .event_view import EventView
from .rule_entry import make_entry
from .rule_overrides import FILTERS

_logger = logging.getLogger(__name__)

#: Message types that are nobody's mail.
_INTERNAL_MESSAGES = ("notification", "auto_comment", "user_notification")


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
        try:
            return rule._subscriptions_of(make_entry(rule))
        except Exception:
            _logger.exception("Automation rule “%s” (%s) is left out.", rule.name, rule.id)
            return ()

    @api.model
    def _fire(self, entry, records, old=None):
        """Run a rule on records something happened to, unless its filters or limits say no.

        For triggers whose events are not those of the rule's own records.

        :param entry: the rule's ``RuleEntry``, as in the payload of its subscriptions
        :param records: records of the rule's model
        :param old: ``{id: {field: old value}}``; None when nothing is compared
        :returns: what the last of the rule's actions that returned something has returned
        """
        if "__action_done" not in records.env.context:
            records = records.with_context(__action_done=ActionDone())
        overrides = self.env["base.automation"]._overridden_methods()
        return self._process_entries([(entry, None)], records, {"old_values": old}, overrides)

    # -- before the change ------------------------------------------------------------------------

    @api.model
    def _event_before(self, event, subscriptions):
        entries = [subscription.payload for subscription in subscriptions]
        if "__action_done" not in self.env.context:
            event.context["__action_done"] = ActionDone()
        records = event.records.with_context(**event.context)
        if event.kind == MESSAGE:
            return entries, None
        overrides = self.env["base.automation"]._overridden_methods()
        entries = self._kept_by_override(entries, records, event.kind, overrides)
        if event.kind == CREATE:
            return entries, overrides
        if event.kind == "unlink":
            self._process_entries(
                [(entry, None) for entry in entries], records, {"old_values": None}, overrides
            )
            return None
        view = EventView(records)
        passed = self._filter_before(event, entries, view, overrides)
        self._read_old(event, passed, view)
        # What is written does not change which records there are, nor their environment.
        event.records = records
        return passed, overrides

    def _kept_by_override(self, entries, records, kind, overrides, triggers=None):
        """Let an override of ``_get_actions`` choose among the rules, and order them."""
        if "_get_actions" not in overrides:
            return entries
        triggers = triggers or keys_hearing(WRITE if kind == COMPUTE else kind)
        rules = records.env["base.automation"]._get_actions(records, triggers)
        by_id = {entry.id: entry for entry in entries}
        return [by_id[rule_id] for rule_id in rules.ids if rule_id in by_id]

    def _filter_before(self, event, entries, view, overrides):
        """Return (entry, positions of the records that meet its condition before the change)."""
        pending = self._pending_computations(event, entries)
        passed = []
        for entry in entries:
            try:
                if overrides & FILTERS or entry.pre.text and entry.pre.domain is None:
                    rule = view.records.env["base.automation"].browse(entry.id)
                    positions = view.positions(rule._filter_pre(view.records))
                else:
                    positions = view.select(entry.pre, view.everything)
            except Exception as exc:  # noqa: BLE001 - an author's filter may raise anything
                _raise_if_blocking(entry, exc)
                continue
            passed.append((entry, positions))
        for field, records in pending.items():
            self.env.add_to_compute(field, records)
        return passed

    def _pending_computations(self, event, entries):
        """Return what evaluating conditions during a recomputation would compute too early.

        ``{field: records}`` of computed fields that depend on the fields being computed: they
        are to be computed after these have their values.
        """
        if event.kind != COMPUTE or not any(entry.pre.text for entry in entries):
            return {}
        fields = event.records._fields
        changing = event.records.pool.field_computed[fields[next(iter(event.names))]]
        return {
            dependent: records
            for field in changing
            for dependent in self.env.registry.get_dependent_fields(field)
            if (records := self.env.records_to_compute(dependent))
        }

    def _read_old(self, event, passed, view):
        """Keep the old values some rule compares with, of the records it may concern."""
        fields = event.records._fields
        names, positions = set(), set()
        for entry, found in passed:
            if not found:
                continue
            if entry.wants_old:
                names |= event.names
            elif entry.watched is not None:
                names |= entry.watched & event.names
            else:
                continue
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
        entries, overrides = state
        if event.kind == MESSAGE:
            self._message_posted(event, entries)
        elif event.kind == CREATE:
            passed = [(entry, None) for entry in entries]
            self._process_entries(passed, event.records, {"old_values": None}, overrides)
        else:
            self._process_entries(entries, event.records, {"old_values": event.old}, overrides)

    def _process_entries(self, passed, records, context, overrides):
        """Hand each rule the records that match after the change, one rule after the other.

        :param passed: list of (entry, positions; None for all)
        :param context: context the rules are processed in
        :returns: the result of the last rule that ran
        """
        result = False
        view = EventView(records, feedback=True)
        for entry, positions in passed:
            if positions is None:
                positions = view.everything
            try:
                if overrides & FILTERS or entry.post.text and entry.post.domain is None:
                    rule = self._rule_of(entry, records, context)
                    found, domain = _filter_after_by_stock(rule, view.at(positions))
                else:
                    found, domain = _filter_after(entry, view, positions)
            except Exception as exc:  # noqa: BLE001 - an author's filter may raise anything
                _raise_if_blocking(entry, exc)
                continue
            if found:
                found = self._select_by_change(entry, found, context["old_values"])
            # An override of `_process` is told of every rule, as stock does.
            if not found and "_process" not in overrides:
                continue
            _logger.debug("Automation rule #%s on %s records", entry.id, len(found))
            with released_environments(self.env):
                rule = self._rule_of(entry, records, context)
                if context["old_values"] is None:
                    result = rule._process(found)
                else:
                    result = rule._process(found, domain_post=domain)
        return result

    def _select_by_change(self, entry, records, old_values):
        """Return those of ``records`` whose change the rule is about.

        :param old_values: ``{id: {field: old value}}``; None for new records
        """
        if not entry.trigger.is_selective:
            return records
        wanted = [
            record.id
            for record in records.sudo()
            if entry.trigger.matches(
                Change(None if old_values is None else old_values.get(record.id, {}), record)
            )
        ]
        return records if len(wanted) == len(records) else records.browse(wanted)

    def _rule_of(self, entry, records, context):
        """Return the rule in the environment it is processed in."""
        return records.env["base.automation"].with_context(**context).browse(entry.id)

    def _message_posted(self, event, entries):
        message = event.message.sudo().with_context(active_test=False)
        if (
            # A message posted by a rule is nobody's answer.
            "__action_done" in self.env.context
            or message.is_internal
            or message.subtype_id.internal
            or message.message_type in _INTERNAL_MESSAGES
        ):
            return
        received = not message.author_id or message.author_id.partner_share
        trigger = MAIL_TRIGGERS[0] if received else MAIL_TRIGGERS[1]
        records = event.records.with_context(**event.context)
        rules = records.env["base.automation"].with_context(old_values=None)
        entries = self._kept_by_override(
            [entry for entry in entries if entry.trigger.key == trigger],
            records,
            event.kind,
            rules._overridden_methods(),
            [trigger],
        )
        for entry in entries:
            rule = rules.browse(entry.id)
            # Stock offers these rules one filter only, and stores it as the one "before".
            rule._process(rule._filter_pre(records, feedback=True))


def _filter_after_by_stock(rule, records):
    """Let stock's methods, or their overrides, choose the records that match after the change.

    :returns: records, domain as handed to the actions
    """
    if rule.env.context.get("old_values") is None:
        return rule._filter_post(records, feedback=True), None
    return rule._filter_post_export_domain(records, feedback=True)


def _filter_after(entry, view, positions):
    """Choose the records that match after the change as stock's method would, from the index."""
    positions = view.select(entry.post, positions)
    if not positions:
        return view.records.browse(), None
    records = view.at(positions)
    if not entry.post.text:
        return records, None
    return records.with_env(view.marked.env), list(entry.post.domain)


def _raise_if_blocking(entry, exc):
    """Raise what the evaluation of a rule's filter raised, if that may block the user."""
    # After an error of the database nobody can go on in its transaction.
    if entry.blocks or isinstance(exc, psycopg2.Error):
        raise exc
    _logger.warning("Automation rule #%s is left out: its filter failed.", entry.id, exc_info=exc)
