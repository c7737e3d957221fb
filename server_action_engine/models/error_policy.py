"""What happens when an action fails: block, isolate, retry, or run another action."""

import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.bisection import Bisection
from ..core.errors import BudgetExceededError, is_retryable_db_error
from ..core.frames import ISOLATED, state_of
from ..core.retry import PERMANENT, fate_of
from .transaction_queues import revocable_savepoint

_logger = logging.getLogger(__name__)

BLOCK, ISOLATE, RETRY, FALLBACK = "block", "isolate", "retry", "fallback"
#: Failures shown in the step itself; the rest is counted.
_MAX_MESSAGES = 20


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    on_error = fields.Selection(
        [
            (BLOCK, "Stop and undo everything"),
            (ISOLATE, "Go on without the failing records"),
            (RETRY, "Try the failing records again later"),
            (FALLBACK, "Run another action on the failing records"),
        ],
        string="If It Fails",
        help="Empty: what the rule or the parent action says, else “Stop and undo everything”, "
        "which is what stock Odoo does.",
    )
    fallback_action_id = fields.Many2one(
        "ir.actions.server",
        string="Fallback Action",
        domain="[('model_id', '=', model_id), ('id', '!=', id)]",
        help="Runs on the records for which this action failed. 'error' holds the message.",
    )
    retry_max = fields.Integer(
        string="Attempts", default=5, help="Attempts in all before the task counts as failed."
    )
    retry_delay_seconds = fields.Integer(
        string="First Delay (s)", default=60, help="Seconds before the second attempt."
    )
    retry_factor = fields.Float(
        string="Delay Factor", default=2.0, help="Each further delay is this many times longer."
    )
    retry_max_delay_seconds = fields.Integer(
        string="Longest Delay (s)", default=3600, help="No delay is longer than this."
    )

    @api.constrains("on_error", "fallback_action_id", "model_id")
    def _check_fallback_action(self):
        for action in self:
            if action.on_error == FALLBACK and not action.fallback_action_id:
                raise ValidationError(
                    self.env._(
                        "Choose the fallback action of “%(action)s”, or another policy.",
                        action=action.name,
                    )
                )
            fallback = action.fallback_action_id
            if action.on_error == FALLBACK and fallback.model_id != action.model_id:
                raise ValidationError(
                    self.env._(
                        "“%(fallback)s” runs on %(other_model)s, but “%(action)s” fails on "
                        "%(model)s. Choose a fallback action on the same model.",
                        fallback=fallback.name,
                        other_model=fallback.model_id.name,
                        action=action.name,
                        model=action.model_id.name,
                    )
                )
            seen, current = action, fallback
            while current:
                if current in seen:
                    raise ValidationError(
                        self.env._(
                            "The fallback actions of “%(action)s” lead back to itself.",
                            action=action.name,
                        )
                    )
                seen |= current
                current = current.fallback_action_id

    @api.constrains("retry_max", "retry_delay_seconds", "retry_factor", "retry_max_delay_seconds")
    def _check_retry(self):
        for action in self:
            if (
                action.retry_max < 1
                or action.retry_delay_seconds < 0
                or action.retry_max_delay_seconds < 0
                or action.retry_factor < 1
            ):
                raise ValidationError(
                    self.env._(
                        "The retries of “%(action)s” need at least one attempt, delays of zero "
                        "or more seconds and a factor of at least 1.",
                        action=action.name,
                    )
                )

    def _get_error_policy(self, frame):
        """Return the policy in force. Rules extend this to pass theirs to their actions.

        A part of a running action fails together with the whole unless it says otherwise itself.
        """
        return self.on_error or BLOCK

    def _run_with_policy(self, records, eval_context, frame):
        policy = self._get_error_policy(frame)
        if self._fails_as_a_whole(policy, frame):
            return self._execute(records, eval_context)
        return self._run_isolated(records, eval_context, frame, policy)

    def _fails_as_a_whole(self, policy, frame):
        """Tell whether a failure on one record is one of the whole batch.

        A task retries by itself and needs the error; scheduled actions commit inside, which a
        savepoint does not survive; and a form that is being edited has nothing to isolate.
        """
        return (
            policy == BLOCK
            or self.usage == "ir_cron"
            or self.env.context.get("onchange_self") is not None
            or (policy == RETRY and self._is_due_task(frame))
        )

    def _run_isolated(self, records, eval_context, frame, policy):
        """Run in savepoints: a batch that fails is halved until the failing record is alone."""
        state = state_of(self.env.cr)
        # Without records there is still one thing to try.
        trial, result, late = Bisection(max(len(records), 1)), False, records.browse()
        while (part := trial.next()) is not None:
            if not state.take_savepoint(self.env.cr.now()):
                rest = records.browse([records._ids[at] for at in trial.undecided if records])
                reason = self.env._(
                    "too many records of this batch failed to try each of them in one transaction"
                )
                self._leave_undecided(rest, frame, reason)
                break
            chosen = records[part]
            answer, exc = self._try_part(chosen, records, eval_context, frame)
            if exc is None:
                trial.passed()
                result = answer or result
            elif isinstance(exc, BudgetExceededError) and len(chosen) > 1:
                self._check_may_wait(frame, exc)
                trial.passed()
                late |= chosen
            elif trial.failed():
                result = self._handle_failure(chosen, eval_context, frame, policy, exc) or result
        if late:
            self._leave_undecided(late, frame, frame.error_message)
        return result

    def _try_part(self, part, records, eval_context, frame):
        """Run on a part of the batch in a savepoint.

        :returns: ``(result, None)``, or ``(False, what it failed with)``
        """
        action, part_context = self, eval_context
        if len(part) != len(records):
            action, part_context = self._on_part(part, eval_context)
        noted = frame.noted()
        try:
            with revocable_savepoint(self.env.cr):
                return action._execute(part, part_context), None
        except Exception as exc:
            if is_retryable_db_error(exc):
                raise
            # A part that is tried again by halves would say everything once more.
            frame.undo(noted, keep_messages=len(part) <= 1)
            return False, exc

    def _check_may_wait(self, frame, exc):
        """Keep a batch that took too long from being halved: each half may take as long again.

        Whoever waits for it does so once, and the records become tasks. A task itself is halved
        by those who run it.
        """
        if self._is_due_task(frame):
            raise exc
        if not frame.error_message:
            frame.fail(exc)
        frame.state = ISOLATED

    def _on_part(self, part, eval_context):
        """Return the action and the evaluation context for a part of the batch."""
        action = self.with_context(active_ids=part.ids, active_id=part[:1].id)
        env = eval_context["env"]
        env = env(context=dict(env.context, active_ids=part.ids, active_id=part[:1].id))
        return action, self._rebind(eval_context, env, part)

    def _handle_failure(self, records, eval_context, frame, policy, exc):
        """Deal with one record (or none) for which the action failed."""
        self._note_failure(records, frame, exc)
        if policy == RETRY and fate_of(exc) != PERMANENT:
            self._leave_to_tasks(records, frame, delay_seconds=self.retry_delay_seconds)
        elif policy == FALLBACK:
            return self.fallback_action_id._run_nested(
                records, eval_context, "fallback", error=str(exc)
            )
        return False

    def _note_failure(self, records, frame, exc):
        """Keep the failure in the surviving transaction's run."""
        failures = frame.scratch["failures"] = frame.scratch.get("failures", 0) + 1
        if not frame.error_message:
            frame.fail(exc)
        frame.state = ISOLATED
        if failures <= _MAX_MESSAGES:
            frame.messages.append(
                self.env._(
                    "Failed on %(records)s: %(error)s",
                    records=", ".join(map(str, records.ids)) or self.model_name,
                    error=exc,
                )
            )
        _logger.info(
            "Action %s (%s) failed on %s and was isolated: %s",
            self.name,
            self.id,
            records,
            exc,
        )

    def _leave_to_tasks(self, records, frame, **options):
        """Have tasks start the action anew, for the one who started it now.

        Not for the user it runs as: it gets these rights again by itself, and that user need not
        have the right to start it.
        """
        records = records.with_env(frame.scratch.get("starter", records.env))
        self.env["server.action.task"]._enqueue(
            self, records, origin=self._root_trigger(), **options
        )

    def _leave_undecided(self, records, frame, reason):
        """Give records that cannot be decided on here to tasks of their own transactions."""
        self._leave_to_tasks(records, frame)
        frame.messages.append(
            self.env._(
                "%(count)s records were handed to background tasks: %(reason)s.",
                count=len(records),
                reason=reason.rstrip("."),
            )
        )
