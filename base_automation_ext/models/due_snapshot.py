"""Dates of timed rules that are computed whenever they are read: kept in the snapshot.

Rows follow what a computation says it depends on, so that what is due can be found by an index as
for stored dates. What is found is computed once more before the rule runs, and what a computation
does not say is noticed when all are read again, once a day. See docs/decisions/0019.
"""

import logging
from dataclasses import replace

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.server_action_engine.core.errors import is_retryable_db_error

from ..core.triggers.computed_change import ComputedDate
from ..core.triggers.path_resolver import PathError
from .computed_values import computed_values
from .due_fire import DUE_KEY
from .due_ledger import HISTORY
from .due_search import MOMENT
from .old_values import OldValues
from .snapshot_fill import BATCH

_logger = logging.getLogger(__name__)

#: Alias of the snapshot in queries.
_KEPT = "due_kept"


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    due_kept = fields.Boolean(
        string="Dates Are Kept",
        readonly=True,
        copy=False,
        prefetch=False,
        help="The date is computed whenever it is read. So that the rule need not read all "
        "records, their dates are kept, and follow what they depend on.",
    )
    due_history_until = fields.Datetime(
        string="Begins After",
        readonly=True,
        copy=False,
        prefetch=False,
        help="Records whose dates are read for the first time begin with what is due after this.",
    )

    # -- which dates are kept ---------------------------------------------------------------------

    def _paths_of_on_time(self):
        """Return the paths to what the date is computed from.

        :returns: none if the date is stored, or what it depends on cannot be heard
        """
        field = self._due_field()
        if field is None or field.store or self._overridden_time_methods():
            return ()
        try:
            paths = self._path_resolver().computed(self.model_name, field.name)
        except PathError:
            return ()
        names = {path.model_at(depth) for path in paths for depth in range(path.depth + 1)}
        # Nobody tells of what changes in a view of the database.
        return paths if all(self.env[name]._auto for name in names) else ()

    def _keeps_dates(self):
        return self.due_kept and bool(self._paths_of_on_time())

    def _has_snapshot(self):
        return self.due_kept or super()._has_snapshot()

    def _snapshot_subject(self):
        if not self._waits_for_time():
            return super()._snapshot_subject()
        return (self.model_id.id, self.trg_date_id.id) if self._paths_of_on_time() else None

    # -- reading ----------------------------------------------------------------------------------

    def _computed_dates(self, records):
        """Return ``{record id: date}``; False without one, and where it cannot be computed."""
        name = self._due_field().name
        if self._paths_of_on_time():
            read = self._dates_of_companies
        else:
            # It may depend on anything; the rule's own time zone is what it can have of it.
            read = _dates
        try:
            return read(records, name)
        except Exception as exc:
            if isinstance(exc, psycopg2.Error) or is_retryable_db_error(exc):
                raise
        return {
            record.id: self._date_or_none(read, record.with_prefetch(), name) for record in records
        }

    @api.model
    def _dates_of_companies(self, records, name):
        return computed_values(records, name, lambda record, name: record[name])

    def _date_or_none(self, read, record, name):
        """One record that cannot be computed does not keep the rule from running on others."""
        try:
            return read(record, name)[record.id]
        except Exception as exc:
            if isinstance(exc, psycopg2.Error) or is_retryable_db_error(exc):
                raise
            _logger.warning(
                "The date %s of %s, from which the automation rule #%s counts, cannot be computed, "
                "and counts as empty: %s",
                name,
                record,
                self.id,
                exc,
            )
            return False

    def _keep_dates_of(self, records, is_first=False):
        """Compute the dates of some records, and keep them.

        :returns: ``{record id: date}`` of those that have another one than before
        """
        dates = self._computed_dates(records)
        kept = self.env["base.automation.snapshot"]._keep_dates(self.id, dates, is_first)
        return {res_id: dates[res_id] for res_id in kept}

    def _join_kept_dates(self, query):
        """Add the snapshot to a query for records.

        :returns: the SQL of the date
        """
        condition = SQL(
            "%s = %s AND %s = %s",
            SQL.identifier(_KEPT, "rule_id"),
            self.id,
            SQL.identifier(_KEPT, "res_id"),
            SQL.identifier(query.table, "id"),
        )
        query.add_join("JOIN", _KEPT, "base_automation_snapshot", condition)
        return SQL.identifier(_KEPT, "counted_from")

    # -- keeping up with changes ------------------------------------------------------------------

    def _date_subscriptions(self, entry, paths):
        """Return the subscriptions by which the snapshot follows the records."""
        if not paths:
            return []
        trigger = ComputedDate(paths=paths, name=self._due_field().name)
        return self._path_subscriptions(replace(entry, trigger=trigger))

    def _select_computed_date(self, watch, records, seen, created):
        """Keep the dates of records that saw a change; the rule does not run for that."""
        rule = self.browse(watch.entry.id)
        dates = rule._keep_dates_of(records)
        # What a rule does itself does not start it again.
        if dates and self.env.context.get(DUE_KEY) != rule.id:
            subscriber = self.env["base.automation.due.subscriber"]
            subscriber._wake_for_dates(watch, records, dates)
        return OldValues()

    # -- the first time, and again ----------------------------------------------------------------

    def _renew_snapshots(self):
        result = super()._renew_snapshots()
        if not self:
            return result
        self.flush_recordset()
        kept = [rule.id for rule in self if rule._waits_for_time() and rule._snapshot_subject()]
        # By SQL: it is no change of the rule, whose author and time of change stay.
        self.env.cr.execute(
            "UPDATE base_automation SET due_kept = (id = ANY(%s)), due_history_until = NULL "
            "WHERE id = ANY(%s) AND (due_kept OR id = ANY(%s))",
            [kept, self.ids, kept],
        )
        self.invalidate_recordset(["due_kept", "due_history_until"])
        return result

    def _begin_fill(self):
        if not self._waits_for_time():
            return super()._begin_fill()
        records = self._snapshot_records().search([], limit=BATCH + 1)
        if len(records) > BATCH:
            return super()._begin_fill()
        # So that the rule is complete as soon as it is saved.
        return self._timed()._keep_dates_of(records, is_first=True)

    def _timed(self):
        # The dates are those the rule will run on, whoever saves it.
        rule = self.sudo()
        return rule.with_env(rule._timed_environment(rule.time_tz))

    def action_renew_snapshot(self):
        kept = self.filtered("due_kept")
        if kept:
            kept.check_access("write")
            kept._enqueue_again()
        return super(BaseAutomation, self - kept).action_renew_snapshot()

    def _enqueue_again(self):
        """Read all dates once more in the background, unless that is still going on."""
        for rule in self:
            if not rule._has_fill_tasks(again=True):
                rule._enqueue_fill(None, again=True)

    def _fill_snapshot(self, records, again=False):
        if not self._waits_for_time():
            return super()._fill_snapshot(records, again)
        rule, snapshot = self._timed(), self.env["base.automation.snapshot"]
        # A first reading that failed is made up for by the next one.
        known = snapshot._dates_of(self.id, records.ids) if again else ()
        dates = rule._keep_dates_of(records, is_first=not again)
        if new := [res_id for res_id in dates if res_id not in known]:
            rule._begin_with_history(new)
        if dates:
            rule._wake_for_kept()
        return None

    def _begin_with_history(self, ids):
        """Note what was over before the rule; look again for what was not."""
        if self.due_history_until:
            ledger, end = self.env["base.automation.due"], self.due_history_until + MOMENT
            for page in self._due_pages(self.due_since, end, ids=ids):
                ledger._claim(self, page, HISTORY)
        # Passes that did not know of these records have not left them behind.
        # By SQL, as by a run: it is no change of the rule.
        self.env.cr.execute(
            "UPDATE base_automation SET last_run = due_since "
            "WHERE id = %s AND last_run > due_since",
            [self.id],
        )
        self.invalidate_recordset(["last_run"])

    def _wake_for_kept(self):
        now = fields.Datetime.now()
        moment = now if self._due_items(now, 1) else self._next_due_moment(now)
        if moment:
            self.env["base.automation.due.subscriber"]._wake_at_end(moment)

    @api.autovacuum
    def _read_dates_again(self):
        """Notice what computations depend on without saying so, once a day."""
        for rule in self.sudo().search([("trigger", "=", "on_time"), ("paused", "=", False)]):
            if rule.due_kept and rule._paths_of_on_time():
                rule._enqueue_again()
            elif rule.due_kept or rule._paths_of_on_time():
                # An update has changed what the date depends on.
                rule._renew_snapshots()
                rule._timed()._wake_for_kept()

    @api.model
    def _renew_all_snapshots(self):
        result = super()._renew_all_snapshots()
        self._read_dates_again()
        return result


def _dates(records, name):
    return {record.id: record[name] for record in records}
