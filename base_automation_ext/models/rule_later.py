"""Rules that do not run at once: after some quiet time, or not too many in a period.

Their tasks: ``rule_tasks.py``.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .rule_limits import UNITS
from .trigger_schedule import TRIGGER as SCHEDULE


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    debounce_number = fields.Integer(
        string="Wait for Quiet",
        help="The rule runs on a record when nothing has happened to it for this time; each "
        "further event puts it off. It then looks once more whether the record meets its filter. "
        "0 to run at once.",
    )
    debounce_unit = fields.Selection(
        UNITS, string="Unit of Quiet", default="minutes", required=True
    )
    rate_limit = fields.Integer(
        string="At Most",
        help="The rule runs in the background on at most this many records within the period; "
        "the others wait for their turn. 0 to run at once.",
    )
    rate_number = fields.Integer(string="Within", default=1)
    rate_unit = fields.Selection(
        UNITS, string="Unit of “At Most”", default="minutes", required=True
    )

    @api.constrains(
        "debounce_number", "rate_limit", "rate_number", "trigger", "schedule_without_records"
    )
    def _check_later(self):
        for rule in self:
            if rule.debounce_number < 0 or rule.rate_limit < 0 or rule.rate_number < 0:
                raise ValidationError(
                    self.env._(
                        "The times and numbers of the automation rule “%(rule)s” cannot be "
                        "negative.",
                        rule=rule.name,
                    )
                )
            if rule.rate_limit and not rule.rate_number:
                raise ValidationError(
                    self.env._(
                        "Say within which time the automation rule “%(rule)s” may run on at most "
                        "%(count)s records.",
                        rule=rule.name,
                        count=rule.rate_limit,
                    )
                )
            if rule._runs_later() and rule.trigger == SCHEDULE and rule.schedule_without_records:
                raise ValidationError(
                    self.env._(
                        "The automation rule “%(rule)s” runs without records, so there is nothing "
                        "to wait for quiet, or for its turn. Use its schedule and its limits.",
                        rule=rule.name,
                    )
                )
            if rule._runs_later() and rule.trigger in ("on_unlink", "on_change"):
                raise ValidationError(
                    self.env._(
                        "The automation rule “%(rule)s” cannot run later: there is no saved record "
                        "any more, or not yet.",
                        rule=rule.name,
                    )
                )

    def _runs_later(self):
        """Tell whether what happens to a record only leads to a task."""
        rule = self.sudo()
        return bool(rule.debounce_number or rule.rate_limit)
