"""Rules that fire once for all changes of a transaction: changes are collected and fire at its end.

What has been collected is kept in a table and not in memory, so that PostgreSQL itself takes it
back when a savepoint is rolled back. Nothing in the table is ever committed: it is emptied right
before.
"""

import json
import logging
from uuid import uuid4

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.guards import DEFAULT_MAX_CHAIN_DEPTH, loop_message
from ..core.triggers.base import Change
from .environments import ActionDone
from .old_value_rows import pack, unpack
from .old_values import all_old_of
from .outermost_flush import OutermostFlush
from .rule_process import differs

_logger = logging.getLogger(__name__)

#: Key in ``cursor.__dict__``: the :class:`Collection` of the transaction.
_COLLECTION = "base_automation_ext_collection"
#: Belongs to one call, and not to what the transaction as a whole has done.
_VOLATILE_CONTEXT = frozenset({"old_values", "domain_post", "changed_fields"})


class Collection:
    """What the rows of one transaction refer to and no table can hold."""

    def __init__(self, cr):
        self._cr = cr
        self._flush = OutermostFlush(cr, self._fire)
        cr.postrollback.add(self._forget)
        # Cursors of a test share one real transaction, so its number would not do.
        self.token = uuid4().hex
        self.environments = []
        self.entries = {}

    def number_of(self, env):
        """Return the number of the environment the changes of ``env`` fire in."""
        context = {
            key: value
            for key, value in env.context.items()
            if key not in _VOLATILE_CONTEXT and not key.startswith("__")
        }
        env = env(context=context)
        for number, known in enumerate(self.environments):
            if known is env:
                return number
        self.environments.append(env)
        return len(self.environments) - 1

    def _fire(self):
        env = api.Environment(self._cr, SUPERUSER_ID, {})
        return env["base.automation.pending"]._fire_collected(self)

    def _forget(self):
        if self._cr.__dict__.get(_COLLECTION) is self:
            del self._cr.__dict__[_COLLECTION]

    _forget.outlives_savepoint = True


def collection_of(cr):
    """Return the collection of the transaction of ``cr``, which it starts if there is none."""
    collection = cr.__dict__.get(_COLLECTION)
    if collection is None or "flush" not in cr.__dict__:
        collection = cr.__dict__[_COLLECTION] = Collection(cr)
    return collection


