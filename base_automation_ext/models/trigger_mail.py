"""Triggers: a message arrives, a message leaves."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.triggers.mail import MailIn, MailOut
from .rule_trigger import pause_rules


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[
            ("on_mail_in", "A message arrives"),
            ("on_mail_out", "A message leaves"),
        ],
        ondelete={MailIn.key: pause_rules, MailOut.key: pause_rules},
    )

    @api.constrains("trigger", "model_id")
    def _check_mail_trigger(self):
        for rule in self:
            if rule.trigger in (MailIn.key, MailOut.key) and not rule.model_id.is_mail_thread:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” waits for messages, but nobody can write messages on "
                        "records of the model %(model)s.",
                        rule=rule.name,
                        model=rule.model_id.name,
                    )
                )
