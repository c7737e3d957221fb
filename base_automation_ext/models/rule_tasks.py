"""Running rules as background tasks: one task per record, which runs the rule's own action.

The one mechanism for all that puts records aside: rules that wait for quiet or for their turn,
schedules over many records, rules about failures.
"""

from odoo import SUPERUSER_ID, api, fields, models

from odoo.addons.server_action_engine.core.frames import state_of
from odoo.addons.server_action_engine.models.error_policy import RETRY

from ..core.guards import period
from .old_value_rows import pack, unpack
from .old_values import all_old_of
from .rule_entry import make_entry

#: Records a rule is fired on in one transaction; more are handed to tasks.
BATCH_SIZE = 1000
#: Fields the action and the rate of the tasks are made from.
_OF_TASKS = frozenset(
    {
        "name",
        "model_id",
        "trigger",
        "on_error",
        "debounce_number",
        "rate_limit",
        "rate_number",
        "rate_unit",
    }
)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    later_action_id = fields.Many2one(
        "ir.actions.server",
        string="Background Action",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="What the background tasks of the rule run.",
    )

    # -- keeping what the tasks need --------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.filtered(lambda rule: rule._needs_tasks())._sync_tasks()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if not _OF_TASKS.isdisjoint(vals):
            self.filtered(lambda rule: rule._needs_tasks() or rule.later_action_id)._sync_tasks()
        return result

    def unlink(self):
        # Administrators who may delete rules need not be able to delete these.
        actions = self.sudo().later_action_id
        self.sudo()._rate_group().unlink()
        result = super().unlink()
        actions.unlink()
        return result

    def _needs_tasks(self):
        """Tell whether the rule runs by tasks always, and not only on very many records.

        Triggers that hand their records to tasks extend this: when it happens is no time to
        create an action.
        """
        return self._runs_later()

    def _sync_tasks(self):
        """Bring the action and the rate of the rules' tasks up to date."""
        for rule in self.sudo():
            values = {
                "name": self.env._("Run the rule “%(rule)s”", rule=rule.name),
                "model_id": rule.model_id.id,
                "state": "rule",
                "rule_run_id": rule.id,
                "on_error": RETRY if rule.on_error == RETRY else False,
                "usage": "base_automation",
            }
            if rule.later_action_id:
                rule.later_action_id.write(values)
            else:
                rule.later_action_id = self.env["ir.actions.server"].sudo().create(values)
            rule._sync_rate()

    def _sync_rate(self):
        group = self._rate_group()
        if not self.rate_limit:
            group.unlink()
            return
        seconds = period(self.rate_number, self.rate_unit).total_seconds()
        values = {"rate_count": self.rate_limit, "rate_seconds": int(seconds)}
        if group:
            group.write(values)
        else:
            group.create({"name": self._rate_group_name(), **values})

    def _rate_group(self):
        names = [rule._rate_group_name() for rule in self]
        return self.env["server.action.task.group"].search([("name", "in", names)])

    def _rate_group_name(self):
        return f"{self._name},{self.id}"

    # -- putting records aside --------------------------------------------------------------------

    @api.model
    def _batch_size(self):
        """Return on how many records at most a rule is fired in one transaction."""
        return BATCH_SIZE

    def _fire_in_batches(self, records):
        """Fire the rule on ``records`` now if they are few, else by tasks."""
        if len(records) > self._batch_size():
            self._fire_later(records)
        else:
            self._fire_aside(records)

    def _fire_aside(self, records):
        """Fire the rule; its runs stand on their own in the run log."""
        self.ensure_one()
        with state_of(self.env.cr).aside():
            self.env["base.automation.subscriber"]._fire(make_entry(self.sudo()), records)

    def _fire_later(self, records):
        """Fire the rule by tasks on those of ``records`` it concerns; nothing has been compared.

        :returns: the tasks
        """
        self.ensure_one()
        records = self._in_scope(records)
        return records and self._run_later(records)

    def _run_later(self, records):
        """Have the rule run on ``records`` in the background, with the rights of ``records.env``.

        :returns: the tasks
        """
        rule = self.sudo()
        if not rule.later_action_id:
            rule._sync_tasks()
        options = {"origin": rule, "values_of": self._kept_old_values(records)}
        if rule.rate_limit:
            options["group"] = rule._rate_group_name()
        # The actions of a rule run in superuser mode, as they do at once.
        records, tasks = records.sudo(), self.env["server.action.task"].sudo()
        if not rule.debounce_number:
            return tasks._enqueue(rule.later_action_id, records, **options)
        return tasks._enqueue_when_quiet(
            rule.later_action_id,
            records,
            quiet_seconds=period(rule.debounce_number, rule.debounce_unit).total_seconds(),
            idempotency_key=rule._rate_group_name(),
            **options,
        )

    def _kept_old_values(self, records):
        """Return the values of each record's task; None unless old values are needed."""
        old_values = self.env.context.get("old_values")
        if not old_values or not self.sudo().action_server_ids._compare_old_values():
            return None
        return {
            record.id: {"old": pack(record.sudo(), all_old_of(old_values, record.id))}
            for record in records
        }

    # -- when their time has come -----------------------------------------------------------------

    def _run_due(self, records, values):
        """Run the rule on records whose time has come.

        :param values: what :meth:`_run_later` kept for them
        :returns: the records it ran on
        """
        rule = self.sudo()
        # It may have been changed since it was decided to run it.
        if (
            not rule.active
            or rule.paused
            or rule.model_name != records._name
            or self._is_globally_paused()
        ):
            return records.browse()
        old = None
        if values and values.get("old"):
            old = unpack(records.browse(), {records.id: values["old"]})
        return self.env["base.automation.subscriber"]._run_due(rule, records, old)

    @api.model
    def _timed_environment(self, tz=None):
        """Return the environment in which rules run that no user's action started.

        Without the keys a scheduled action has in its context.
        """
        return self.env(user=SUPERUSER_ID, su=True, context={"tz": tz} if tz else {})
