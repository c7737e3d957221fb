"""Timed rules take turns, each a batch and a transaction; see docs/decisions/0018."""

import logging
from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from odoo.addons.base_automation.models.base_automation import TIME_TRIGGERS

from ..core.local_time import utc_now
from .due_turns import DueTurns, share
from .environments import ActionDone
from .rule_expressions import is_broken

_logger_of_stock = logging.getLogger("odoo.addons.base_automation.models.base_automation")

#: Records a rule is run on in one transaction.
SLICE = 1000
#: First key of the advisory lock of a rule at work; the second is the rule's id.
LOCK = 0x64756500
#: How long a pass that found nothing is not written down.
QUIET = timedelta(hours=1)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    due_attempt = fields.Integer(
        readonly=True,
        copy=False,
        prefetch=False,
        help="How many turns were begun since one was finished: more than one tells of a crash.",
    )
    due_turn = fields.Datetime(
        string="Last Turn", readonly=True, copy=False, prefetch=False, help="For fair turns."
    )

    # -- whose turn it is -------------------------------------------------------------------------

    @api.model
    def _timed_jobs(self, before=None):
        return [*super()._timed_jobs(before), *self._due_jobs(before)]

    @api.model
    def _due_jobs(self, before=None):
        self.flush_model()
        self.env.cr.execute(
            "SELECT rule.id, model.model FROM base_automation rule "
            "JOIN ir_model model ON model.id = rule.model_id "
            "WHERE rule.active AND NOT coalesce(rule.paused, FALSE) AND rule.trigger = ANY(%s) "
            "ORDER BY rule.due_turn NULLS FIRST, rule.id",
            [list(TIME_TRIGGERS)],
        )
        rules = self.sudo().browse(
            [rule_id for rule_id, name in self.env.cr.fetchall() if name in self.env]
        )
        if self._overridden_time_methods():
            return [
                partial(rule._in_own_transaction, rule._run_time_as_stock)
                for rule in rules._each_alone()
            ]
        return rules._surveyed_jobs(before)

    def _surveyed_jobs(self, before=None):
        """Look for what is due for the rules; those there is no time for are the last job."""
        found, rest = self._survey_due(before)
        turns = [
            DueTurns(rule, found.get(rule.id), is_whole=before is None)
            for rule in (self - rest)._each_alone()
            if found.get(rule.id, True)
        ]
        jobs = share(turns, SLICE)
        return [*jobs, partial(rest._surveyed_jobs, before)] if rest else jobs

    def _each_alone(self):
        # Not as one recordset: each commit forgets what was read, and each would read all anew.
        return [self.browse(rule_id) for rule_id in self._ids]

    def _run_time_as_stock(self):
        """For modules that search the due records themselves: all of them, in one transaction."""
        now = self.env.cr.now()
        rule = self.with_context(__action_done=ActionDone())
        for record in rule._search_time_based_automation_records(until=now):
            rule._process(record)
        self.env.flush_all()
        self._note_last_run(now)

    def _note_last_run(self, now):
        # By SQL: neither who changed the rule nor the index of rules is touched by a run.
        self.env.cr.execute(
            "UPDATE base_automation SET last_run = %s WHERE id = %s",
            [now, self.id],
            log_exceptions=False,
        )
        self.invalidate_recordset(["last_run"])

    def _lock_due(self):
        """Keep others from running the rule, over several transactions; whoever dies lets go.

        Not by a lock of its row: that would make the author who saves it wait.
        """
        cr = self.env.cr
        cr.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, self.id])
        is_free = cr.fetchone()[0]
        # What is seen from now on is what the last one has left.
        cr.commit()  # pylint: disable=invalid-commit
        return is_free

    def _unlock_due(self):
        """Let go of the rule. Takes effect at once, before whoever called it commits."""
        self.env.cr.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, self.id])

    # -- looking ----------------------------------------------------------------------------------

    def _look_for_due(self, after=None, may_share=False, is_clear=True):
        """Return what a turn is about, and note that it begins; nothing if the rule is at rest.

        The note is committed before the actions run: who finds it knows that a worker has died.

        :param after: (record id, date) behind which to look
        :param may_share: whether tasks may be given a part of what is due
        :param is_clear: whether all is done that comes before ``after``
        """
        self.invalidate_recordset()
        if not self.exists():
            return {}
        rule = self.with_env(self._timed_environment(self.time_tz))
        if not rule.active or rule.paused or rule._is_globally_paused():
            return {}
        if rule._due_field() is None:
            _logger_of_stock.warning(
                "Missing date trigger field in automation rule `%s`", rule.name
            )
            self._note_last_run(fields.Datetime.now())
            return {}
        if not rule.due_since:
            rule._start_due()
        now, attempt = utc_now(), rule.due_attempt
        size = SLICE if attempt < 1 else 1
        try:
            items = rule._due_items(now, size, after=after)
        except Exception as exc:
            if not is_broken(exc):
                raise
            rule._pause_because(str(exc))
            return {}
        if items:
            return self._begin_turn(items, attempt, now, rule.write_date, may_share)
        if attempt:
            self._note_attempt(0)
        is_known = after is None and rule.last_run and now - QUIET <= rule.last_run <= now
        if not is_known and (is_clear or after is None):
            self._note_last_run(now)
        return {"items": []}

    def _begin_turn(self, items, attempt, now, written, may_share=True):
        """Note that a turn begins.

        :param written: the rule's last change when the items were found; runs are none
        :returns: what the turn is about; nothing if the rule is gone or another one by now
        """
        self.env.cr.execute(
            "UPDATE base_automation SET due_attempt = coalesce(due_attempt, 0) + 1, "
            "due_turn = clock_timestamp() AT TIME ZONE 'UTC' "
            "WHERE id = %s AND write_date IS NOT DISTINCT FROM %s",
            [self.id, written or None],
            # If its author is saving it right now, this is tried again.
            log_exceptions=False,
        )
        if not self.env.cr.rowcount:
            return {}
        self.invalidate_recordset(["due_attempt", "due_turn"])
        is_last = not attempt and len({item.res_id for item in items}) < SLICE
        parts, behind = [], (items[-1].res_id, items[-1].value)
        if may_share and not attempt and not is_last:
            rule = self.with_env(self._timed_environment(self.time_tz))
            parts, behind = rule._share_due(now, behind, SLICE)
        return {
            "items": items,
            "attempt": attempt,
            "now": now,
            "written": written,
            "is_last": is_last,
            "parts": parts,
            "behind": behind,
        }

    def _end_turn(self, written, until=None):
        """Note that a turn was finished, and until when nothing is left that was due.

        :param written: the rule's last change when the turn began: who changes it meanwhile may
            have it make up for more
        """
        self.env.cr.execute(
            "UPDATE base_automation SET due_attempt = 0, last_run = "
            "CASE WHEN write_date IS NOT DISTINCT FROM %s THEN coalesce(%s, last_run) "
            "ELSE last_run END WHERE id = %s",
            [written or None, until, self.id],
            log_exceptions=False,
        )
        self.invalidate_recordset(["due_attempt", "last_run"])

    def _note_attempt(self, number):
        self.env.cr.execute(
            "UPDATE base_automation SET due_attempt = %s WHERE id = %s",
            [number, self.id],
            log_exceptions=False,
        )
        self.invalidate_recordset(["due_attempt"])

    def _due_resumes(self):
        """Tell whether a pass goes on behind the last record: its dates are in one order."""
        if self._due_field() is None:
            return False
        reader = self._due_reader()
        return reader.is_ordered and len(reader.plan.legs) == 1
