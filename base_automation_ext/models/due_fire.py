"""Running a timed rule on what is due: in bulk, and the record that fails is set aside."""

import logging
from collections import defaultdict

from odoo import api, models

from odoo.addons.base_automation.models.base_automation import TIME_TRIGGERS
from odoo.addons.server_action_engine.core.bisection import Bisection
from odoo.addons.server_action_engine.core.errors import is_retryable_db_error
from odoo.addons.server_action_engine.core.frames import state_of
from odoo.addons.server_action_engine.core.retry import PERMANENT, fate_of
from odoo.addons.server_action_engine.models.error_policy import BLOCK, RETRY
from odoo.addons.server_action_engine.models.transaction_queues import revocable_savepoint

from ..core.due_item import as_datetime, latest_of_each
from . import due_pace
from .due_ledger import FAILED, LEFT_OUT, MISSED
from .due_search import LAST_AUTOMATION
from .environments import ActionDone

_logger = logging.getLogger(__name__)

#: A record whose worker ended this often while it ran is not tried again by itself.
_MOST_CRASHES = 3
#: Dates that start a rule again whoever writes them, and those that no action can write.
_NEVER_OWN = frozenset({LAST_AUTOMATION, "create_date"})
#: Context keys: the rule the time engine is running, and the step it is at.
DUE_KEY, STEP_KEY = "base_automation_ext_due_rule", "base_automation_ext_due_step"


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    # -- firing -----------------------------------------------------------------------------------

    def _fire_due(self, turn):
        """Run the rule on what a turn is about; what it does and the ledger are one commit."""
        self._checkpoint("due.begun")
        self.invalidate_recordset()
        rule = self.with_env(self._timed_environment(self.time_tz))
        # The records may have changed since they were found.
        ids, attempt = {item.res_id for item in turn["items"]}, turn["attempt"]
        since = min(item.moment for item in turn["items"])
        # And so may the rule.
        stays = rule._waits_for_time() and not rule._is_globally_paused()
        undecided = rule._fire_ids(turn["now"], ids, attempt, since) if stays else 0
        self._checkpoint("due.executed")
        if attempt:
            # After a crash the rest of the pass is done with care: one by one.
            rule._note_attempt(1)
        else:
            is_all = turn["is_all"] and stays and not undecided
            rule._end_turn(turn["written"], turn["now"] if is_all else None)
        return {"undecided": undecided}

    def _fire_ids(self, now, ids, attempt=0, since=None):
        """Run the rule on those of some records it is due for.

        :param attempt: how often a worker has ended over them
        :param since: the first moment they were found to be due at, if it is known: PostgreSQL
            may expect that few dates lie in the window, and read them all instead of the records
        :returns: for how many moments that could not be decided; they are due again
        """
        ledger = self.env["base.automation.due"]
        found = self._due_items(now, len(ids), ids=ids, is_new=False, since=since)
        items = ledger._claim(self, found)
        items, missed = latest_of_each(items)
        ledger._settle(self, missed, MISSED)
        if attempt >= _MOST_CRASHES:
            self._quarantine(items, self.env._("The worker ended each time it ran this record."))
            return 0
        with state_of(self.env.cr).aside():
            return len(self._fire_items(items, one_by_one=attempt > 0))

    @api.model
    def _checkpoint(self, place):
        """Do nothing. Tests kill processes here."""

    def _due_turn_failed(self, turn):
        """After a transaction that failed as a whole, such as at its commit.

        The next turn is about one record; if this one was, that record is set aside.
        """
        if turn["attempt"] < 1 or len({item.res_id for item in turn["items"]}) > 1:
            return
        rule = self.with_env(self._timed_environment(self.time_tz))
        items = rule.env["base.automation.due"]._claim(rule, turn["items"])
        rule._quarantine(items, rule.env._("The changes could not be saved; see the server's log."))
        self._note_attempt(1)

    def _fire_items(self, items, one_by_one=False):
        """Run the rule on claimed items: a part that fails is halved until the bad one is alone.

        :returns: items that the savepoints of the transaction did not suffice for; due again
        """
        undecided = []
        for (step, company), part in self._due_groups(items).items():
            undecided += self._fire_part(part, step, company, one_by_one)
        return undecided

    def _due_groups(self, items):
        """Return ``{(step, company): items}``."""
        groups, companies = defaultdict(list), self._due_companies(self._due_records(items))
        for item in items:
            groups[item.step, companies[item.res_id]].append(item)
        return groups

    def _due_records(self, items):
        return self.env[self.model_name].browse(dict.fromkeys(item.res_id for item in items))

    def _fire_part(self, items, step, company, one_by_one):
        ledger, state = self.env["base.automation.due"], state_of(self.env.cr)
        trial = Bisection(len(items), one_by_one=one_by_one)
        failed, left_out = [], []
        while (span := trial.next()) is not None and state.take_savepoint(self.env.cr.now()):
            part = items[span]
            try:
                with revocable_savepoint(self.env.cr):
                    ran = set(self._fire_on(part, step, company)._ids)
            except Exception as exc:
                if is_retryable_db_error(exc):
                    raise
                if trial.failed():
                    failed.append((part[0], exc))
            else:
                trial.passed()
                left_out += [item for item in part if item.res_id not in ran]
        ledger._settle(self, left_out, LEFT_OUT)
        for item, exc in failed:
            self._due_failed(item, exc)
        if failed or trial.undecided:
            due_pace.failed(self.env.cr.dbname, self.id)
        if failed:
            self._tell_of_quarantine(len(failed), str(failed[0][1]))
        undecided = [items[at] for at in trial.undecided]
        ledger._release(self, undecided)
        return undecided

    def _fire_on(self, items, step, company):
        """Run the rule's actions of one step on some records.

        :returns: the records it ran on
        """
        rule = self.with_company(company).with_context(
            __action_done=ActionDone(), **{DUE_KEY: self.id, STEP_KEY: step}
        )
        records = rule._due_records(items)
        if "_process" in rule._overridden_methods():
            for record in records:
                rule._process(record)
            return records
        return rule._process_records(records, None)

    def _run_on(self, records, domain_post=None, keeps_errors=True):
        rule = self.sudo()
        field = rule.trigger in TIME_TRIGGERS and rule._due_field()
        if not field or field.name in _NEVER_OWN or not (field.store or rule._keeps_dates()):
            return super()._run_on(records, domain_post, keeps_errors)
        before = rule._dates_in_database(records.sudo())
        super()._run_on(records, domain_post, keeps_errors)
        records = records.sudo().exists()
        if field.store:
            records.flush_recordset()
            records.invalidate_recordset([field.name], flush=False)
        else:
            # What it is computed from may be on any model.
            self.env.flush_all()
        own = {
            res_id: as_datetime(value)
            for res_id, value in rule._dates_in_database(records).items()
            if value and value != before.get(res_id)
        }
        if own:
            # What the rule does itself does not start it again.
            self.env["base.automation.due"].sudo()._note_own(rule, own)
        return None

    def _dates_in_database(self, records):
        """Return ``{record id: the date as it is stored, or kept}``."""
        field = self._due_field()
        if field.store:
            return {record.id: record[field.name] for record in records}
        return self.env["base.automation.snapshot"]._dates_of(self.id, records.ids)

    def _actions_to_run(self):
        """Return the actions of the step that is due."""
        rule = self.sudo()
        if rule.trigger not in TIME_TRIGGERS or not rule.time_step_ids:
            return super()._actions_to_run()
        return rule._due_actions(self.env.context.get(STEP_KEY, 0))

    # -- what failed ------------------------------------------------------------------------------

    def _due_failed(self, item, exc):
        """Set a record aside that failed alone, or leave it to a task if its rule says so."""
        rows = self._quarantine([item], str(exc) or type(exc).__name__, is_told=True)
        _logger.info("Automation rule #%s failed on %s: %s", self.id, item.res_id, exc)
        if self.on_error == RETRY and fate_of(exc) != PERMANENT:
            self._retry_due(rows, delayed=True)

    def _quarantine(self, items, error, is_told=False):
        ledger = self.env["base.automation.due"]
        ledger._settle(self, items, FAILED, error)
        if items and not is_told:
            self._tell_of_quarantine(len(items), error)
        keys = {item.key for item in items}
        rows = ledger.search(
            [("rule_id", "=", self.id), ("res_id", "in", [item.res_id for item in items])]
        )
        return rows.filtered(lambda row: (row.res_id, row.due_at, row.step) in keys)

    def _tell_of_quarantine(self, count, error):
        """Tell the owner that records were set aside, once until it has been looked at."""
        owner = self._owner()
        rule = self.sudo().with_context(automation_skip=True, lang=owner.lang)
        summary = rule.env._("Records failed in the automation rule “%(rule)s”", rule=rule.name)
        if rule.activity_ids.filtered(lambda activity: activity.summary == summary):
            return
        note = rule.env._(
            "The rule was due for records it failed on, %(count)s so far. They were left as they "
            "were; the other records are done. The first error: %(error)s Correct the cause, "
            "then open “Due Moments” of the rule and try them again.",
            count=count,
            error=error,
        )
        rule.activity_schedule(
            "mail.mail_activity_data_warning", summary=summary, note=note, user_id=owner.id
        )

    def _may_block(self, exc):
        # There is no user to block; what fails is set aside by the engine.
        return self.env.context.get(DUE_KEY) == self.id or super()._may_block(exc)

    def _get_due_policy(self, on_error):
        """The engine isolates each record itself, and keeps its error in the ledger."""
        return BLOCK if self.env.context.get(DUE_KEY) == self.id else on_error
