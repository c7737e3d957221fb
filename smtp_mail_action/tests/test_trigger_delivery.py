"""Rules about what became of e-mails."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..transports.memory import LOST
from .delivery_case import DeliveryCase

TO = {"on_mail_sent": "ann@x.com", "on_mail_refused": "bob@x.com", "on_mail_in_doubt": "cy@x.com"}


@tagged("post_install", "-at_install")
class TestTriggerDelivery(DeliveryCase):
    def make_rule(self, trigger, **vals):
        model_id = self.env["ir.model"]._get_id("mail.mail.delivery")
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
            self.env["mail.mail.delivery"].browse(task.res_id or task.record_ids).mapped("address")
            for task in tasks
        ]

    def test_each_outcome_starts_its_rule(self):
        rules = {trigger: self.make_rule(trigger) for trigger in TO}
        self.transport.replies = {"bob@x.com": "550 5.1.1 No such user", "cy@x.com": LOST}
        self.deliver(self.write_mail(", ".join(TO.values())))
        for trigger, rule in rules.items():
            self.assertEqual(self.tasks_of(rule), [[TO[trigger]]], trigger)

    def test_the_filter_chooses(self):
        rule = self.make_rule("on_mail_sent", filter_domain="[('address', 'like', 'bob')]")
        self.deliver(self.write_mail(", ".join(TO.values())))
        self.assertEqual(self.tasks_of(rule), [["bob@x.com"]])

    def test_a_rule_about_refusals_is_not_started_by_its_own_emails(self):
        """Else an alarm to an address that refuses it would go on without end."""
        rule = self.make_rule("on_mail_refused")
        self.transport.replies = {"bob@x.com": "550 5.1.1 No such user"}
        self.deliver(self.write_mail("bob@x.com", delivery_is_echo=True))
        self.assertEqual(self.tasks_of(rule), [])

    def test_the_model_has_to_be_deliveries(self):
        model_id = self.env["ir.model"]._get_id("res.partner")
        vals = {"name": "Wrong model", "model_id": model_id, "trigger": "on_mail_sent"}
        with self.assertRaisesRegex(ValidationError, "E-mail Delivery"):
            self.env["base.automation"].create(vals)
