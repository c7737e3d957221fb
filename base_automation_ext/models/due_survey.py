"""Looking at all timed rules together: most have nothing to do, and are read at once."""

import logging
import time

from odoo import models

from ..core.local_time import utc_now
from . import due_run

_logger = logging.getLogger(__name__)

#: So long rules for which something was found wait for others to be looked at.
MOST_SECONDS = 0.5


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _survey_due(self, before=None):
        """Look for what is due, for all of the rules that are healthy.

        :param before: what was due by then has just been done
        :returns: ``{rule id: arguments of its first turn, or None if nothing is due}``; what is
            not in it has to be looked at by itself. And the rules there was no time for.
        """
        none = self.browse()
        if not self or self._is_globally_paused():
            return {}, none
        now, found, until = utc_now(), {}, time.monotonic() + MOST_SECONDS
        try:
            with self.env.cr.savepoint(flush=False):
                for rule in self._to_survey(until):
                    items = rule._due_items(now, due_run.SLICE, since=before)
                    turn = {"items": items, "attempt": 0, "now": now, "written": rule.write_date}
                    found[rule.id] = turn if items else None
                if before is None:
                    self._note_quiet([key for key, turn in found.items() if not turn], now)
        except Exception:
            _logger.debug("Timed rules could not be looked at together", exc_info=True)
            return {}, none
        if not found or time.monotonic() <= until:
            return found, none
        return found, self.browse(self._ids[self._ids.index(list(found)[-1]) + 1 :])

    def _to_survey(self, until):
        for rule in self:
            if time.monotonic() > until:
                return
            # A worker has died over it, or it has to be begun.
            if rule.due_attempt or not rule.due_since:
                continue
            # Where a date is only computed, all records have to be read: that may take long.
            if rule._due_field() is not None and rule._due_reader().is_ordered:
                yield rule.with_env(rule._timed_environment(rule.time_tz))

    def _note_quiet(self, ids, now):
        """Note that nothing is left of what was due, now and then."""
        self.env.cr.execute(
            "UPDATE base_automation SET last_run = %s "
            "WHERE id = ANY(%s) AND (last_run BETWEEN %s AND %s) IS NOT TRUE",
            [now, ids, now - due_run.QUIET, now],
            log_exceptions=False,
        )
        self.invalidate_recordset(["last_run"])
