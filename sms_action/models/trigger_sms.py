"""Triggers of automation rules: an SMS was delivered, or failed."""

import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base_automation_ext.models.rule_trigger import pause_rules
from odoo.addons.server_action_engine.core.subscriptions import SIGNAL

from ..core.delivery import State
from ..core.triggers.sms import OnSmsDelivered, OnSmsFailed

_logger = logging.getLogger(__name__)

MODEL = "sms.message"
_KEYS = (OnSmsDelivered.key, OnSmsFailed.key)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[
            ("on_sms_delivered", "An SMS was delivered"),
            ("on_sms_failed", "An SMS failed"),
        ],
        ondelete=dict.fromkeys(_KEYS, pause_rules),
    )

    @api.constrains("trigger", "model_id")
    def _check_model_of_sms(self):
        for rule in self:
            if rule.trigger in _KEYS and rule.model_id.model != MODEL:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” waits for what becomes of SMS: its model has to be "
                        "“%(model)s”. Choose the SMS it is about by its filter.",
                        rule=rule.name,
                        model=self.env[MODEL]._description,
                    )
                )

    def _needs_tasks(self):
        return self.trigger in _KEYS or super()._needs_tasks()

    @api.model
    def _message_triggers(self):
        return super()._message_triggers() | frozenset(_KEYS)

    def _subscriptions_of_sms(self, entry):
        return [self._subscription(entry, SIGNAL)]

    _subscriptions_of_on_sms_delivered = _subscriptions_of_sms
    _subscriptions_of_on_sms_failed = _subscriptions_of_sms

    def _sentence_trigger_on_sms_delivered(self):
        return self.env._("When an SMS has reached a phone")

    def _sentence_trigger_on_sms_failed(self):
        return self.env._("When an SMS was refused or could not be delivered")

    @api.model
    def _fire_on_sms(self, ids):
        """Have rules run, as tasks, on messages that were settled just now.

        As tasks, because they are told of it between two messages, and must neither delay the
        queue nor fail with it.
        """
        subscriber = self.env["base.automation.subscriber"]
        rules = defaultdict(list)
        for one in subscriber._event_subscriptions_to(MODEL, SIGNAL):
            rules[one.payload.trigger.key].append(one.payload.id)
        if not rules:
            return
        messages = self.env[MODEL].with_env(self._timed_environment()).browse(ids).exists()
        messages = messages.filtered(lambda one: not one.is_echo)
        failed = messages._failed_states()
        for key, states in (
            (OnSmsDelivered.key, [State.DELIVERED.value]),
            (OnSmsFailed.key, failed),
        ):
            records = messages.filtered(lambda one, states=states: one.state in states)
            for rule in self.with_env(records.env).browse(rules[key] if records else ()):
                rule._fire_on_wanted(records)

    def _fire_on_wanted(self, messages):
        try:
            # After an error of the database no other rule could be told.
            with self.env.cr.savepoint(flush=False):
                wanted = self._filter_post(messages)
        except Exception:
            _logger.warning("The filter of the rule %s failed", self.id, exc_info=True)
            return
        if wanted:
            self._fire_later(wanted)


class SmsMessage(models.Model):
    _inherit = "sms.message"

    @api.model
    def _settled(self, ids):
        result = super()._settled(ids)
        if ids:
            self.env["base.automation"]._fire_on_sms(ids)
        return result


class SmsSms(models.Model):
    _inherit = "sms.sms"

    is_echo = fields.Boolean(
        string="Written by a Rule on Messages",
        readonly=True,
        copy=False,
        help="Such an SMS starts no rule about SMS: a rule that writes about SMS or e-mails that "
        "failed and fails itself would go on without end.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env["base.automation"]._writes_about_messages():
            vals_list = [{**vals, "is_echo": True} for vals in vals_list]
        return super().create(vals_list)
