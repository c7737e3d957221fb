from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..models.sms_gateway_secrets import HIDDEN
from .common import MOBILE, GatewayCase


@tagged("post_install", "-at_install")
class TestFallback(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spare = cls.new_gateway(name="Spare", sequence=20, company_ids=cls.company.ids)

    def test_a_gateway_with_wrong_credentials_hands_over(self):
        """No attempt is counted, the gateway is down and says why, the next one sends."""
        self.trouble(self.gateway, "gateway", "credentials")
        found = self.queue(MOBILE, MOBILE, MOBILE)
        found.send()
        self.assertEqual(len(self.sent_by(self.spare)), 3)
        self.assertFalse(self.sent_by(self.gateway))
        messages = self.env["sms.message"].search([("uuid", "in", found.mapped("uuid"))])
        self.assertEqual(set(messages.mapped("attempts")), {1})
        self.assertEqual(messages.gateway_id, self.spare)
        gateway = self.gateway
        self.assertEqual([gateway.state, gateway.reason], ["down", "credentials"])
        self.assertIn("write the secret anew", gateway.advice)
        self.assertFalse(gateway._may_try())

    def test_who_rests_is_passed_over(self):
        self.trouble(self.gateway, "retry", "unreachable")
        self.queue(MOBILE).send()
        self.assertEqual(self.gateway.state, "resting")
        self.queue(MOBILE).send()
        self.assertEqual(len(self.sent_by(self.spare)), 2)

    def test_all_rest(self):
        """The message waits for the first that comes back, and nothing is counted against it."""
        self.trouble(self.gateway, "retry", "unreachable")
        self.trouble(self.spare, "gateway", "credit")
        sms = self.queue(MOBILE)
        sms.send()
        message = self.message_of(sms)
        self.assertEqual([message.state, message.attempts, sms.state], ["queued", 0, "outgoing"])
        self.assertEqual(message.reason, "unreachable")
        self.assertEqual(message.due_at, self.gateway.resting_until)
        self.gateway.action_try_again()
        self.run_queue()
        self.assertEqual(self.message_of(sms).state, "accepted")
        self.assertEqual([self.gateway.state, self.gateway.failures], ["working", 0])

    def test_too_fast_is_no_failure(self):
        """A short pause is the transport's; for a long one another gateway takes over."""
        self.trouble(self.gateway, "retry", "throttled", retry_after=3.0)
        first, second = self.queue(MOBILE), self.queue(MOBILE)
        (first + second).send()
        message = self.message_of(first)
        self.assertEqual([message.state, message.attempts], ["queued", 0])
        self.assertEqual(self.message_of(second).gateway_id, self.gateway)
        self.assertEqual(self.gateway.state, "working")
        self.trouble(self.gateway, "retry", "throttled", retry_after=300.0)
        third = self.queue(MOBILE)
        third.send()
        self.assertEqual(self.message_of(third).gateway_id, self.spare)
        self.assertEqual([self.gateway.state, self.gateway.failures], ["resting", 0])

    def test_by_prefix_and_country(self):
        british = self.new_gateway(country_ids=self.env.ref("base.uk").ids)
        prefix = self.new_gateway(prefixes="+3161")
        chosen = self.env["sms.gateway"]._choose(
            [MOBILE, "+447400123456"], self.company, self.env["sms.gateway"]
        )
        self.assertEqual(list(chosen[MOBILE])[:2], [prefix, self.gateway])
        self.assertEqual(chosen["+447400123456"][0], british)

    def test_a_description_that_cannot_be_used(self):
        """The gateway is down and says what is wrong; the next one sends."""
        self.env.flush_all()
        # As an earlier version may have left it: the form would refuse it.
        self.env.cr.execute(
            "UPDATE sms_gateway SET kind = 'vonage', options = 'colour = blue' WHERE id = %s",
            [self.gateway.id],
        )
        self.env.invalidate_all()
        sms = self.queue(MOBILE)
        sms.send()
        self.assertEqual(self.message_of(sms).gateway_id, self.spare)
        self.assertEqual(self.gateway.reason, "description")
        self.assertIn("no option colour", self.gateway.detail)
        self.env.cr.execute(
            "UPDATE sms_gateway SET kind = 'http', http_headers = 'Bearer', resting_until = NULL "
            "WHERE id = %s",
            [self.gateway.id],
        )
        self.env.invalidate_all()
        sms = self.queue(MOBILE)
        sms.send()
        self.assertEqual(self.message_of(sms).gateway_id, self.spare)
        self.assertIn("“Bearer” cannot be read", self.gateway.detail)

    def test_secrets_are_never_shown(self):
        self.gateway.secret = "geheim"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertNotIn("geheim", str(self.gateway.read()))
        self.assertEqual(self.gateway.secret, HIDDEN)
        self.gateway.write({"secret": HIDDEN, "name": "Renamed"})
        self.assertEqual(self.gateway._use_secret("secret"), "geheim")
        self.assertFalse(self.gateway.copy().secret)
        self.gateway.secret = False
        self.assertFalse(self.gateway._use_secret("secret"))

    def test_a_sender_no_network_takes(self):
        with self.assertRaisesRegex(ValidationError, "cannot be a sender"):
            self.gateway.sender = "A name that is too long"
