"""Type ``trigger``: send a signal to the workflows of records."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.server_action_engine.core.frames import state_of

#: Refusals shown in the run log; the rest is counted.
_MAX_MESSAGES = 20


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("trigger", "Send a Workflow Signal"), ("multi",)],
        ondelete={"trigger": lambda actions: actions._on_type_removed("trigger")},
    )
    trigger_target = fields.Selection(
        [
            ("record", "The record itself"),
            ("field", "A record it is linked to"),
            ("path", "Records along a path"),
            ("domain", "All records that match a filter"),
        ],
        string="Send To",
        default="record",
        help="Whose workflows hear the signal.",
    )
    wkf_model_id = fields.Many2one(
        "ir.model",
        string="Target Model",
        ondelete="set null",
        help="Model of the records whose workflows hear the signal.",
    )
    trigger_obj_id = fields.Many2one(
        "ir.model.fields",
        string="Link",
        ondelete="set null",
        domain="[('model_id', '=', model_id), "
        "('ttype', 'in', ('many2one', 'one2many', 'many2many', 'integer'))]",
        help="Field of the record that leads to the records of the target model.",
    )
    trigger_path = fields.Char(
        string="Path", help="Fields one after the other, such as order_line.order_id"
    )
    trigger_domain = fields.Char(
        string="Target Filter", help="Which records of the target model hear the signal."
    )
    trigger_name = fields.Selection(
        selection="_selection_trigger_name",
        string="Signal",
        help="One of the signals that workflows of the target model wait for.",
    )
    trigger_signals = fields.Json(compute="_compute_trigger_signals")

    @api.model
    def _selection_trigger_name(self):
        """Return every signal that some transition waits for."""
        rows = (
            self.env["workflow.transition"]
            .sudo()
            ._read_group([("signal", "!=", False)], ["signal"], order="signal")
        )
        return [(signal, signal) for [signal] in rows]

    @api.depends("wkf_model_id", "model_id", "trigger_target", "trigger_obj_id", "trigger_path")
    def _compute_trigger_signals(self):
        for action in self:
            name = action._trigger_model()
            rows = (
                self.env["workflow.transition"]
                .sudo()
                ._read_group(
                    [("signal", "!=", False), ("wkf_id.osv", "=", name)], ["signal"], order="signal"
                )
            )
            action.trigger_signals = [signal for [signal] in rows]

    @api.onchange("trigger_obj_id")
    def _onchange_trigger_obj_id(self):
        if self.trigger_obj_id.relation:
            self.wkf_model_id = self.env["ir.model"]._get(self.trigger_obj_id.relation)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # OpenERP knew only the link, and a link that is set means it.
            if vals.get("trigger_obj_id"):
                vals.setdefault("trigger_target", "field")
        return super().create(vals_list)

    @api.model
    def _get_type_cards(self):
        card = {"icon": "fa-sitemap", "help": self.env._("Sends a signal to a workflow.")}
        return {**super()._get_type_cards(), "trigger": card}

    def _trigger_model(self):
        """Return the name of the target model."""
        if self.trigger_target in (False, "record"):
            return self.model_id.model
        if self.trigger_target == "path" and self.model_id:
            try:
                return self._trigger_path_model()
            except KeyError:
                return False
        return self.wkf_model_id.model

    # -- configuration --------------------------------------------------------------------------

    def _warning_depends(self):
        names = ["wkf_model_id", "trigger_obj_id", "trigger_path", "trigger_domain"]
        return [*super()._warning_depends(), *names, "trigger_name", "trigger_target"]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state != "trigger":
            return warnings
        if not self.trigger_name:
            warnings.append(self.env._("Choose the signal to send."))
        elif self.trigger_name not in (self.trigger_signals or ()):
            warnings.append(
                self.env._(
                    "No workflow of %(model)s waits for the signal “%(signal)s”.",
                    model=self._trigger_model() or self.env._("the target model"),
                    signal=self.trigger_name,
                )
            )
        problem = self._trigger_target_problem()
        return [*warnings, problem] if problem else warnings

    def _trigger_target_problem(self):
        if self.trigger_target == "field" and not self.trigger_obj_id:
            return self.env._("Choose the field that leads to the target records.")
        if self.trigger_target == "path":
            try:
                self._trigger_path_model()
            except KeyError as exc:
                return self.env._("The path does not lead to records: %(name)s.", name=exc)
        if self.trigger_target == "domain":
            if not self.wkf_model_id:
                return self.env._("Choose the target model.")
            problem = self._check_domain(
                self.trigger_domain or "[]", self.env[self.wkf_model_id.model]
            )
            if problem:
                return self.env._("The target filter is wrong: %(problem)s", problem=problem)
        return ""

    def _trigger_path_model(self):
        """Return the model a path leads to.

        :raises KeyError: a part of it is no field that leads to records
        """
        model = self.env[self.model_id.model]
        for name in filter(None, (self.trigger_path or "").split(".")):
            field = model._fields[name]
            if not field.comodel_name:
                raise KeyError(name)
            model = self.env[field.comodel_name]
        return model._name

    # -- running --------------------------------------------------------------------------------

    def _run_action_trigger_multi(self, eval_context=None):
        """Send the signal once to all target records; the first client action is the result."""
        targets = self._trigger_targets(eval_context["records"], eval_context)
        if not targets:
            return False
        report = targets.workflow_signal_report(self.trigger_name)
        self._log_refusals(targets, report)
        return next((one["result"] for one in report.values() if one["result"]), False)

    def _trigger_targets(self, records, eval_context):
        env = eval_context["env"]
        if self.trigger_target == "domain":
            names = dict(eval_context)
            domain = self._evaluate(self.trigger_domain or "[]", names, what="target filter")
            return env[self.wkf_model_id.model].search(Domain(domain))
        if self.trigger_target == "path":
            return records.mapped(self.trigger_path)
        if self.trigger_target == "field":
            found = records.mapped(self.trigger_obj_id.name)
            if isinstance(found, list):
                found = env[self.wkf_model_id.model].browse([id_ for id_ in found if id_]).exists()
            if found._name != self.wkf_model_id.model:
                raise UserError(
                    self.env._(
                        "“%(action)s” sends a signal to %(model)s, but its link leads to "
                        "%(other)s.",
                        action=self.name,
                        model=self.wkf_model_id.model,
                        other=found._name,
                    )
                )
            return found
        return records

    def _log_refusals(self, targets, report):
        frame = state_of(self.env.cr).current
        refused = [id_ for id_, one in report.items() if one["reason"]]
        if frame is None:
            return
        for id_ in refused[:_MAX_MESSAGES]:
            frame.messages.append(f"{targets._name},{id_}: {report[id_]['message']}")
        if len(refused) > _MAX_MESSAGES:
            count = len(refused) - _MAX_MESSAGES
            frame.messages.append(self.env._("… and %(count)s more records", count=count))
