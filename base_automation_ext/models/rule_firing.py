"""The memory of rules whose firings are limited. Rules without limits leave nothing here.

Safe beside other transactions without waiting for them:

- One row per rule and record, or per rule and key, under a unique index. Its count and time are
  read, decided on, and written by an upsert. Odoo's transactions see one snapshot (REPEATABLE
  READ): if another transaction has written the row since, PostgreSQL refuses the upsert with a
  serialization error and Odoo runs the whole transaction again, which then sees the row. Two
  transactions meet here only over the same record or key.
- A limit per period concerns all records, and waiting for one row would make everybody's saves wait
  for each other. So the firings of a period are slots, rows that exist from the moment the rule is
  saved; a transaction takes free ones and skips those another one has locked. A slot that was
  taken and committed since the snapshot raises the same serialization error.

What is undone is undone here too: the rows belong to the transaction that fires.
"""

import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.guards import Past, admit, cut
from .rule_limits import NO_RECORD

_logger = logging.getLogger(__name__)


class BaseAutomationFiring(models.Model):
    _name = "base.automation.firing"
    _description = "Firings of an Automation Rule"
    _order = "fired_at desc, id desc"
    _log_access = False
    _allow_sudo_commands = False

    rule_id = fields.Many2one(
        "base.automation", required=True, readonly=True, ondelete="cascade", index=True
    )
    res_id = fields.Integer(string="Record ID", readonly=True)
    key = fields.Char(readonly=True)
    count = fields.Integer(string="Firings", readonly=True, aggregator="sum")
    fired_at = fields.Datetime(
        string="Last Fired", readonly=True, help="Empty: room for one more firing in the period."
    )

    _record_uniq = models.UniqueIndex("(rule_id, res_id) WHERE res_id IS NOT NULL")
    _key_uniq = models.UniqueIndex("(rule_id, key) WHERE key IS NOT NULL")
    _slot_idx = models.Index("(rule_id, fired_at) WHERE res_id IS NULL AND key IS NULL")

    @api.model
    def _admit(self, rule, limits, candidates):
        """Decide on which records a limited rule fires, and remember it.

        :param candidates: list of (record id, key or None)
        :returns: ``core.guards.Admission``
        """
        now = fields.Datetime.now()
        found = self._decide_without_period(rule, limits, candidates, now)
        slots = []
        if limits.per_period and found.admitted:
            # Only as many as are needed: what is locked here, others cannot use.
            slots = self._take_slots(rule, limits, len(found.admitted), now)
            found = cut(found, candidates, len(slots))
        if not found.admitted:
            return found
        if limits.remembers_records:
            self._remember(rule, "res_id", found.admitted, now)
        if found.keys:
            self._remember(rule, "key", found.keys, now)
        if slots:
            self.env.cr.execute(
                "UPDATE base_automation_firing SET fired_at = %s, count = count + 1 "
                "WHERE id = ANY(%s)",
                [now, slots],
            )
        return found

    @api.model
    def _decide(self, rule, limits, candidates):
        """Decide without changing anything."""
        now = fields.Datetime.now()
        found = self._decide_without_period(rule, limits, candidates, now)
        if limits.per_period and found.admitted:
            slots = self._free_slots(rule, limits, len(found.admitted), now)
            found = cut(found, candidates, len(slots))
        return found

    def _decide_without_period(self, rule, limits, candidates, now):
        ids = [record_id for record_id, _key in candidates] if limits.remembers_records else []
        keys = [key for _id, key in candidates if key]
        records, used = self._past(rule, ids, keys) if ids or keys else ({}, {})
        return admit(candidates, limits, records, used, now)

    def _past(self, rule, ids, keys):
        self.env.cr.execute(
            """
            SELECT res_id, key, count, fired_at FROM base_automation_firing
             WHERE rule_id = %(rule)s AND res_id = ANY(%(ids)s)
             UNION ALL
            SELECT res_id, key, count, fired_at FROM base_automation_firing
             WHERE rule_id = %(rule)s AND key = ANY(%(keys)s)
            """,
            {"rule": rule.id, "ids": ids, "keys": keys},
        )
        rows = self.env.cr.fetchall()
        records = {row[0]: Past(row[2], row[3]) for row in rows if row[0] is not None}
        return records, {row[1]: row[3] for row in rows if row[0] is None}

    def _free_slots(self, rule, limits, count, now, lock=None):
        """Return ids of at most ``count`` slots that are free in the period up to ``now``."""
        query = SQL(
            "SELECT id FROM base_automation_firing "
            "WHERE rule_id = %s AND res_id IS NULL AND key IS NULL "
            "AND (fired_at IS NULL OR fired_at <= %s) "
            # In no order: two transactions rarely want the same one.
            "ORDER BY random() LIMIT %s %s",
            rule.id,
            now - limits.period,
            count,
            lock or SQL(),
        )
        return [id_ for [id_] in self.env.execute_query(query)]

    def _take_slots(self, rule, limits, count, now):
        # What another transaction is about to use may become free if that is rolled back; the rule
        # then fires once too little, which is what "at most" allows.
        return self._free_slots(rule, limits, count, now, SQL("FOR UPDATE SKIP LOCKED"))

    def _remember(self, rule, column, values, now):
        query = SQL(
            "INSERT INTO base_automation_firing AS firing (rule_id, %(column)s, count, fired_at) "
            "SELECT %(rule)s, value, 1, %(now)s FROM unnest(%(values)s::%(type)s[]) AS value "
            # In one order in all transactions, or two of them could wait for each other.
            "ORDER BY value "
            "ON CONFLICT (rule_id, %(column)s) WHERE %(column)s IS NOT NULL DO UPDATE "
            "SET count = firing.count + 1, fired_at = EXCLUDED.fired_at",
            column=SQL.identifier(column),
            type=SQL("int" if column == "res_id" else "varchar"),
            rule=rule.id,
            now=now,
            values=list(values),
        )
        self.env.cr.execute(query)

    # -- keeping it small -------------------------------------------------------------------------

    @api.model
    def _sync(self, rules):
        """Give rules as many slots as they may fire in a period, and forget what no limit needs."""
        rules.flush_recordset()
        for rule in rules:
            limits = rule._limits()
            self._set_slot_number(rule, limits.per_period if limits else 0)
            if not (limits and limits.remembers_records):
                self._forget(rule, SQL("res_id IS NOT NULL"))
            if not (limits and limits.has_key):
                self._forget(rule, SQL("key IS NOT NULL"))

    def _set_slot_number(self, rule, number):
        self.env.cr.execute(
            """
            WITH slot AS (
                SELECT id, row_number() OVER (ORDER BY fired_at DESC NULLS LAST, id) AS place
                  FROM base_automation_firing
                 WHERE rule_id = %(rule)s AND res_id IS NULL AND key IS NULL
            ), surplus AS (
                DELETE FROM base_automation_firing
                 WHERE id IN (SELECT id FROM slot WHERE place > %(number)s)
            )
            INSERT INTO base_automation_firing (rule_id, count)
                 SELECT %(rule)s, 0
                   FROM generate_series((SELECT count(*) FROM slot) + 1, %(number)s)
            """,
            {"rule": rule.id, "number": number},
        )

    def _forget(self, rule, condition):
        self.env.cr.execute(
            SQL("DELETE FROM base_automation_firing WHERE rule_id = %s AND %s", rule.id, condition)
        )

    @api.autovacuum
    def _gc_firings(self):
        """Forget firings that no limit will ever look at again."""
        now = fields.Datetime.now()
        self.env.cr.execute("SELECT DISTINCT rule_id FROM base_automation_firing")
        rules = self.env["base.automation"].browse(row[0] for row in self.env.cr.fetchall())
        for rule in rules:
            limits = rule._limits()
            if limits is None:
                continue
            if limits.cooldown and not limits.per_record:
                self._forget_before(rule, SQL("res_id IS NOT NULL"), now - limits.cooldown)
            if limits.key_period is not None:
                self._forget_before(rule, SQL("key IS NOT NULL"), now - limits.key_period)
            model = self.env.get(rule.model_name)
            if limits.per_record and model is not None and model._auto:
                self._forget(
                    rule,
                    SQL(
                        "res_id IS NOT NULL AND res_id <> %s AND NOT EXISTS ("
                        "SELECT 1 FROM %s record WHERE record.id = base_automation_firing.res_id)",
                        NO_RECORD,
                        SQL.identifier(model._table),
                    ),
                )

    def _forget_before(self, rule, condition, moment):
        self._forget(rule, SQL("%s AND fired_at <= %s", condition, moment))
