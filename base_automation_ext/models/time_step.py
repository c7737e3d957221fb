"""Steps of an escalation: what else happens for a record that stays as it is."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.due.units import DAYS
from .trigger_time import UNITS


class BaseAutomationTimeStep(models.Model):
    _name = "base.automation.time.step"
    _description = "Escalation Step of a Timed Rule"
    _order = "sequence, id"
    _rec_name = "delay_text"

    rule_id = fields.Many2one("base.automation", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    number = fields.Integer(
        string="After", default=3, required=True, help="Counted from the date the rule looks at."
    )
    unit = fields.Selection(
        UNITS,
        default=DAYS,
        required=True,
    )
    action_ids = fields.Many2many(
        "ir.actions.server",
        relation="base_automation_time_step_action_rel",
        string="Actions",
        domain="[('base_automation_id', '=', rule_id)]",
        help="Actions of the rule that run at this step and not with the rule’s own delay. Save "
        "the rule first; then its actions can be chosen here.",
    )
    delay_text = fields.Char(string="Step", compute="_compute_delay_text")

    @api.depends("number", "unit")
    @api.depends_context("lang")
    def _compute_delay_text(self):
        for step in self:
            step.delay_text = step.rule_id._spoken_units(step.number, step.unit)

    @api.constrains("number", "unit")
    def _check_plan(self):
        self.rule_id._check_due_plan()

    @api.constrains("action_ids", "rule_id")
    def _check_actions(self):
        for step in self:
            foreign = step.action_ids - step.rule_id.action_server_ids
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(actions)s cannot run at a step of “%(rule)s”: choose actions of that "
                        "rule.",
                        actions=", ".join(foreign.mapped("name")),
                        rule=step.rule_id.name,
                    )
                )
