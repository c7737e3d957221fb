"""Rules about what became of SMS."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..core.outcome import accepted
from .common import MOBILE, GatewayCase


@tagged("post_install", "-at_install")
class TestTriggerSms(GatewayCase):
    def make_rule(self, trigger, **vals):
        model_id = self.env["ir.model"]._get_id("sms.message")
        action = {"name": "Look", "model_id": model_id, "state": "code", "code": "x = record.id"}
        return self.env["base.automation"].create(
            {
                "name": trigger,
                "model_id": model_id,
                "trigger": trigger,
                "action_server_ids": [(0, 0, action)],
                **vals,
            }
        )

    def tasks_of(self, rule):
        tasks = self.env["server.action.task"].search([("origin_id", "=", rule.id)])
        return [
            self.env["sms.message"].browse(task.res_id or task.record_ids).mapped("uuid")
            for task in tasks
        ]

    def test_each_outcome_starts_its_rule(self):
        """Delivered once, however often it is reported; refused by the gateway or the network."""
        delivered, failed = self.make_rule("on_sms_delivered"), self.make_rule("on_sms_failed")
        self.gateway._memory().outcomes.extend([accepted("1"), accepted("2")])
        self.trouble(self.gateway, "failed", "number")
        first, second, third = (self.queue(MOBILE) for _number in range(3))
        for sms in (first, second, third):
            sms.send()
        self.assertEqual(self.tasks_of(failed), [[third.uuid]])
        self.report(self.gateway, ("1", "delivered"), ("2", "enroute"))
        self.report(self.gateway, ("1", "delivered"), ("2", "expired"))
        self.assertEqual(self.tasks_of(delivered), [[first.uuid]])
        self.assertCountEqual(self.tasks_of(failed), [[third.uuid], [second.uuid]])

    def test_the_filter_chooses(self):
        rule = self.make_rule("on_sms_failed", filter_domain="[('text', 'like', 'urgent')]")
        for text in ("Hello", "urgent"):
            self.trouble(self.gateway, "failed", "number")
            self.queue(MOBILE, body=text).send()
        [[uuid]] = self.tasks_of(rule)
        self.assertEqual(self.env["sms.message"].search([("uuid", "=", uuid)]).text, "urgent")

    def test_a_rule_about_failures_is_not_started_by_its_own_messages(self):
        rule = self.make_rule("on_sms_failed")
        self.trouble(self.gateway, "failed", "number")
        self.queue(MOBILE, is_echo=True).send()
        self.assertEqual(self.tasks_of(rule), [])

    def test_the_model_has_to_be_messages(self):
        model_id = self.env["ir.model"]._get_id("res.partner")
        vals = {"name": "Wrong model", "model_id": model_id, "trigger": "on_sms_failed"}
        with self.assertRaisesRegex(ValidationError, "SMS Delivery"):
            self.env["base.automation"].create(vals)
