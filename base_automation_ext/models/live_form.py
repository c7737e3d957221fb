"""Trigger “On UI change” without code: values set in the form, and a warning.

What a live rule can do is what the web client takes from the server while a form is edited: values
and warnings. A ``domain`` that code returns is dropped by Odoo itself, and nothing of this happens
when records are imported or written by other programs: no form is there.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.server_action_engine.core.errors import ConfigurationError
from odoo.addons.server_action_engine.models.value_targets import RECORD

TRIGGER = "on_change"


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    live_warning_title = fields.Char(
        string="Warning Title",
        translate=True,
        help="Heading of the warning. Empty: “Warning”.",
    )
    live_warning_message = fields.Text(
        string="Warning",
        translate=True,
        help="Shown to whoever edits the form when the record matches. May contain values of it: "
        "[[ object.name ]]. It does not keep anybody from saving.",
    )

    @api.constrains("trigger", "action_server_ids")
    def _check_trigger_state(self):
        live = self.filtered(lambda rule: rule.trigger == TRIGGER)
        for rule in live:
            rule._check_live_actions()
        return super(BaseAutomation, self - live)._check_trigger_state()

    def _check_live_actions(self):
        """Refuse actions that cannot work on a record that is not saved yet."""
        if warned := self.action_server_ids.filtered("warning"):
            raise ValidationError(
                self.env._(
                    "These actions of the rule “%(rule)s” have warnings: %(actions)s",
                    rule=self.name,
                    actions=", ".join(warned.mapped("name")),
                )
            )
        if unable := self.action_server_ids.filtered(lambda action: not action._works_on_forms()):
            raise ValidationError(
                self.env._(
                    "The rule “%(rule)s” works on a form that is being edited. There, an action "
                    "can update fields of the record itself or execute code; “%(action)s” does "
                    "something else.",
                    rule=self.name,
                    action=unable[0].name,
                )
            )

    @api.onchange("trigger", "action_server_ids")
    def _onchange_trigger_or_actions(self):
        if self.trigger == TRIGGER and all(
            action._works_on_forms() for action in self.action_server_ids
        ):
            return None
        return super()._onchange_trigger_or_actions()

    @api.constrains("live_warning_title", "live_warning_message", "trigger")
    def _check_live_warning(self):
        actions = self.env["ir.actions.server"]
        for rule in self.filtered(lambda rule: rule.trigger == TRIGGER):
            for text in (rule.live_warning_title, rule.live_warning_message):
                if problem := actions._template_problem(text):
                    raise ValidationError(
                        self.env._(
                            "The warning of the rule “%(rule)s” cannot be used: %(problem)s",
                            rule=rule.name,
                            problem=problem,
                        )
                    )

    def _live_warning(self, record):
        """Return the warning about the record being edited, None for none."""
        rule = self.sudo()
        if not rule.live_warning_message:
            return None
        printer = rule.env["ir.actions.server"].new({"name": rule.name})
        names = {
            **self._get_eval_context(),
            "record": record,
            "records": record,
            "object": record,
            "obj": record,
            "env": record.env,
        }
        try:
            return {
                "title": printer._merge_template(rule.live_warning_title, names),
                "message": printer._merge_template(rule.live_warning_message, names),
            }
        except ConfigurationError as exc:
            raise UserError(str(exc)) from exc


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _works_on_forms(self):
        """Tell whether the action can work on the record of a form that is being edited."""
        self.ensure_one()
        if self.state == "code":
            return True
        if self.state != "object_write":
            return False
        if self.value_line_ids:
            return self.write_target == RECORD
        # Stock Odoo's single value: a path leads to other records.
        return "." not in (self.update_path or "")

    def _names_set_on_forms(self):
        """Return the fields of the edited record the action sets without answering them."""
        if self.state != "object_write":
            return []
        return self.value_line_ids.field_id.mapped("name") or [self.update_path]
