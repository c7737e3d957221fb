"""The last known values of computed fields that are not stored."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.due_item import as_datetime
from ..core.triggers.computed_change import json_text


class BaseAutomationSnapshot(models.Model):
    """One row per rule and record. Rows are read and written by SQL only."""

    _name = "base.automation.snapshot"
    _description = "Last Known Value of a Computed Field"
    # There may be one for each record of a big table.
    _log_access = False

    rule_id = fields.Many2one("base.automation", required=True, ondelete="cascade", readonly=True)
    res_id = fields.Integer(string="Record ID", required=True, readonly=True, aggregator=None)
    value = fields.Json(readonly=True)
    counted_from = fields.Datetime(
        readonly=True, help="The same of a timed rule: the date its moments are counted from."
    )

    _rule_record_uniq = models.UniqueIndex(
        "(rule_id, res_id)", "There can be only one value per rule and record."
    )
    # In the order in which timed rules look for what is due.
    _counted_idx = models.Index("(rule_id, counted_from, res_id) WHERE counted_from IS NOT NULL")

    @api.model
    def _exchange(self, rule_id, values):
        """Keep new values of records, in one statement.

        The old value is read by the statement that replaces it: two transactions that change the
        same record cannot both find the same old value, the second one is repeated by Odoo.

        :param values: ``{record id: value as JSON}``
        :returns: ``{record id: old value}`` of those with another value than before; records that
            had none are not among them
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH new AS (%(new)s),
                old AS (
                    SELECT snapshot.res_id, snapshot.value
                      FROM base_automation_snapshot snapshot
                      JOIN new ON new.res_id = snapshot.res_id
                     WHERE snapshot.rule_id = %(rule_id)s
                ),
                kept AS (
                    INSERT INTO base_automation_snapshot AS snapshot (rule_id, res_id, value)
                    SELECT %(rule_id)s, res_id, value FROM new ORDER BY res_id
                    ON CONFLICT (rule_id, res_id) DO UPDATE SET value = EXCLUDED.value
                     WHERE snapshot.value IS DISTINCT FROM EXCLUDED.value
                    RETURNING res_id
                )
                SELECT old.res_id, old.value FROM old JOIN kept ON kept.res_id = old.res_id
                """,
                new=self._rows(values),
                rule_id=rule_id,
            )
        )
        return dict(rows)

    @api.model
    def _keep_first(self, rule_id, values):
        """Keep values of records that have none yet, in one statement."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO base_automation_snapshot (rule_id, res_id, value)
                SELECT %(rule_id)s, res_id, value FROM (%(new)s) AS new ORDER BY res_id
                ON CONFLICT (rule_id, res_id) DO NOTHING
                """,
                new=self._rows(values),
                rule_id=rule_id,
            )
        )

    @api.model
    def _keep_dates(self, rule_id, values, is_first=False):
        """Keep the dates a timed rule counts from, in one statement.

        :param values: ``{record id: date, datetime, or False for none}``
        :param is_first: leave records alone that have one already, whatever it is
        :returns: the ids of the records that have another one than before
        """
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO base_automation_snapshot AS known (rule_id, res_id, counted_from)
                SELECT %(rule_id)s, new.res_id, new.counted_from
                  FROM unnest(%(ids)s::int[], %(dates)s::timestamp[])
                    AS new (res_id, counted_from)
                 -- What stays as it is is not even locked.
                 WHERE NOT EXISTS (
                    SELECT 1 FROM base_automation_snapshot old
                     WHERE old.rule_id = %(rule_id)s AND old.res_id = new.res_id
                       AND old.counted_from IS NOT DISTINCT FROM new.counted_from)
                 ORDER BY new.res_id
                ON CONFLICT (rule_id, res_id) DO %(conflict)s
                RETURNING res_id
                """,
                rule_id=rule_id,
                ids=list(values),
                dates=[as_datetime(value) if value else None for value in values.values()],
                conflict=SQL("NOTHING")
                if is_first
                else SQL("UPDATE SET counted_from = EXCLUDED.counted_from"),
            )
        )
        return [res_id for [res_id] in rows]

    @api.model
    def _dates_of(self, rule_id, ids):
        """Return ``{record id: the date a timed rule counts from, or None}`` of those known."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT res_id, counted_from FROM base_automation_snapshot "
                    "WHERE rule_id = %s AND res_id = ANY(%s)",
                    rule_id,
                    ids,
                )
            )
        )

    @api.model
    def _rows(self, values):
        return SQL(
            "SELECT * FROM unnest(%s::int[], %s::jsonb[]) AS new(res_id, value)",
            list(values),
            [json_text(value) for value in values.values()],
        )

    @api.model
    def _forget(self, rules):
        """Delete all values kept for ``rules``."""
        self.env.cr.execute(
            SQL("DELETE FROM base_automation_snapshot WHERE rule_id = ANY(%s)", rules.ids)
        )

    @api.model
    def _count_by_rule(self, rules):
        """Return ``{rule id: number of values kept}``."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT rule_id, count(*) FROM base_automation_snapshot "
                    "WHERE rule_id = ANY(%s) GROUP BY rule_id",
                    rules.ids,
                )
            )
        )

    @api.autovacuum
    def _gc_values(self):
        """Delete the values of records that do not exist any more."""
        rules = self.env["base.automation"].with_context(active_test=False)
        for rule in rules.search(
            ["|", ("trigger", "=", "on_computed_change"), ("due_kept", "=", True)]
        ):
            model = self.env.get(rule.model_id.model)
            if model is None or not model._auto:
                continue
            self.env.cr.execute(
                SQL(
                    "DELETE FROM base_automation_snapshot snapshot WHERE rule_id = %s "
                    "AND NOT EXISTS (SELECT 1 FROM %s record WHERE record.id = snapshot.res_id)",
                    rule.id,
                    SQL.identifier(model._table),
                )
            )
