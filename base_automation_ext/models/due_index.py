"""Indexes for the dates of timed rules: made and dropped beside everybody's work.

``CREATE INDEX CONCURRENTLY`` needs a connection without a transaction, and waits for all that are
open when it begins: a scheduled action that waited for it would wait for itself. So a thread does
it, after the rule is committed. What a killed one has left half done, the next one makes anew.
"""

import logging
import threading
import time
from contextlib import closing

from psycopg2 import sql

from odoo import SUPERUSER_ID, api, models
from odoo.sql_db import db_connect

from odoo.addons.base_automation.models.base_automation import TIME_TRIGGERS

_logger = logging.getLogger(__name__)

#: All names of these indexes begin like this; no others do.
PREFIX = "base_automation_due_at_"
#: ``cr.postcommit.data`` key: it is asked for already.
_KEY = "base_automation_ext.due_index"
_LOCK = 0x64756501
_TRIES, _TRY_SECONDS = 3600, 0.5


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        if rules._has_time():
            self._sync_due_indexes_later()
        return rules

    def write(self, vals):
        if {"trigger", "active", "model_id", "trg_date_id"}.isdisjoint(vals):
            return super().write(vals)
        had_time = self._has_time()
        result = super().write(vals)
        if had_time or self._has_time():
            self._sync_due_indexes_later()
        return result

    def _has_time(self):
        return any(rule.trigger in TIME_TRIGGERS for rule in self)

    def unlink(self):
        had_time = self._has_time()
        result = super().unlink()
        if had_time:
            self._sync_due_indexes_later()
        return result

    @api.model
    def _sync_due_indexes_later(self):
        queue, registry = self.env.cr.postcommit, self.env.registry
        if _KEY in queue.data:
            return
        queue.data[_KEY] = True
        queue.add(lambda: _start_thread(registry))

    @api.model
    def _needed_due_indexes(self):
        """Return ``{index name: (table, column)}`` of dates no other index serves."""
        rules = self.sudo().search([("trigger", "in", TIME_TRIGGERS)])
        columns = {rule._due_column() for rule in rules} - {None}
        return {
            _index_name(table, column): (table, column)
            for table, column in columns
            if not self._has_index(table, column)
        }

    @api.model
    def _has_index(self, table, column):
        """Tell whether somebody else's whole index begins with a column."""
        self.env.cr.execute(
            """
            SELECT 1 FROM pg_index i
              JOIN pg_class c ON c.oid = i.indexrelid
              JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE i.indrelid = %s::regclass AND a.attname = %s AND i.indpred IS NULL
               AND i.indisvalid AND NOT starts_with(c.relname, %s)
            """,
            [f'"{table}"', column, PREFIX],
        )
        return bool(self.env.cr.fetchone())


def _index_name(table, column):
    # PostgreSQL cuts longer names off.
    return f"{PREFIX}{table}_{column}"[:63]


def _start_thread(registry):
    thread = threading.Thread(
        target=sync_due_indexes, args=(registry,), name="base_automation_ext.due_index", daemon=True
    )
    thread.start()


def sync_due_indexes(registry):
    """Make the indexes that are missing, and drop those that nobody needs any more."""
    try:
        with closing(db_connect(registry.db_name).cursor()) as cr:
            # Statements of this kind cannot be executed inside a transaction.
            cr._cnx.autocommit = True
            if not _wait_for_turn(cr):
                return
            try:
                while _sync_once(registry, cr):
                    pass
            finally:
                cr.execute("SELECT pg_advisory_unlock(%s, 0)", [_LOCK])
    except Exception:
        # Rules work without; each look at them then reads the whole table.
        _logger.warning("The indexes of timed rules could not be brought up to date", exc_info=True)


def _wait_for_turn(cr):
    """Wait until nobody else makes indexes. Not inside PostgreSQL: it would wait for the waiting.

    :returns: False when somebody takes very long
    """
    for _try in range(_TRIES):
        cr.execute("SELECT pg_try_advisory_lock(%s, 0)", [_LOCK])
        if cr.fetchone()[0]:
            return True
        time.sleep(_TRY_SECONDS)
    return False


def _sync_once(registry, cr):
    """Change what has to be changed.

    :returns: whether anything was
    """
    with registry.cursor() as reader:
        needed = api.Environment(reader, SUPERUSER_ID, {})["base.automation"]._needed_due_indexes()
    cr.execute(
        "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE starts_with(c.relname, %s)",
        [PREFIX],
    )
    present = dict(cr.fetchall())
    for name, is_valid in present.items():
        if name not in needed or not is_valid:
            cr.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(name)))
            _logger.info("Dropped the index %s", name)
    missing = [name for name in needed if not present.get(name)]
    for name in missing:
        table, column = needed[name]
        cr.execute(
            sql.SQL("CREATE INDEX CONCURRENTLY IF NOT EXISTS {} ON {} ({}, id)").format(
                sql.Identifier(name), sql.Identifier(table), sql.Identifier(column)
            )
        )
        _logger.info("Created the index %s for a timed rule", name)
    return bool(missing)
