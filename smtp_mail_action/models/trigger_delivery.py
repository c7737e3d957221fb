"""Triggers of automation rules: an e-mail was sent, refused, or is in doubt."""

import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base_automation_ext.models.rule_trigger import pause_rules
from odoo.addons.server_action_engine.core.subscriptions import SIGNAL

from ..core.delivery import BOUNCED, IN_DOUBT, REFUSED, SENT
from ..core.triggers.delivery import OnMailInDoubt, OnMailRefused, OnMailSent

_logger = logging.getLogger(__name__)

MODEL = "mail.mail.delivery"
#: What became of an e-mail → key of the trigger. One that came back was refused further on.
_KEYS = {
    SENT: OnMailSent.key,
    REFUSED: OnMailRefused.key,
    BOUNCED: OnMailRefused.key,
    IN_DOUBT: OnMailInDoubt.key,
}


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[
            ("on_mail_sent", "An e-mail was sent"),
            ("on_mail_refused", "An e-mail was refused"),
            ("on_mail_in_doubt", "An e-mail is in doubt"),
        ],
        ondelete=dict.fromkeys(_KEYS.values(), pause_rules),
    )

    @api.constrains("trigger", "model_id")
    def _check_model_of_delivery(self):
        for rule in self:
            if rule.trigger in _KEYS.values() and rule.model_id.model != MODEL:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” waits for what becomes of e-mails: its model has to "
                        "be “%(model)s”. Choose the e-mails it is about by its filter.",
                        rule=rule.name,
                        model=self.env[MODEL]._description,
                    )
                )

    def _needs_tasks(self):
        return self.trigger in _KEYS.values() or super()._needs_tasks()

    @api.model
    def _message_triggers(self):
        return super()._message_triggers() | frozenset(_KEYS.values())

    def _subscriptions_of_delivery(self, entry):
        return [self._subscription(entry, SIGNAL)]

    _subscriptions_of_on_mail_sent = _subscriptions_of_delivery
    _subscriptions_of_on_mail_refused = _subscriptions_of_delivery
    _subscriptions_of_on_mail_in_doubt = _subscriptions_of_delivery

    def _sentence_trigger_on_mail_sent(self):
        return self.env._("When an e-mail has been sent to somebody")

    def _sentence_trigger_on_mail_refused(self):
        return self.env._("When an e-mail to somebody was refused for good or came back")

    def _sentence_trigger_on_mail_in_doubt(self):
        return self.env._("When an e-mail may or may not have reached somebody")

    @api.model
    def _fire_on_deliveries(self, ids):
        """Have rules run, as tasks, on deliveries that were settled just now.

        As tasks, because they are told of it between two messages, and must neither delay the
        queue nor fail with it.
        """
        subscriber = self.env["base.automation.subscriber"]
        found = subscriber._event_subscriptions_to(MODEL, SIGNAL)
        rules = defaultdict(list)
        for one in found:
            rules[one.payload.trigger.key].append(one.payload.id)
        if not rules:
            return
        deliveries = self.env[MODEL].with_env(self._timed_environment()).browse(ids).exists()
        deliveries = deliveries.filtered(lambda one: not one.is_echo)
        for state, key in _KEYS.items():
            records = deliveries.filtered(lambda one, state=state: one.state == state)
            for rule in self.with_env(records.env).browse(rules[key] if records else ()):
                rule._fire_on_delivery(records)

    def _fire_on_delivery(self, deliveries):
        try:
            # After an error of the database no other rule could be told.
            with self.env.cr.savepoint(flush=False):
                wanted = self._filter_post(deliveries)
        except Exception:
            _logger.warning("The filter of the rule %s failed", self.id, exc_info=True)
            return
        if wanted:
            self._fire_later(wanted)


class MailMailDelivery(models.Model):
    _inherit = "mail.mail.delivery"

    is_echo = fields.Boolean(
        string="Written by a Rule on Messages",
        readonly=True,
        help="What becomes of it starts no rule. Kept here too, because an e-mail may come back "
        "after Odoo has removed it.",
    )

    @api.model
    def _settled(self, ids):
        result = super()._settled(ids)
        if ids:
            self.env["base.automation"]._fire_on_deliveries(ids)
        return result


class MailMail(models.Model):
    _inherit = "mail.mail"

    delivery_is_echo = fields.Boolean(
        string="Written by a Rule on Messages",
        readonly=True,
        copy=False,
        help="Such an e-mail starts no rule about deliveries: a rule that writes about refused "
        "e-mails or SMS and is refused itself would go on without end.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env["base.automation"]._writes_about_messages():
            vals_list = [{**vals, "delivery_is_echo": True} for vals in vals_list]
        return super().create(vals_list)
