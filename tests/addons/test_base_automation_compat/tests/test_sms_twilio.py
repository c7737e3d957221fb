"""``sms_twilio`` replaces how SMS leave; rules queue them as ever."""

from odoo.tests import tagged

from odoo.addons.base_automation_ext.tests.common import RuleCase
from odoo.addons.sms_twilio.tests.common import MockSmsTwilio


@tagged("post_install", "-at_install")
class TestSmsTwilio(MockSmsTwilio, RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_sms_twilio(cls.env.company)
        cls.template = cls.env["sms.template"].create(
            {
                "name": "Greeting",
                "model_id": cls.partner_model.id,
                "body": "Hello {{ object.name }}",
            }
        )

    def sms_rule(self):
        return self.make_rule(
            {"state": "sms", "sms_template_id": self.template.id, "sms_method": "sms"},
            fields=["comment"],
        )

    def test_rule_sends_through_twilio(self):
        """One batch of a rule becomes one SMS per partner, each handed to Twilio's override."""
        partners = self.make_partners(2, phone=self.twilio_valid_phone_number)
        self.sms_rule()
        with self.mock_sms_twilio_gateway():
            partners.write({"comment": "go"})
            queued = self._new_sms
            self.assertEqual(queued.mapped("body"), ["Hello Partner 0", "Hello Partner 1"])
            self.assertFalse(self._sms, "nothing leaves inside the transaction of the change")
            queued._send()
        self.assertEqual([sms["body"] for sms in self._sms], ["Hello Partner 0", "Hello Partner 1"])

    def test_number_twilio_refuses(self):
        """An error of the gateway stays with its SMS and does not come back to the rule."""
        partner = self.make_partners(1, phone=self.twilio_valid_phone_number)
        rule = self.sms_rule()
        with self.mock_sms_twilio_gateway(error_type="wrong_number_format"):
            partner.write({"comment": "go"})
            sms = self._new_sms
            sms._send(unlink_failed=False, unlink_sent=False)
        self.assertEqual((sms.state, sms.failure_type), ("error", "sms_number_format"))
        self.assertEqual((rule.run_count, rule.run_trouble_count), (1, 0))
