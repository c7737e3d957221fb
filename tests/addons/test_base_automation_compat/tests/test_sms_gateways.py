"""Odoo's own Twilio and gateways beside each other: who sends what."""

from odoo.tests import tagged

from odoo.addons.sms_action.tests.common import GatewayCase
from odoo.addons.sms_twilio.tests.common import MockSmsTwilio

NUMBERS = ("+12202154155", "+12202154156")


@tagged("post_install", "-at_install")
class TestBesideTwilio(MockSmsTwilio, GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_sms_twilio(cls.company)
        # Set up for the other company only.
        cls.gateway.company_ids = False
        cls.theirs = cls.queue_of(cls.company, NUMBERS[0])
        cls.ours = cls.queue_of(cls.other, NUMBERS[1])

    @classmethod
    def queue_of(cls, company, number, **values):
        return cls.env["sms.sms"].create(
            {"number": number, "body": "Hello", "record_company_id": company.id, **values}
        )

    def run_queue(self):
        """As the scheduler does; the fake of Twilio has the registry in test mode already."""
        self.env.flush_all()
        self.env.ref("sms.ir_cron_sms_scheduler_action").method_direct_trigger()
        self.env.invalidate_all()

    def by_twilio(self):
        return [one["number"] for one in self._sms]

    def test_two_companies_in_one_queue(self):
        """One has Twilio, the other a gateway: each message by its own company's account."""
        with self.mock_sms_twilio_send():
            self.run_queue()
            self.assertEqual(self.by_twilio(), [NUMBERS[0]])
        self.assertEqual(self.sent_by(self.elsewhere), [(NUMBERS[1], "Hello")])
        self.assertEqual((self.theirs + self.ours).mapped("state"), ["pending", "pending"])
        self.assertEqual(self.message_of(self.ours).company_id, self.other)
        self.assertFalse(self.message_of(self.theirs))

    def test_a_message_that_names_a_gateway(self):
        """Of a company that has Twilio: the gateway carries it, and Twilio the others."""
        named = self.queue_of(self.company, NUMBERS[1], gateway_id=self.gateway.id)
        with self.mock_sms_twilio_send():
            (self.theirs + named).send()
            self.assertEqual(self.by_twilio(), [NUMBERS[0]])
        self.assertEqual(self.sent_by(self.gateway), [(NUMBERS[1], "Hello")])

    def test_what_twilio_refuses_holds_up_nobody(self):
        with self.mock_sms_twilio_send(error_type="wrong_number_format"):
            self.run_queue()
        self.assertEqual(self.theirs.state, "error")
        self.assertEqual(self.theirs.failure_type, "sms_number_format")
        self.assertEqual(self.ours.state, "pending")

    def test_a_gateway_of_the_company_takes_over(self):
        """It was set up on purpose; without it the messages are Twilio's again."""
        self.company.sms_gateway_id = self.gateway
        with self.mock_sms_twilio_send():
            self.run_queue()
            self.assertFalse(self.by_twilio())
        self.assertEqual(self.sent_by(self.gateway), [(NUMBERS[0], "Hello")])
        self.gateway.active = False
        again = self.queue_of(self.company, NUMBERS[0])
        with self.mock_sms_twilio_send():
            again.send()
            self.assertEqual(self.by_twilio(), [NUMBERS[0]])

    def test_an_sms_of_another_company_than_the_users(self):
        """Twilio's addon notes the user's company; the one that is named counts."""
        sms = self.queue(NUMBERS[1], company_id=self.other.id)
        with self.mock_sms_twilio_send():
            sms.send()
            self.assertFalse(self.by_twilio())
        self.assertEqual(self.sent_by(self.elsewhere), [(NUMBERS[1], "Hello")])
