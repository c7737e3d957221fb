"""The choke point: every execution of every server action passes ``_run``.

Condition → policy → execute → record.
"""

import time

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.errors import ConfigurationError, LoopGuardError
from ..core.frames import (
    DONE,
    MAX_KEPT_IDS,
    QUEUED,
    RUNNING,
    SKIPPED,
    Frame,
    state_of,
)
from .evaluation import _Pool
from .record_environment import release_environments

#: Modules whose one-record runners the engine replaces by runners for a whole batch. A runner
#: that somebody else overrides keeps running, one record at a time, as in stock Odoo.
_STOCK_MODULES = frozenset(
    {"odoo.addons.base.models.ir_actions", "odoo.addons.mail.models.ir_actions_server"}
)
#: Types whose runners read the business records from the action's own environment, which is
#: always in superuser mode.
_SUPERUSER_TYPES = frozenset(
    {"mail_post", "followers", "remove_followers", "next_activity", "webhook", "sms"}
)


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    execution = fields.Selection(
        [("now", "Immediately"), ("task", "In the background, as a task")],
        default="now",
        required=True,
        help="Immediately: in the transaction that starts the action; the user waits for it.\n"
        "In the background: the user goes on at once, the action runs after the changes are "
        "saved, and is repeated if the server stops in between.",
    )
    delay_number = fields.Integer(
        string="Delay", help="How long a background action waits before it runs."
    )
    delay_unit = fields.Selection(
        [
            ("seconds", "Seconds"),
            ("minutes", "Minutes"),
            ("hours", "Hours"),
            ("days", "Days"),
            ("weeks", "Weeks"),
        ],
        default="minutes",
        required=True,
    )
    run_as = fields.Selection(
        [
            ("stock", "System, in the name of the user"),
            ("trigger_user", "User who starts the action"),
            ("user", "A chosen user"),
        ],
        default="stock",
        required=True,
        help="Whose access rights apply while the action works on records.\n"
        "System: as stock Odoo; access rights are not checked, changes carry the user's name.",
    )
    run_as_user_id = fields.Many2one(
        "res.users", string="Runs as", help="The user whose access rights apply."
    )
    log_level = fields.Selection(
        [("off", "Nothing"), ("failures", "Failures only"), ("all", "Every run")],
        string="Run Log",
        help="Which executions are kept in the run log. Empty: every run, but only failures of "
        "scheduled actions.",
    )

    # -- running --------------------------------------------------------------------------------

    def _run(self, records, eval_context):
        self.ensure_one()
        state = state_of(self.env.cr)
        frame = self._new_frame(records)
        is_root = state.current is None
        if is_root:
            limits = self._limits()
            state.max_depth, state.max_actions = limits.depth, limits.actions
            frame.trigger, state.origin = self._trigger_of(state), None
        started, statements = time.perf_counter(), self.env.cr.sql_log_count
        try:
            self._enter(state, frame)
            result = self._run_in_frame(records, eval_context, frame)
            if frame.state == RUNNING:
                frame.state = DONE
            frame.result = _describe_result(result)
            return result
        except Exception as exc:
            frame.fail(exc)
            frame.scratch["exception"] = exc
            if isinstance(exc, ConfigurationError) and not isinstance(exc, ValueError):
                raise UserError(str(exc)) from exc
            raise
        finally:
            frame.duration_ms = (time.perf_counter() - started) * 1000
            frame.sql_count = self.env.cr.sql_log_count - statements
            state.pop(frame)
            release_environments(frame)
            if is_root:
                self._log_run(frame)

    def _enter(self, state, frame):
        try:
            state.push(frame)
        except LoopGuardError as exc:
            raise UserError(str(exc)) from exc

    def _run_in_frame(self, records, eval_context, frame):
        if self.warning:
            return self._execute(records, eval_context)  # stock refuses, in its own words
        applicable = self._apply_condition(records, eval_context, frame)
        if frame.state == SKIPPED:
            return False
        action = self
        if len(applicable) != len(records):
            action = self.with_context(
                active_ids=applicable.ids, active_id=applicable[:1].id, active_model=records._name
            )
            eval_context = self._rebind(
                eval_context, eval_context["env"](context=action.env.context), applicable
            )
        if self.execution == "task" and not self._is_due_task(frame):
            return action._run_later(applicable, frame)
        if self.run_as != "stock":
            frame.scratch["restricted"] = True
            frame.scratch["starter"] = applicable.env
            eval_context = action._with_rights(eval_context, applicable)
            applicable = applicable.with_env(eval_context["env"])
        if self.state != "code" or self.code_scope:
            eval_context["records"] = applicable
        return action._run_with_policy(applicable, eval_context, frame)

    def _execute(self, records, eval_context):
        """Run the type's own runner. Called by the error policy, possibly on part of a batch."""
        return super()._run(records, eval_context)  # pylint: disable=super-method-mismatch

    def _get_runner(self):
        """Prefer the engine's runner for batches, unless the stock one is overridden."""
        runner, multi = super()._get_runner()
        if multi:
            single = getattr(type(self), f"_run_action_{self.state}", None)
            if single is not None and single.__module__ not in _STOCK_MODULES:
                return single, False
        return runner, multi

    def _run_nested(self, records, eval_context, path, **names):
        """Run this action as a part of the running one.

        :param records: recordset of this action's model
        :param eval_context: names of the running action; its environment says whose rights apply
        :param path: place below the running action, such as ``loop/0``
        :param names: further names for this action and everything below it (``parent``)
        :returns: the result of the action
        """
        self.ensure_one()
        frame = state_of(self.env.cr).current
        scratch = dict(frame.scratch)
        frame.scratch["child_path"] = path
        frame.scratch["names"] = {**scratch.get("names", {}), **names}
        env = eval_context["env"]
        context = dict(
            env.context,
            active_model=records._name,
            active_ids=records.ids,
            active_id=records[:1].id,
        )
        action = self.with_env(env(context=context))
        # Stock Odoo runs parts in superuser mode; not so if the whole has somebody's rights.
        if not scratch.get("restricted"):
            action = action.sudo()
        try:
            return action.run()
        finally:
            frame.scratch = scratch

    # -- the steps ------------------------------------------------------------------------------

    def _new_frame(self, records):
        parent = state_of(self.env.cr).current
        path = ""
        if parent is not None:
            place = (
                parent.scratch.get("child_path") or f"{parent.action_type}/{len(parent.children)}"
            )
            path = f"{parent.path}/{place}" if parent.path else place
        ids = records.ids
        return Frame(
            action_id=self.id,
            action_name=self.name or "",
            action_type=self.state,
            model=self.model_name or "",
            record_ids=ids[:MAX_KEPT_IDS],
            record_count=len(ids),
            path=path,
            started=fields.Datetime.now(),
            scratch={
                name: parent.scratch[name]
                for name in ("names", "restricted")
                if parent is not None and name in parent.scratch
            },
        )

    def _apply_condition(self, records, eval_context, frame):
        if not self._has_condition():
            return records
        frame.condition_text = " / ".join(filter(None, (self.condition_domain, self.condition)))
        if not records:
            if not self._model_condition_holds(eval_context):
                frame.state, frame.reason = SKIPPED, self.env._("The condition is not met.")
            return records
        kept = self._filter_by_condition(records, eval_context)
        frame.records_left_out = len(records) - len(kept)
        if frame.records_left_out:
            frame.reason = self.env._(
                "%(left_out)s of %(count)s records do not meet the condition.",
                left_out=frame.records_left_out,
                count=len(records),
            )
        if not kept:
            frame.state = SKIPPED
        return kept

    def _is_due_task(self, frame):
        """Tell whether this very action was queued and is due now."""
        return state_of(self.env.cr).is_due(self.id, frame.path)

    def _run_later(self, records, frame):
        self.env["server.action.task"]._enqueue(
            self, records, delay_seconds=self._delay_seconds(), origin=self._root_trigger()
        )
        frame.state = QUEUED
        frame.reason = self.env._("Runs in the background.")
        return False

    def _delay_seconds(self):
        seconds = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}
        return max(0, self.delay_number) * seconds[self.delay_unit]

    def _with_rights(self, eval_context, records):
        """Return the evaluation context with the rights ``run_as`` asks for."""
        env = eval_context["env"]
        if self.run_as != "user":
            return self._rebind(eval_context, env(user=self.env.uid, su=False), records)
        user = self.run_as_user_id
        context = dict(env.context)
        if chosen := context.get("allowed_company_ids"):
            # The companies of whoever starts the action may be closed to the chosen user.
            own = [company_id for company_id in chosen if company_id in user.company_ids.ids]
            context["allowed_company_ids"] = own or user.company_id.ids
        return self._rebind(eval_context, env(user=user.id, su=False, context=context), records)

    @api.model
    def _rebind(self, eval_context, env, records=None):
        """Return a copy of the evaluation context in which everything lives in ``env``."""
        names = {
            name: value.with_env(env) if isinstance(value, models.BaseModel) else value
            for name, value in eval_context.items()
        }
        if records is not None and records.ids:
            records = records.with_env(env)
            names.update(records=records, record=records[:1], ids=records.ids)
            names.update(object=names["record"], obj=names["record"])
        names.update(
            env=env,
            cr=env.cr,
            uid=env.uid,
            user=env.user,
            context=env.context,
            ref=env.ref,
            pool=_Pool(env),
        )
        return names

    # -- configuration --------------------------------------------------------------------------

    @api.model
    def _warning_depends(self):
        return [*super()._warning_depends(), "run_as", "run_as_user_id", "execution"]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.run_as == "user" and not self.run_as_user_id:
            warnings.append(self.env._("Choose the user the action runs as."))
        if self.run_as != "stock" and self._runs_as_system_only():
            warnings.append(
                self.env._("Actions of this type always run as system; set “Run As” to System.")
            )
        return warnings

    def _runs_as_system_only(self):
        """Tell whether the type takes no notice of the rights ``run_as`` gives."""
        return self.state in _SUPERUSER_TYPES


def _describe_result(result):
    """Return the result of an action in a few words, for the run log."""
    if not result:
        return ""
    if isinstance(result, dict):
        return str(result.get("name") or result.get("type") or "")[:200]
    return str(result)[:200]
