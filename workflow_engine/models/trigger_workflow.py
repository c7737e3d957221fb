"""Triggers of automation rules: something happens in the workflow of a record."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base_automation_ext.models.rule_trigger import pause_rules
from odoo.addons.server_action_engine.core.subscriptions import SIGNAL

from ..core import rows
from ..core.triggers.workflow import (
    OnActivityEntered,
    OnActivityLeft,
    OnInstanceFinished,
    OnSignalRefused,
)

_CLASSES = {
    one.key: one for one in (OnActivityEntered, OnActivityLeft, OnInstanceFinished, OnSignalRefused)
}
#: What lines of the log mean; a crossing is two things at once.
_ENTERING = frozenset({rows.START, rows.MOVE, rows.JOIN, rows.JUMP})
_CROSSING = frozenset({rows.MOVE, rows.JOIN, rows.ARRIVE, rows.MERGE})


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[
            ("on_workflow_entered", "Workflow activity entered"),
            ("on_workflow_left", "Workflow activity left"),
            ("on_workflow_finished", "Workflow finished"),
            ("on_workflow_refused", "Workflow signal refused"),
        ],
        ondelete=dict.fromkeys(_CLASSES, pause_rules),
    )
    workflow_id = fields.Many2one(
        "workflow",
        string="Workflow",
        ondelete="restrict",
        domain="[('osv', '=', model_name)]",
        help="The workflow in which it has to happen. Empty: any workflow of the model.",
    )
    workflow_activity = fields.Char(
        string="Activity", help="Name of the activity, the same in all versions. Empty: any."
    )
    workflow_signal = fields.Char(string="Signal", help="The refused signal. Empty: any.")

    @api.constrains("workflow_id", "model_id", "trigger")
    def _check_workflow(self):
        for rule in self:
            workflow = rule.workflow_id
            if rule.trigger in _CLASSES and workflow and workflow.osv != rule.model_id.model:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” is for %(model)s, but the workflow “%(workflow)s” is "
                        "for %(other)s. Choose a workflow of the same model.",
                        rule=rule.name,
                        model=rule.model_id.name,
                        workflow=workflow.name,
                        other=workflow.osv,
                    )
                )

    def _make_trigger_of_workflow(self):
        is_signal = self.trigger == OnSignalRefused.key
        name = self.workflow_signal if is_signal else self.workflow_activity
        if self.trigger == OnInstanceFinished.key:
            name = ""
        return _CLASSES[self.trigger](workflow=self.workflow_id.id or None, name=name or "")

    def _subscriptions_of_workflow(self, entry):
        return [self._subscription(entry, SIGNAL)]

    _make_trigger_on_workflow_entered = _make_trigger_of_workflow
    _make_trigger_on_workflow_left = _make_trigger_of_workflow
    _make_trigger_on_workflow_finished = _make_trigger_of_workflow
    _make_trigger_on_workflow_refused = _make_trigger_of_workflow
    _subscriptions_of_on_workflow_entered = _subscriptions_of_workflow
    _subscriptions_of_on_workflow_left = _subscriptions_of_workflow
    _subscriptions_of_on_workflow_finished = _subscriptions_of_workflow
    _subscriptions_of_on_workflow_refused = _subscriptions_of_workflow


class WorkflowEngine(models.AbstractModel):
    _inherit = "workflow.engine"

    @api.model
    def _tell_rules(self, log, instances):
        """Run the automation rules that wait for what the lines of a log say.

        :param log: :class:`~.core.rows.LogRow` s, :param instances: provisional id → id
        """
        ids = {instances.get(row.instance, row.instance) for row in log}
        found = self.env["workflow.instance"].sudo().browse(ids).exists()
        by_model = {}
        for instance in found:
            by_model.setdefault(instance.res_type, {})[instance.id] = instance
        for model, known in by_model.items():
            entries = self._rules_about(model)
            if entries:
                lines = [(instances.get(row.instance, row.instance), row) for row in log]
                happened = self._happenings([one for one in lines if one[0] in known], known)
                self._fire_rules(model, entries, happened)

    @api.model
    def _rules_about(self, model):
        subscriber = self.env["base.automation.subscriber"]
        found = subscriber._event_subscriptions_to(model, SIGNAL)
        return [one.payload for one in found if one.payload.trigger.key in _CLASSES]

    @api.model
    def _has_rules(self):
        """Tell whether any rule at all waits for workflows; asked often, and costs no statement."""
        everywhere = self.env["base.automation.subscriber"]._event_subscriptions_everywhere(SIGNAL)
        return any(
            getattr(one.payload, "trigger", None) is not None
            and one.payload.trigger.key in _CLASSES
            for one in everywhere
        )

    @api.model
    def _happenings(self, lines, instances):
        """Return ``{(trigger key, workflow, name): {record id}}`` in the order it happened."""
        activities = {
            one.id: one.name
            for instance in instances.values()
            for one in instance.version_id._graph_of(instance.version_id.id).activities
        }
        happened = {}
        for instance_id, row in lines:
            instance = instances[instance_id]
            graph = instance.version_id._graph_of(instance.version_id.id)
            names = []
            if row.event in _CROSSING and row.transition:
                source = graph.arrows[row.transition].source
                names.append((OnActivityLeft.key, activities[source]))
            elif row.event == rows.KILL:
                names.append((OnActivityLeft.key, activities.get(row.activity, "")))
            if row.event in _ENTERING:
                names.append((OnActivityEntered.key, activities.get(row.activity, "")))
            if row.event == rows.FINISH:
                names.append((OnInstanceFinished.key, ""))
            if row.event == rows.REFUSED:
                names.append((OnSignalRefused.key, row.signal))
            for key, name in names:
                # A dict keeps the order, and finds one of many thousands at once.
                happened.setdefault((key, instance.wkf_id.id, name), {})[instance.res_id] = None
        return happened

    @api.model
    def _fire_rules(self, model, entries, happened):
        env = self._environment(self.env.uid)
        for (key, workflow, name), ids in happened.items():
            for entry in entries:
                if entry.trigger.key == key and entry.trigger.wants(workflow, name):
                    records = env[model].browse(list(ids)).exists()
                    if records:
                        env["base.automation.subscriber"]._fire(entry, records)