class BaseAutomationPending(models.Model):
    """A rule that will fire on a record when the running transaction is about to be committed."""

    _name = "base.automation.pending"
    _description = "Collected Change"
    _log_access = False
    _allow_sudo_commands = False

    token = fields.Char(required=True, readonly=True, help="The transaction the change belongs to.")
    rule_ref = fields.Integer(string="Rule ID", required=True, readonly=True)
    res_id = fields.Integer(string="Record ID", required=True, readonly=True)
    environment = fields.Integer(
        readonly=True, help="Number of the environment in which the rule fires."
    )
    old = fields.Json(
        string="Values Before", readonly=True, help="Empty for a new record: nothing to compare."
    )
    was_met = fields.Boolean(
        readonly=True, help="Whether the record met the filter before the change."
    )
    fired = fields.Boolean(readonly=True)

    _change_uniq = models.UniqueIndex("(token, rule_ref, res_id)")

    def init(self):
        result = super().init()
        # Never read after a crash: no reason to write it to the journal.
        self.env.cr.execute(
            "SELECT 1 FROM pg_class WHERE oid = %s::regclass AND relpersistence = 'p'",
            [self._table],
        )
        if self.env.cr.rowcount:
            self.env.cr.execute(SQL("ALTER TABLE %s SET UNLOGGED", SQL.identifier(self._table)))
        return result

    # -- collecting -------------------------------------------------------------------------------

    @api.model
    def _collect(self, found, records, old_values):
        """Note changes of records. The first old value of each field counts.

        :param found: list of (entry, records that met the filter before the change, others)
        :param old_values: ``{id: {field: old value}}``; None for new records
        """
        collection, rows = None, {}
        for entry, met, unmet in found:
            for part, was_met in ((met, True), (unmet, False)):
                for record in _changed(entry, part, old_values):
                    if collection is None:
                        collection = collection_of(self.env.cr)
                        number = collection.number_of(records.env)
                    collection.entries[entry.id] = entry
                    old = _old_of(entry, record, old_values)
                    # A record may be named twice; its row can be inserted only once.
                    row = (entry.id, record.id, number, old, was_met)
                    rows.setdefault((entry.id, record.id), row)
        if rows:
            self._insert_rows(collection.token, rows.values())

    def _insert_rows(self, token, rows):
        # A rule that has fired on a record in this transaction does not fire on it again.
        rule_ids, ids, numbers, old, was_met = zip(*rows, strict=True)
        self.env.cr.execute(
            """
            INSERT INTO base_automation_pending AS pending
                        (token, rule_ref, res_id, environment, old, was_met, fired)
                 SELECT %s, change.*, FALSE
                   FROM unnest(%s::int[], %s::int[], %s::int[], %s::jsonb[], %s::bool[]) AS change
            ON CONFLICT (token, rule_ref, res_id) DO UPDATE
                    SET old = EXCLUDED.old || pending.old
                  WHERE pending.fired IS NOT TRUE
                    AND EXCLUDED.old || pending.old <> pending.old
            """,
            [token, list(rule_ids), list(ids), list(numbers), list(old), list(was_met)],
        )

    # -- firing -----------------------------------------------------------------------------------

    @api.model
    def _fire_collected(self, collection):
        """Run the rules on everything collected, also on what they cause themselves.

        :returns: whether anything was collected
        """
        names, rounds = [], 0
        while rows := self._take_rows(collection.token):
            if rounds >= DEFAULT_MAX_CHAIN_DEPTH:
                raise UserError(loop_message(names, DEFAULT_MAX_CHAIN_DEPTH))
            rounds += 1
            names += self._fire_rows(collection, rows)
            self.env.flush_all()
        if rounds:
            self.env.cr.execute(
                "DELETE FROM base_automation_pending WHERE token = %s", [collection.token]
            )
        return bool(rounds)

    def _take_rows(self, token):
        self.env.cr.execute(
            """
            UPDATE base_automation_pending SET fired = TRUE
             WHERE token = %s AND fired IS NOT TRUE
         RETURNING id, rule_ref, res_id, environment, old, was_met
            """,
            [token],
        )
        return sorted(self.env.cr.dictfetchall(), key=lambda row: row["id"])

    def _fire_rows(self, collection, rows):
        """Run each rule once per environment, in the order of the rules.

        :returns: names of the rules
        """
        by_environment = {}
        for row in rows:
            if row["was_met"]:
                by_rule = by_environment.setdefault(row["environment"], {})
                by_rule.setdefault(row["rule_ref"], []).append(row)
        names = []
        for number, by_rule in by_environment.items():
            env = collection.environments[number]
            rules = self.env["base.automation"].search(
                [("id", "in", list(by_rule)), ("paused", "=", False)]
            )
            stopped = set()
            for rule in rules:
                entry = collection.entries[rule.id]
                names.append(f"{rule.name} ({rule.model_name})")
                self._fire_rule(entry, env[rule.model_name], by_rule[rule.id], stopped)
        return names

    def _fire_rule(self, entry, model, rows, stopped):
        """Run one rule on new records, then on changed ones."""
        subscriber = model.env["base.automation.subscriber"]
        ids = [row["res_id"] for row in rows if (model._name, row["res_id"]) not in stopped]
        existing = set(model.sudo().browse(ids).exists()._ids)
        found = {row["res_id"]: row["old"] for row in rows if row["res_id"] in existing}
        new = [record_id for record_id, old in found.items() if old is None]
        old_values = unpack(
            model, {record_id: old for record_id, old in found.items() if old is not None}
        )
        changed = [
            record.id
            for record in model.sudo().browse(old_values)
            if _is_change(entry, record, old_values[record.id], entry.watched)
        ]
        for ids, values in ((new, None), (changed, old_values)):
            if ids:
                records = model.browse(ids).with_context(__action_done=ActionDone())
                ran = subscriber._fire_now(entry, records, values)
                if entry.stop_others:
                    stopped.update((model._name, record_id) for record_id in ran)

    @api.autovacuum
    def _gc_pending(self):
        """Delete what a transaction has left behind although it should have been emptied."""
        self.env.cr.execute(
            "DELETE FROM base_automation_pending RETURNING id",
        )
        if self.env.cr.rowcount:
            _logger.warning("%s collected changes were never looked at.", self.env.cr.rowcount)


def _changed(entry, records, old_values):
    """Return the records of which something the rule wants to know of has changed."""
    if old_values is None:
        # To a trigger that ignores new records their first change is the first one.
        return [
            record
            for record in records
            if not entry.trigger.is_selective or entry.trigger.matches(Change(None, record))
        ]
    return [
        record
        for record in records
        if _is_change(entry, record, old_values.get(record.id, {}), entry.heard)
    ]


def _is_change(entry, record, old, names):
    """Tell whether one of the fields ``names``, or any, has another value than before."""
    return entry.trigger.compares_itself or differs(record, old, names or ())


def _old_of(entry, record, old_values):
    if old_values is None:
        return None
    old, heard = all_old_of(old_values, record.id), entry.heard
    if heard is not None:
        old = {name: value for name, value in old.items() if name in heard}
    return json.dumps(pack(record, old))
