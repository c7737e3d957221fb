"""Running the rules that are due: woken at the right moments, each in its own transaction."""

import logging
import math
import time
from collections import deque
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.tools import safe_eval

from odoo.addons.server_action_engine.core.errors import is_retryable_db_error
from odoo.addons.server_action_engine.core.frames import state_of
from odoo.addons.server_action_engine.models.event_hook_gate import is_disabled

from ..core.local_time import full_second, utc_now
from . import pass_memory
from .pass_progress import PassProgress
from .trigger_schedule import SCHEDULE_FIELDS, TRIGGER

_logger = logging.getLogger(__name__)

#: How often a rule is tried that collides with another transaction.
_TRIES = 3
#: What a job answers that has done its share and wants another turn after the others. One whose
#: share others have to do answers a list of jobs.
MORE = "more"
#: What is due within this time is waited for; the scheduler itself looks once a minute only.
_SOON = timedelta(seconds=2)
#: Looking again and again at what another worker is about to finish helps nobody.
_BREATH_SECONDS = 0.1
#: Where something becomes due all the time, passes do not begin more often than that.
_RHYTHM = timedelta(seconds=0.5)
#: When the rules are looked at again, one of which could not be run.
RETRY_AFTER = timedelta(minutes=1)
#: When they are looked at again while all rules are switched off.
_LOOK_AGAIN_AFTER = timedelta(hours=1)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._wake_for_schedule()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(SCHEDULE_FIELDS):
            self._wake_for_schedule()
        return result

    # -- waking -----------------------------------------------------------------------------------

    def _wake_for_schedule(self):
        moments = [rule.schedule_next for rule in self if rule.schedule_next]
        if moments:
            self._wake_at(min(moments))

    @api.model
    def _wake_at(self, moment):
        """Have the scheduled action of timed rules look for work at ``moment``, naive UTC.

        The wake-up becomes visible together with what this transaction has to be done. It is for a
        full second: Odoo starts an action in the middle of one, but takes the wake-up away only
        when the second is over, so that the action would be called twice, the first time in vain.

        :returns: the wake-up (``ir.cron.trigger``)
        """
        if cron := self._timed_cron():
            return cron._trigger(at=full_second(moment))
        return self.env["ir.cron.trigger"]

    @api.model
    def _wake_by(self, moment):
        """Have it look for work at ``moment``, unless it is going to before that.

        Each time it plans the next time itself. For what is committed before it can look.
        """
        cron, now, moment = self._timed_cron(), fields.Datetime.now(), full_second(moment)
        planned = [("cron_id", "=", cron.id), ("call_at", ">", now), ("call_at", "<=", moment)]
        if cron and not self.env["ir.cron.trigger"].sudo().search_count(planned, limit=1):
            self._wake_at(moment)

    @api.model
    def _timed_cron(self):
        cron = self.env.ref("base_automation_ext.ir_cron_timed_rules", raise_if_not_found=False)
        return (cron or self.env["ir.cron"]).sudo()

    @api.model
    def _next_timed_moment(self, since):
        """Return when a timed rule is due next, None if none is.

        :param since: everything that was due by then has been looked at (naive UTC)
        """
        self.flush_model(["schedule_next"])
        self.env.cr.execute(
            "SELECT min(schedule_next) FROM base_automation "
            "WHERE active AND NOT coalesce(paused, FALSE) AND trigger = %s",
            [TRIGGER],
        )
        return self.env.cr.fetchone()[0]

    # -- working ----------------------------------------------------------------------------------

    @api.model
    def _run_timed_rules(self):
        """Run what is due. The code of the scheduled action; it runs only when it is woken."""
        if is_disabled():
            # What is due then is made up for when rules are switched on again.
            self._wake_by(fields.Datetime.now() + _LOOK_AGAIN_AFTER)
            return
        since = utc_now()
        left = pass_memory.take(self.env.cr, self._timed_cron().id, since)
        all_at, done_until = (left.all_at, left.until) if left else (time.monotonic(), None)
        is_over, all_done, moment = self._pass_over_timed_rules(since, done_until)
        while is_over and all_done:
            done_until = since
            if not self._waits_here(moment, since):
                break
            # What came late meanwhile has called the scheduled action once more.
            since = utc_now()
            is_over, all_done, moment = self._pass_over_timed_rules(since, done_until)
        now = fields.Datetime.now()
        if not all_done:
            moment = max(moment or now, now + RETRY_AFTER)
        if not is_over or moment and moment <= now + _SOON:
            trigger = self._wake_at(now)
            if trigger and done_until and all_done:
                pass_memory.leave(self.env.cr.dbname, trigger.id, done_until, all_at)
        elif moment:
            self._wake_by(moment)
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _pass_over_timed_rules(self, now, before=None):
        """Run what is due.

        :param now: what becomes due later, behind the back of the pass, is the next moment
        :param before: all that was due by then is known to be done
        :returns: as :meth:`_work_off`, and the next moment
        """
        is_over, all_done = self._work_off(self._timed_jobs(before))
        # Where time is over, the next pass follows at once.
        return is_over, all_done, self._next_timed_moment(now) if is_over else None

    @api.model
    def _waits_here(self, moment, since):
        """Wait for a moment that comes sooner than the scheduler would look again.

        :param since: when the pass began that is over now
        :returns: False when it does not, or when the time of the scheduled action is over
        """
        left = self.env["ir.cron"]._commit_progress()
        if not moment or not left or math.isinf(left):
            return False
        now = utc_now()
        seconds = (moment - now).total_seconds()
        if seconds > min(left, _SOON.total_seconds()):
            return False
        rest = (since + _RHYTHM - now).total_seconds()
        time.sleep(max(seconds, rest, _BREATH_SECONDS))
        return True

    @api.model
    def _work_off(self, jobs):
        """Give each job its turn, and those that want more another one, while there is time.

        :param jobs: see :meth:`_timed_jobs`
        :returns: (whether nothing is left, whether all that were asked could do their work)
        """
        queue, all_done = deque(jobs), True
        progress = PassProgress(self.env["ir.cron"])
        while queue:
            job = queue.popleft()
            outcome = job()
            if isinstance(outcome, list):
                queue.extend(outcome)
            elif outcome == MORE:
                queue.append(job)
            all_done = all_done and (bool(outcome) or outcome == [])
            if not progress.job_done(len(queue)) and queue:
                break
        return not queue, all_done

    @api.model
    def _timed_jobs(self, before=None):
        """Return what is due as functions without arguments that tell whether they are done.

        Each commits what it does. What others take meanwhile, they leave alone. One that has much
        to do answers :data:`MORE` after a part of it, so that the others are not kept waiting.

        :param before: what was due by then has just been done; looking for it once more is idle
        """
        self.flush_model()
        self.env.cr.execute(
            "SELECT id FROM base_automation WHERE active AND NOT coalesce(paused, FALSE) "
            "AND trigger = %s AND schedule_next <= %s ORDER BY schedule_next, sequence, id",
            [TRIGGER, fields.Datetime.now()],
        )
        due = map(self.browse, [rule_id for [rule_id] in self.env.cr.fetchall()])
        # One that fails goes on with its next moment.
        return [
            partial(rule._in_own_transaction, rule._run_if_due, rule._take_turn) for rule in due
        ]

    def _in_own_transaction(self, function, after_failure=None):
        """Call ``function`` and commit; after a failure nothing of it is left.

        The transaction before must have been committed.

        :param after_failure: called in a transaction of its own when the function failed
        :returns: False when it collided with other transactions as often as it was tried
        """
        cr = self.env.cr
        for _try in range(_TRIES):
            try:
                function()
                # The function owns the transaction: see above.
                cr.commit()  # pylint: disable=invalid-commit
                return True
            except Exception as exc:
                cr.rollback()
                if is_retryable_db_error(exc):
                    continue
                if not self.exists():
                    # Somebody has deleted it since it was found to be due.
                    return True
                name = f"“{self.name}” ({self.id})"
                _logger.warning("The automation rule %s failed: %s", name, exc, exc_info=exc)
                return not after_failure or self._in_own_transaction(after_failure)
        return False

    def _run_if_due(self):
        if self._take_turn():
            self._run_scheduled()

    def _take_turn(self):
        """Claim the moment that is due, and set the next one.

        The row stays locked until the end of the transaction. Somebody who comes at the same time
        does not get it (SKIP LOCKED); somebody who comes with an older snapshot gets a
        serialization error. If the transaction fails, the moment is due again.

        :returns: False if the rule is not due, or somebody else is running it
        """
        now = fields.Datetime.now()
        self.env.cr.execute(
            "SELECT 1 FROM base_automation WHERE id = %s AND active "
            "AND NOT coalesce(paused, FALSE) AND trigger = %s AND schedule_next <= %s "
            "FOR NO KEY UPDATE SKIP LOCKED",
            [self.id, TRIGGER, now],
        )
        if not self.env.cr.fetchone():
            return False
        self.invalidate_recordset()
        # By SQL: neither who changed the rule nor the index of rules is touched by a run.
        self.env.cr.execute(
            "UPDATE base_automation SET schedule_next = %s, last_run = %s WHERE id = %s",
            [self._next_scheduled(now) or None, now, self.id],
        )
        self.invalidate_recordset(["schedule_next", "last_run"])
        return True

    def _run_scheduled(self):
        rule = self.with_env(self._timed_environment(self.schedule_tz))
        if not rule.schedule_without_records:
            rule._fire_in_batches(rule._scheduled_records())
            return
        with state_of(self.env.cr).aside():
            rule._run_without_records()

    def _scheduled_records(self):
        """Return the records that match the filter of the rule."""
        domain = []
        if self.filter_domain:
            domain = safe_eval.safe_eval(self.filter_domain, self._get_eval_context())
        model = self.env[self.model_name]
        if not self.schedule_with_archived:
            return model.search(domain, order="id")
        # For the search only: what the actions look for is their own business.
        found = model.with_context(active_test=False).search(domain, order="id")
        return found.with_env(self.env)
