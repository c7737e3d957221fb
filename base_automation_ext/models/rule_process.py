"""Running a rule: once per record and chain of events, in bulk, inside its limits.

All firings pass ``_process``: those of events, of stock's webhooks and of its scheduled action.
"""

import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.server_action_engine.core.errors import LoopGuardError, is_retryable_db_error
from odoo.addons.server_action_engine.models.error_policy import BLOCK, FALLBACK
from odoo.addons.server_action_engine.models.transaction_queues import revocable_savepoint

from ..core.guards import RuleChain
from .environments import RESULTS, ActionDone, Results
from .event_view import next_generation
from .rule_entry import EVERY
from .rule_expressions import BaseAutomation as RuleExpressions
from .rule_overrides import overridden
from .rule_scope import acts_for
from .rule_trace import is_traced
from .trigger_webhook import CALL_KEY

_logger = logging.getLogger(__name__)

#: Key in ``cursor.__dict__``: the rules that are running.
_CHAIN = "base_automation_ext_chain"


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model
    def _overridden_methods(self):
        """Return the names of stock's methods somebody else has overridden or patched."""
        own = {
            "_process": (BaseAutomation._process,),
            "_get_eval_context": (RuleExpressions._get_eval_context,),
        }
        return overridden(self, own)

    def _process(self, records, domain_post=None):
        """Run the rule on those of ``records`` it has not been run on in this chain of events.

        The same as stock, with one call per action for all records instead of one per record.
        """
        if self._is_globally_paused() or self._is_switched_off():
            return
        call = self.env.context.get(CALL_KEY)
        if call is None or not call.take():
            self._process_records(records, domain_post)
        else:
            try:
                wanted = self._records_of_call(call, records)
                self._note_call(call, wanted, self._process_records(wanted, domain_post))
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as exc:
                call.conflict = exc
                raise

    def _process_records(self, records, domain_post):
        """Run the rule on records, and return those it has run on."""
        if "_process" in self._overridden_methods():
            # Whoever overrides it is told of every rule, as stock does, also without records.
            if records:
                records = self._within_limits(self._in_scope(records))
            self._process_as_stock(records, domain_post)
            return records
        return self._run_rule(self._in_scope(records), domain_post) if records else records

    def _process_as_stock(self, records, domain_post):
        # For modules whose override of `_process` relies on what stock's does.
        return super()._process(records, domain_post=domain_post)  # pylint: disable=super-method-mismatch

    def _run_rule(self, records, domain_post=None, is_due=False):
        """Run the rule on ``records``, which are known to be in its scope.

        :param is_due: whether they have been put aside before, and their time has come
        :returns: the records it has run on, or has put aside to run on later
        """
        if not records or self._is_switched_off():
            return records.browse()
        overrides = self._overridden_methods()
        if "_process" in overrides:
            self._process(records, domain_post=domain_post)
            return records
        trace = is_traced(self.sudo())
        asked = records
        rule, records, mark = self._not_done(records)
        if trace:
            done = self.env._("The rule has run on it before in this chain of events.")
            self._trace_lost(asked, records, done)
        if not records:
            return records
        asked, records = records, records if is_due else rule._filter_changed(records, overrides)
        if trace:
            same = self.env._("The fields the rule watches have the same values as before.")
            self._trace_lost(asked, records, same)
        mark(records)
        if not records:
            return records
        if rule._runs_later() and not is_due:
            records = rule._put_aside(records)
            if trace:
                self._trace_later(records)
            return records
        # A task has to fail with what it runs.
        return rule._run_guarded(records, domain_post, keeps_errors=not is_due)

    def _put_aside(self, records):
        try:
            self._run_later(records)
        except Exception as exc:  # noqa: BLE001 - raised again unless the rule must not block
            self._guard_failed(exc)
            return records.browse()
        return records

    def _not_done(self, records):
        """Return what is needed to run the rule on records it has not been run on.

        :returns: (the rule in the environment it runs in, the records that are left, a function
            that notes on which of them it runs)
        """
        context = self.env.context
        done = context.get("__action_done", {})
        # What has been done is kept without context. Recordsets whose context holds the very
        # dictionary they are kept in would form a cycle, each run would leave its environments
        # behind until the next garbage collection, and Odoo scans all of them for each new one.
        bare = self.env(context={})
        records_done = done.get(self, records.browse()).with_env(bare)
        records = records - records_done
        if not records:
            return self, records, None
        rule, key = self, self.with_env(bare)
        in_feedback = context.get("__action_feedback") or records.env.context.get(
            "__action_feedback"
        )
        # In a filter that is being evaluated, computing a field has brought us here: note it where
        # the evaluation that is going on will see it.
        if not in_feedback:
            done = ActionDone(done)
            rule = self.with_context(__action_done=done)
            records = records.with_env(rule.env)

        def mark(on):
            done[key] = records_done + on

        if not in_feedback and self.sudo().fire_mode == EVERY:
            # What the rule itself causes may start it again; the depth of the chain ends that.
            return rule, records, lambda on: None
        mark(records)
        return rule, records, mark

    def _filter_changed(self, records, overrides=frozenset()):
        """Return the records of which a watched field has changed."""
        if "_check_trigger_fields" in overrides:
            return records.filtered(self._check_trigger_fields)
        old_values = self.env.context.get("old_values")
        if old_values is None:
            return records
        rule = self.sudo()
        names = rule.trigger_field_ids.mapped("name")
        if not names and rule.fire_mode != EVERY:
            return records
        ids = [
            record.id
            for record in records.sudo()
            if differs(record, old_values.get(record.id, {}), names)
        ]
        return records if len(ids) == len(records) else records.browse(ids)

    def _run_without_records(self):
        """Run the actions once, with no record, if switches, users and limits allow it."""
        scope = self.sudo()._scope()
        if self._is_globally_paused() or self._is_switched_off():
            return
        if scope is None or acts_for(scope, self.env):
            self._run_guarded(self.env[self.model_name], has_records=False)

    def _run_guarded(self, records, domain_post=None, keeps_errors=True, has_records=True):
        """Run the actions on as many of ``records`` as the limits allow.

        :param keeps_errors: False lets every error out, for a task that has to fail with it
        :param has_records: False runs them once without a record
        :returns: the records the actions were run on
        """
        chain = self.env.cr.__dict__.setdefault(_CHAIN, RuleChain())
        try:
            if has_records:
                asked, records = records, self._within_limits(records)
                if is_traced(self.sudo()):
                    self._trace_limits(asked, records)
            if not (records if has_records else self._may_run_without_records()):
                return records
            rule = self.sudo()
            chain.enter(f"{rule.name} ({rule.model_name})", rule.max_chain_depth)
        except Exception as exc:  # noqa: BLE001 - raised again unless the rule must not block
            self._guard_failed(exc, keeps_errors)
            return records.browse()
        try:
            self._run_on(records, domain_post, keeps_errors)
        finally:
            chain.leave()
        if is_traced(self.sudo()):
            self._trace_ran(records)
        return records

    def _guard_failed(self, exc, keeps_errors):
        """Deal with a guard that failed, or a chain that is too deep; raise if that may block."""
        if keeps_errors and not self._may_block(exc):
            _logger.warning("Automation rule #%s is left out: %s", self.id, exc, exc_info=exc)
            return
        if isinstance(exc, LoopGuardError):
            shown = UserError(str(exc))
            self._add_postmortem(shown)
            raise shown from exc
        self._add_postmortem(exc)
        raise exc

    def _may_block(self, exc):
        """Tell whether an error outside the rule's actions may keep the user from saving."""
        # After an error of the database nobody can go on in its transaction.
        return (
            self.sudo().on_error == BLOCK
            or isinstance(exc, psycopg2.Error)
            or is_retryable_db_error(exc)
        )

    def _run_on(self, records, domain_post, keeps_errors=True):
        """Run the actions, each once for all ``records``."""
        if "date_automation_last" in records._fields:
            # Who has changed a line or a related record need not be allowed to write this one.
            records.sudo().date_automation_last = self.env.cr.now()
        try:
            for action in self._actions_to_run():
                self._run_action(action, records, domain_post, keeps_errors)
        except Exception as exc:
            self._add_postmortem(exc)
            raise
        finally:
            next_generation(self.env.cr)

    def _actions_to_run(self):
        """Return the actions to run, in order. Triggers with several steps choose among them."""
        return self.sudo().action_server_ids

    def _run_action(self, action, records, domain_post, keeps_errors):
        try:
            if action.on_error == FALLBACK and self.sudo().on_error != BLOCK:
                # The only thing that can fail after it has changed something is the fallback.
                with revocable_savepoint(self.env.cr):
                    result = action._run_for_rule(records, domain_post)
            else:
                result = action._run_for_rule(records, domain_post)
        except Exception as exc:
            # The policy of the action has had its say. What is left of a rule that must not block
            # was raised before the action did anything: it is not ready to run, or too deep.
            if not keeps_errors or action.on_error == BLOCK or self._may_block(exc):
                raise
            _logger.warning(
                "Action #%s of automation rule #%s did not run: %s",
                action.id,
                self.id,
                exc,
                exc_info=exc,
            )
            return
        results = self.env.context.get(RESULTS)
        if result and isinstance(results, Results) and results.rule_id == self.id:
            results.append(result)


def differs(record, old, names=()):
    """Tell whether one of the fields ``names`` that were written has another value than before.

    :param old: values before the change, by field; None stands for a file
    :param names: all written fields if empty
    """
    return any(
        name in old and (old[name] is None or record[name] != old[name]) for name in names or old
    )
