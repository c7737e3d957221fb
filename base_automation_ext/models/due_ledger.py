"""The ledger of timed rules: what has become of each record and moment a rule was due at."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.server_action_engine.models.run_log_fields import LooseMany2one

DONE, LEFT_OUT, MISSED, HISTORY = "done", "left_out", "missed", "history"
FAILED, WAITING, OWN = "failed", "waiting", "own"
#: Step of the rows that tell which values of the date a rule has written itself.
OWN_STEP = -1
#: Rows are kept this much longer than they can still keep a rule from running twice.
_KEPT_DAYS = 30
#: Nobody tries a record again that failed this long ago.
_FAILED_KEPT_DAYS = 365


class BaseAutomationDue(models.Model):
    """One row for each rule, record and moment. A row that is there is never run again.

    It is inserted by the transaction in which the rule runs: both are committed, or neither.
    """

    _name = "base.automation.due"
    _description = "Due Moment of a Timed Rule"
    _order = "due_at desc, id desc"
    _log_access = False
    _allow_sudo_commands = False

    # Loose: a foreign key would lock the rule on each of a thousand inserts.
    rule_id = LooseMany2one("base.automation", string="Rule", required=True, readonly=True)
    model = fields.Char(related="rule_id.model_name", string="Model Name")
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", required=True, readonly=True
    )
    due_at = fields.Datetime(
        string="Due", required=True, readonly=True, help="When the rule was due for the record."
    )
    step = fields.Integer(
        readonly=True,
        required=True,
        default=0,
        aggregator=None,
        help="0 is the rule's own delay, 1 its first further step, and so on.",
    )
    value = fields.Datetime(
        string="Counted From", readonly=True, help="The date of the record it was counted from."
    )
    state = fields.Selection(
        [
            (DONE, "Ran"),
            (LEFT_OUT, "Left out"),
            (MISSED, "Made up for by a later one"),
            (HISTORY, "Before the rule"),
            (FAILED, "Failed"),
            (WAITING, "Waits for another try"),
            (OWN, "Written by the rule itself"),
        ],
        required=True,
        readonly=True,
        help="Ran: the actions of the rule have run on the record.\n"
        "Left out: it was due, but its limits or companies did not let it run.\n"
        "Made up for by a later one: the server was down at that moment.\n"
        "Before the rule: the moment had passed when the rule was activated.\n"
        "Failed: the actions failed; what they had done to this record was undone.\n"
        "Written by the rule itself: such a date does not start the rule again.",
    )
    fired_at = fields.Datetime(string="Handled", readonly=True)
    error = fields.Text(readonly=True)
    task_id = LooseMany2one(
        "server.action.task", string="Task", readonly=True, help="The task that tries it again."
    )

    # The proof. Its first columns also find all of a record.
    _once = models.UniqueIndex(
        "(rule_id, res_id, due_at, step)", "A rule runs once for a record and a moment."
    )
    _state_idx = models.Index("(rule_id, due_at) WHERE state IN ('failed', 'waiting')")
    _task_idx = models.Index("(task_id) WHERE task_id IS NOT NULL")
    _due_idx = models.Index("(rule_id, due_at)")

    @api.depends("rule_id", "res_id", "due_at")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.rule_id.name or ''} ({row.model},{row.res_id})"

    # -- writing, by SQL only ---------------------------------------------------------------------

    @api.model
    def _claim(self, rule, items, state=DONE):
        """Note that ``rule`` deals with ``items`` (``core.due_item.DueItem``) right now.

        :returns: the items nobody has dealt with yet
        :raises psycopg2.errors.SerializationFailure: somebody else does the same right now
        """
        if not items:
            return []
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO base_automation_due
                            (rule_id, res_id, due_at, step, value, state, fired_at)
                SELECT %s, item.*, %s, clock_timestamp() AT TIME ZONE 'UTC'
                  FROM unnest(%s::int[], %s::timestamp[], %s::int[], %s::timestamp[]) AS item
                 -- In one order in all transactions, or two of them could wait for each other.
                 ORDER BY 2, 3, 4
                    ON CONFLICT (rule_id, res_id, due_at, step) DO NOTHING
                RETURNING res_id, due_at, step
                """,
                rule.id,
                state,
                *map(
                    list, zip(*[(i.res_id, i.moment, i.step, i.stamp) for i in items], strict=True)
                ),
            ),
            log_exceptions=False,
        )
        claimed = set(self.env.cr.fetchall())
        return [item for item in items if item.key in claimed]

    @api.model
    def _known(self, rule, ids):
        """Return the (record id, moment, step) of some records that are in the ledger."""
        return set(
            self.env.execute_query(
                SQL(
                    "SELECT res_id, due_at, step FROM base_automation_due "
                    "WHERE rule_id = %s AND res_id = ANY(%s)",
                    rule.id,
                    list(ids),
                )
            )
        )

    @api.model
    def _settle(self, rule, items, state, error=None):
        """Say what has become of claimed items."""
        if not items:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE base_automation_due due SET state = %s, error = %s
                  FROM unnest(%s::int[], %s::timestamp[], %s::int[]) AS item (res_id, due_at, step)
                 WHERE due.rule_id = %s AND due.res_id = item.res_id
                   AND due.due_at = item.due_at AND due.step = item.step
                """,
                state,
                error,
                *map(list, zip(*[item.key for item in items], strict=True)),
                rule.id,
            )
        )

    @api.model
    def _release(self, rule, items):
        """Take back claimed items that could not be decided: they are due again."""
        for item in items:
            self.env.cr.execute(
                "DELETE FROM base_automation_due "
                "WHERE rule_id = %s AND res_id = %s AND due_at = %s AND step = %s",
                [rule.id, *item.key],
            )

    @api.model
    def _note_own(self, rule, values):
        """Note dates the rule has written itself.

        :param values: ``{record id: datetime}``
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO base_automation_due
                            (rule_id, res_id, due_at, step, value, state, fired_at)
                SELECT %s, item.res_id, item.value, %s, item.value, 'own',
                       clock_timestamp() AT TIME ZONE 'UTC'
                  FROM unnest(%s::int[], %s::timestamp[]) AS item (res_id, value)
                 ORDER BY item.res_id
                    ON CONFLICT (rule_id, res_id, due_at, step) DO NOTHING
                """,
                rule.id,
                OWN_STEP,
                list(values),
                list(values.values()),
            )
        )

    @api.model
    def _forget(self, rules):
        self.env.cr.execute("DELETE FROM base_automation_due WHERE rule_id = ANY(%s)", [rules.ids])

    # -- trying again -----------------------------------------------------------------------------

    def action_retry(self):
        """Try failed records again, each by a task of its own."""
        failed = self.filtered(lambda row: row.state == FAILED)
        if not failed:
            raise UserError(self.env._("None of these has failed; there is nothing to try again."))
        for rule, rows in failed.grouped("rule_id").items():
            rule.check_access("write")
            rule._retry_due(rows)

    def action_open_record(self):
        """Open the record."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_open_of_record(self):
        """Show all that is known of this record, of all timed rules of its model."""
        self.ensure_one()
        rules = self.env["base.automation"].with_context(active_test=False)
        rules = rules.search([("model_name", "=", self.model)])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Timed rules of “%(record)s”",
                record=self.env[self.model].browse(self.res_id).display_name,
            ),
            "res_model": self._name,
            "views": [(False, "list")],
            "domain": [("res_id", "=", self.res_id), ("rule_id", "in", rules.ids)],
        }

    # -- keeping it small -------------------------------------------------------------------------

    @api.autovacuum
    def _gc_due(self):
        """Delete what can no longer keep a rule from running twice, and nobody asks for."""
        self.env.cr.execute(
            "DELETE FROM base_automation_due due WHERE NOT EXISTS "
            "(SELECT 1 FROM base_automation rule WHERE rule.id = due.rule_id) "
            "OR state IN ('failed', 'waiting') AND due_at < (now() AT TIME ZONE 'UTC') - %s",
            [timedelta(days=_FAILED_KEPT_DAYS)],
        )
        count = self.env.cr.rowcount
        rules = self.env["base.automation"].with_context(active_test=False)
        for rule in rules.search([("due_since", "!=", False)]):
            limit = rule._due_horizon(fields.Datetime.now()) - timedelta(days=_KEPT_DAYS)
            self.env.cr.execute(
                "DELETE FROM base_automation_due WHERE rule_id = %s AND due_at < %s "
                "AND state NOT IN ('failed', 'waiting', 'own')",
                [rule.id, limit],
            )
            count += self.env.cr.rowcount
            count += self._gc_own(rule)
        return count, 0

    def _gc_own(self, rule):
        """Delete notes on dates that the records do not have any more."""
        if column := rule._due_column():
            table, name = map(SQL.identifier, column)
            has = SQL("%s record WHERE record.id = due.res_id AND record.%s", table, name)
        elif rule.due_kept:
            has = SQL(
                "base_automation_snapshot record WHERE record.rule_id = due.rule_id "
                "AND record.res_id = due.res_id AND record.counted_from"
            )
        else:
            return 0
        self.env.cr.execute(
            SQL(
                "DELETE FROM base_automation_due due WHERE rule_id = %s AND state = 'own' "
                "AND NOT EXISTS (SELECT 1 FROM %s = due.due_at)",
                rule.id,
                has,
            )
        )
        return self.env.cr.rowcount
