"""Type ``rule``: run the actions of an automation rule, inside its filter and its limits."""

from odoo import api, fields, models

from odoo.addons.server_action_engine.core.frames import state_of
from odoo.addons.server_action_engine.models.server_action_task_enqueue import PAYLOAD_KEY

from ..core.triggers import trigger_class
from .rule_entry import make_entry


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("rule", "Run a Rule"), ("multi",)],
        ondelete={"rule": lambda actions: actions._on_type_removed("rule")},
    )
    rule_run_id = fields.Many2one(
        "base.automation",
        string="Rule",
        ondelete="set null",
        index="btree_not_null",
        domain="[('model_id', '=', model_id)]",
        help="Its actions run on those records that meet its filter, whatever its trigger is. "
        "Its limits apply, and a paused rule does nothing.",
    )

    @api.model
    def _get_type_cards(self):
        cards = super()._get_type_cards()
        cards["rule"] = {
            "icon": "fa-magic",
            "help": self.env._("Runs the actions of an automation rule, inside its limits."),
        }
        return cards

    def _name_depends(self):
        return [*super()._name_depends(), "rule_run_id"]

    def _generate_action_name(self):
        self.ensure_one()
        if self.state == "rule" and self.rule_run_id:
            return self.env._("Run the rule “%(rule)s”", rule=self.rule_run_id.name)
        return super()._generate_action_name()

    def _warning_depends(self):
        return [*super()._warning_depends(), "rule_run_id"]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state != "rule":
            return warnings
        if not self.rule_run_id:
            warnings.append(self.env._("Choose the rule to run."))
        elif self.model_id and self.rule_run_id.model_id != self.model_id:
            warnings.append(
                self.env._(
                    "The rule “%(rule)s” is about another model than this action.",
                    rule=self.rule_run_id.name,
                )
            )
        return warnings

    def _is_of_tasks(self):
        """Tell whether the background tasks of a rule run this action, and nobody else."""
        return self.state == "rule" and bool(self) and self.rule_run_id.later_action_id == self

    def _is_rule_owned(self, _seen=()):
        # What the tasks of a rule run does not ask its trigger any more.
        return self._is_of_tasks() or super()._is_rule_owned(_seen)

    def _trigger_of(self, state):
        trigger = super()._trigger_of(state)
        if trigger["kind"] == "task" and self.sudo()._is_of_tasks():
            # To its author it is the rule that runs, at once or by a task.
            rule = self.sudo().rule_run_id
            known = trigger_class(rule.trigger)
            trigger.update(
                kind=known.started_by if known else "automation",
                model=rule._name,
                id=rule.id,
                name=rule.name,
            )
        return trigger

    def _run_action_rule_multi(self, eval_context=None):
        """Run the rule once on all records. Always answers False."""
        records = eval_context["records"]
        rule = self.rule_run_id.with_env(records.env)
        if self._is_of_tasks():
            payload = self.env.context.get(PAYLOAD_KEY)
            ran = rule._run_due(records, payload)
            self._note_rule_run(len(records) - len(ran))
        elif self.rule_run_id.active and not self.rule_run_id.paused:
            self.env["base.automation.subscriber"]._fire(make_entry(self.rule_run_id), records)
        else:
            self._note_rule_run(len(records))
        return False

    def _note_rule_run(self, left_out):
        frame = state_of(self.env.cr).current
        if frame is not None and left_out:
            frame.messages.append(
                self.env._(
                    "The rule left out %(count)s records: its filter, its limits or a pause.",
                    count=left_out,
                )
            )


class ServerActionTask(models.Model):
    _inherit = "server.action.task"

    def action_open_runs(self):
        """Runs of the tasks of a rule name the rule, so they are found by its action."""
        action = super().action_open_runs()
        if self.action_id.sudo().exists()._is_of_tasks():
            action["domain"] = [("action_id", "=", self.action_id.id)]
        return action
