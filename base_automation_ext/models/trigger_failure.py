"""Triggers: another action failed, a background task gave up."""

import logging
from functools import partial

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.server_action_engine.core.subscriptions import SIGNAL

from .rule_trigger import pause_rules

_logger = logging.getLogger(__name__)

ACTION_FAILED, TASK_DEAD = "on_action_failed", "on_task_dead"
#: Trigger → the model of its records.
MODELS = {ACTION_FAILED: "server.action.run", TASK_DEAD: "server.action.task"}
#: ``cr.postcommit.data`` key: ids of tasks that gave up in this transaction.
_DEAD_KEY = "base_automation_ext.dead_tasks"
#: Tasks that started each other and are looked through for the rule behind them.
_MAX_CHAIN = 100


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[
            ("on_action_failed", "An action failed"),
            ("on_task_dead", "A background task failed for good"),
        ],
        ondelete=dict.fromkeys(MODELS, pause_rules),
    )

    @api.constrains("trigger", "model_id")
    def _check_model_of_failure(self):
        for rule in self:
            name = MODELS.get(rule.trigger)
            if name and rule.model_id.model != name:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” waits for failures: its model has to be “%(model)s”. "
                        "Choose the actions it is about by its filter.",
                        rule=rule.name,
                        model=self.env[name]._description,
                    )
                )

    def _needs_tasks(self):
        return self.trigger in MODELS or super()._needs_tasks()

    def _subscriptions_of_failure(self, entry):
        return [self._subscription(entry, SIGNAL)]

    _subscriptions_of_on_action_failed = _subscriptions_of_failure
    _subscriptions_of_on_task_dead = _subscriptions_of_failure

    @api.model
    def _rules_on_failures(self, key):
        """Return the ids of the rules with the trigger ``key``, without asking the database."""
        subscriber = self.env["base.automation.subscriber"]
        found = subscriber._event_subscriptions_to(MODELS[key], SIGNAL)
        return [one.payload.id for one in found if one.payload.trigger.key == key]

    @api.model
    def _fire_on_failures(self, key, records):
        """Have the rules with the trigger ``key`` run on failed runs or tasks, as tasks.

        As tasks, because they are told of it while somebody else's transaction ends, and must
        neither delay it nor fail with it.
        """
        ids = self._rules_on_failures(key)
        if not ids:
            return
        records = records.with_env(self._timed_environment()).exists()
        records = records.filtered(lambda record: not self._is_own_failure(record))
        for rule in self.with_env(records.env).browse(ids):
            try:
                # After an error of the database no other rule could be told.
                with self.env.cr.savepoint(flush=False):
                    wanted = rule._filter_post(records)
            except Exception:
                _logger.warning("The filter of the rule %s failed", rule.id, exc_info=True)
                continue
            if wanted:
                rule._fire_later(wanted)

    @api.model
    def _is_own_failure(self, record):
        """Tell whether a run or task was started by a rule about failures, however indirectly.

        Such a rule that fails would start itself again without end.
        """
        model, res_id = record._name, record.id
        if model == MODELS[ACTION_FAILED]:
            model, res_id = record.origin_model, record.origin_id
        return self._is_started_by(model, res_id, MODELS)

    @api.model
    def _is_started_by(self, model, res_id, triggers):
        """Tell whether a rule with one of the triggers is at the beginning, however indirectly.

        :param model: of what started something: a rule, a task, anything else
        """
        for _step in range(_MAX_CHAIN):
            if model == self._name:
                # Whoever the rule works for need not read rules and tasks.
                return self.sudo().browse(res_id).exists().trigger in triggers
            if model != MODELS[TASK_DEAD]:
                return False
            task = self.env[model].sudo().browse(res_id).exists()
            model, res_id = task.origin_model, task.origin_id
        # A chain that long is a loop of its own.
        return True


class ServerActionRun(models.Model):
    _inherit = "server.action.run"

    @api.model
    def _recorded(self, ids):
        result = super()._recorded(ids)
        self.env["base.automation"]._fire_on_failures(ACTION_FAILED, self.browse(ids))
        return result


class ServerActionTask(models.Model):
    _inherit = "server.action.task"

    @api.model
    def _gave_up(self, ids):
        result = super()._gave_up(ids)
        queue = self.env.cr.postcommit
        if _DEAD_KEY not in queue.data:
            if not self.env["base.automation"]._rules_on_failures(TASK_DEAD):
                return result
            queue.add(partial(_tell_of_dead_tasks, self.pool, queue))
        queue.data.setdefault(_DEAD_KEY, []).extend(ids)
        return result


def _tell_of_dead_tasks(registry, queue):
    """Tell the rules once for all tasks, in a transaction that cannot undo that they failed."""
    ids = queue.data.pop(_DEAD_KEY, ())
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            tasks = env["server.action.task"].browse(ids)
            env["base.automation"]._fire_on_failures(TASK_DEAD, tasks)
    except Exception:
        _logger.warning("No rule was told that the tasks %s gave up", ids, exc_info=True)
