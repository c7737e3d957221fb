"""One turn for several rules that have little to do: one transaction, and one commit, for all.

A turn of its own costs a rule two commits, and reads anew what others have just read. So rules
that were quick the last time share one, and a few of those of which it is not known. Each has a
savepoint in it; whatever does not go smoothly is taken back and left to a turn of the rule's own,
where it is dealt with as ever. So is all of it after a crash, which is noted for all rules that
had begun.
"""

import logging
import time

from odoo import models

from odoo.addons.server_action_engine.core.errors import is_retryable_db_error
from odoo.addons.server_action_engine.core.frames import state_of
from odoo.addons.server_action_engine.models.transaction_queues import revocable_savepoint

from ..core.due_item import latest_of_each
from . import due_pace, due_run
from .due_ledger import LEFT_OUT, MISSED

_logger = logging.getLogger(__name__)

#: After that no further rule is begun, and what was done is committed; the others share again.
MOST_SECONDS = 1.0
#: Who has to wait longer for somebody's lock does so in a turn of its own, without keeping what
#: others have done from being committed.
LOCK_TIMEOUT = "2s"


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _together(self, function):
        """Call ``function`` and commit; after a failure nothing of it is left.

        :returns: whether it went well
        """
        cr = self.env.cr
        try:
            function()
            # As in `_in_own_transaction`: the transaction is the pass's own.
            cr.commit()  # pylint: disable=invalid-commit
        except Exception as exc:
            cr.rollback()
            is_bug = not is_retryable_db_error(exc)
            _logger.log(
                logging.WARNING if is_bug else logging.DEBUG,
                "Timed rules %s could not share a transaction and go on alone: %s",
                self.ids,
                exc,
                exc_info=is_bug,
            )
            return False
        return True

    def _lock_due_together(self):
        """Lock as many of the rules as nobody else is at; see ``_lock_due``."""
        cr = self.env.cr
        cr.execute(
            "SELECT id FROM unnest(%s::int[]) AS id WHERE pg_try_advisory_lock(%s, id)",
            [self.ids, due_run.LOCK],
        )
        locked = {rule_id for [rule_id] in cr.fetchall()}
        # What is seen from now on is what the last ones have left.
        cr.commit()  # pylint: disable=invalid-commit
        return self.browse(rule_id for rule_id in self._ids if rule_id in locked)

    def _unlock_due_together(self):
        self.env.cr.execute(
            "SELECT pg_advisory_unlock(%s, id) FROM unnest(%s::int[]) AS id",
            [due_run.LOCK, self.ids],
        )

    def _begin_together(self, turns):
        """Note that turns begin; see ``_begin_turn``.

        :returns: the ids of the rules, without those that somebody has changed or is saving
        """
        written = [turns[rule.id].first["written"] or None for rule in self]
        self.env.cr.execute(
            """
            WITH free AS (
                SELECT rule.id FROM base_automation rule
                  JOIN unnest(%s::int[], %s::timestamp[]) AS turn (id, written)
                    ON turn.id = rule.id AND rule.write_date IS NOT DISTINCT FROM turn.written
                 WHERE coalesce(rule.due_attempt, 0) = 0
                   FOR NO KEY UPDATE OF rule SKIP LOCKED
            )
            UPDATE base_automation rule
               SET due_attempt = 1, due_turn = clock_timestamp() AT TIME ZONE 'UTC'
              FROM free WHERE free.id = rule.id
         RETURNING rule.id
            """,
            [self.ids, written],
            log_exceptions=False,
        )
        begun = {rule_id for [rule_id] in self.env.cr.fetchall()}
        return [rule_id for rule_id in self._ids if rule_id in begun]

    def _fire_together(self, turns):
        """Run the rules, each on what its turn is about, until it takes long.

        :returns: ``{"ran": ids, "left": ids there was no time for, "noted": ids of those that the
            end of the turn is noted for}``
        """
        self._checkpoint("due.shared.begun")
        self.env.cr.execute("SET LOCAL lock_timeout = %s", [LOCK_TIMEOUT])
        until, state = time.monotonic() + MOST_SECONDS, state_of(self.env.cr)
        ran, left = [], list(self._ids)
        for rule in self:
            if not state.take_savepoint(self.env.cr.now()):
                break
            began = time.monotonic()
            left.remove(rule.id)
            if rule._fire_beside_others(turns[rule.id].first):
                ran.append(rule.id)
            self._checkpoint("due.shared.rule")
            now = time.monotonic()
            if now > until or now - began > due_pace.QUICK_SECONDS:
                # The others need not wait for more than the one that was not quick.
                break
        # With nothing done, trying again would lead nowhere.
        left = left if len(left) < len(self) else []
        noted = self._end_together(turns, ran)
        self._checkpoint("due.shared.executed")
        return {"ran": ran, "left": left, "noted": noted}

    def _fire_beside_others(self, turn):
        """Run the rule in a savepoint.

        :returns: False if nothing of it is left, because something failed or it has been stopped
        """
        began, database = time.monotonic(), self.env.cr.dbname
        ids = {item.res_id for item in turn["items"]}
        try:
            with revocable_savepoint(self.env.cr):
                stays = self._waits_for_time() and not self._is_globally_paused()
                if stays:
                    rule = self.with_env(self._timed_environment(self.time_tz))
                    rule._fire_smoothly(turn, ids)
        except Exception as exc:
            due_pace.leave_alone(database, self.id)
            if is_retryable_db_error(exc):
                raise
            _logger.info("Automation rule #%s gets a turn of its own: %s", self.id, exc)
            return False
        due_pace.took(database, self.id, len(ids), time.monotonic() - began)
        return stays

    def _fire_smoothly(self, turn, ids):
        """Run the rule on those of some records it is due for; what fails is not dealt with."""
        ledger = self.env["base.automation.due"]
        since = min(item.moment for item in turn["items"])
        # The records may have changed since they were found.
        found = self._due_items(turn["now"], len(ids), ids=ids, is_new=False, since=since)
        # Claimed as late as here: an action that commits has then committed its own rule's only.
        items, missed = latest_of_each(ledger._claim(self, found))
        ledger._settle(self, missed, MISSED)
        with state_of(self.env.cr).aside():
            for (step, company), part in self._due_groups(items).items():
                ran = set(self._fire_on(part, step, company)._ids)
                left_out = [item for item in part if item.res_id not in ran]
                ledger._settle(self, left_out, LEFT_OUT)

    def _end_together(self, turns, ran):
        """Note that turns are over; see ``_end_turn``.

        :param ran: ids of the rules that have done what they were due for
        :returns: the ids of the rules, without those that somebody is saving
        """
        firsts = [turns[rule_id].first for rule_id in self._ids]
        is_done = [rule_id in ran and turns[rule_id].is_whole for rule_id in self._ids]
        self.env.cr.execute(
            """
            WITH free AS (
                SELECT rule.id, turn.written, turn.until FROM base_automation rule
                  JOIN unnest(%s::int[], %s::timestamp[], %s::timestamp[])
                    AS turn (id, written, until) ON turn.id = rule.id
                   FOR NO KEY UPDATE OF rule SKIP LOCKED
            )
            UPDATE base_automation rule
               SET due_attempt = 0, last_run =
                   CASE WHEN rule.write_date IS NOT DISTINCT FROM free.written
                        THEN coalesce(free.until, rule.last_run) ELSE rule.last_run END
              FROM free WHERE free.id = rule.id
         RETURNING rule.id
            """,
            [
                self.ids,
                [first["written"] or None for first in firsts],
                [
                    first["now"] if done else None
                    for first, done in zip(firsts, is_done, strict=True)
                ],
            ],
            log_exceptions=False,
        )
        return {rule_id for [rule_id] in self.env.cr.fetchall()}
