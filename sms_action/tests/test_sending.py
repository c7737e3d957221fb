from unittest.mock import patch

from odoo.tests import tagged

from ..core.outcome import accepted
from .common import MOBILE, GatewayCase


@tagged("post_install", "-at_install")
class TestSending(GatewayCase):
    def test_a_message_leaves_by_the_gateway_of_its_company(self):
        """S1, S2: one queue with messages of two companies; each by its own account."""
        mine, theirs = self.queue(MOBILE), self.queue(MOBILE, company_id=self.other.id)
        self.run_queue()
        self.assertEqual(self.sent_by(self.gateway), [(MOBILE, "Hello")])
        self.assertEqual(self.sent_by(self.elsewhere), [(MOBILE, "Hello")])
        self.assertEqual((mine + theirs).mapped("state"), ["pending", "pending"])
        messages = self.message_of(mine) + self.message_of(theirs)
        self.assertEqual(messages.mapped("state"), ["accepted", "accepted"])
        self.assertEqual(messages.gateway_id, self.gateway + self.elsewhere)
        self.assertEqual(messages.part_ids.mapped("provider_id")[0], f"memory-{mine.uuid}")
        self.assertTrue(all(messages.mapped("accepted_at")))

    def test_without_an_assignment_odoos_provider_sends(self):
        """A gateway for nothing in particular takes no messages away from IAP."""
        (self.gateway + self.elsewhere).unlink()
        self.new_gateway()
        sms = self.queue(MOBILE)
        [(api, group)] = sms._split_by_api()
        self.assertEqual((type(api).__name__, group), ("SmsApi", sms))
        self.assertEqual(self.company._get_sms_api_class().__name__, "SmsApi")

    def test_the_message_names_its_gateway(self):
        """What the action chose comes first, but never the account of another company."""
        chosen = self.new_gateway(sequence=99)
        sms = self.queue(MOBILE, gateway_id=chosen.id)
        strange = self.queue(MOBILE, gateway_id=self.elsewhere.id)
        (sms + strange).send()
        self.assertEqual(self.message_of(sms).gateway_id, chosen)
        self.assertEqual(self.message_of(strange).gateway_id, self.gateway)
        self.assertFalse(self.sent_by(self.elsewhere))

    def test_nobody_may_carry_it(self):
        self.gateway.active = False
        sms = self.queue(MOBILE, gateway_id=self.elsewhere.id)
        sms.send()
        self.assertEqual(self.message_of(sms).reason, "no_gateway")
        self.assertEqual(sms.state, "error")

    def test_bad_messages_are_refused_before_they_leave(self):
        """Each with its reason; the good one between them is sent."""
        cases = {
            "": "missing",
            "nonsense": "no_country",
            "+31612": "invalid",
            "+31201234567": "landline",
            "+319001234567": None,
            MOBILE: None,
        }
        cases.pop("+319001234567")
        self.company.country_id = False
        found = self.queue(*cases)
        empty = self.queue(MOBILE, body="")
        found.gateway_id = empty.gateway_id = self.gateway
        (found + empty).send()
        reasons = {sms.number: self.message_of(sms).reason or None for sms in found}
        self.assertEqual(reasons, cases)
        self.assertEqual(self.message_of(empty).reason, "empty")
        self.assertEqual(self.sent_by(self.gateway), [(MOBILE, "Hello")])
        self.assertEqual(
            found.mapped("failure_type"),
            ["sms_number_missing", *["sms_number_format"] * 3, False],
        )

    def test_landlines_where_they_are_allowed(self):
        self.gateway.fixed_lines = True
        sms = self.queue("+31201234567")
        sms.send()
        self.assertEqual(self.message_of(sms).state, "accepted")

    def test_a_long_text_is_counted_and_made_shorter(self):
        self.gateway.transliterate = True
        sms = self.queue(MOBILE, body="“" + "a" * 158 + "”")
        plain = self.queue(MOBILE, body="“a”")
        (sms + plain).send()
        self.assertEqual(self.message_of(sms).part_count, 1)
        self.assertEqual(
            [text for _to, text in self.sent_by(self.gateway)], ['"' + "a" * 158 + '"', "“a”"]
        )

    def test_a_refusal_is_final_and_says_why(self):
        self.trouble(self.gateway, "failed", "number", code="21211")
        sms = self.queue(MOBILE)
        sms.send()
        message = self.message_of(sms)
        self.assertEqual(
            [message.state, message.reason, message.reply, message.code, message.attempts],
            ["failed", "number", "Because.", "21211", 1],
        )
        self.assertEqual([sms.state, sms.failure_type], ["error", "sms_number_format"])
        self.assertEqual(self.gateway.state, "working")

    def test_tried_again_when_the_gateway_says_so(self):
        """An attempt is counted, the message waits, then it is accepted."""
        self.trouble(self.gateway, "retry", "unknown", retry_after=600.0)
        sms = self.queue(MOBILE)
        sms.send()
        message = self.message_of(sms)
        self.assertEqual([message.state, message.attempts], ["queued", 1])
        self.assertGreaterEqual((message.due_at - message.tried_at).total_seconds(), 600)
        self.assertEqual(sms.state, "outgoing")
        self.assertTrue(sms.gateway_due_at >= message.due_at)
        self.run_queue()
        self.assertFalse(self.sent_by(self.gateway), "it is not due")
        message._set_due_now()
        self.run_queue()
        message = self.message_of(sms)
        self.assertEqual([message.state, message.attempts], ["accepted", 2])

    def test_in_doubt_is_never_sent_again_by_itself(self):
        self.trouble(self.gateway, "in_doubt", "lost")
        sms = self.queue(MOBILE)
        sms.send()
        self.assertEqual(self.message_of(sms).state, "in_doubt")
        self.assertEqual(sms.state, "error")
        sms.resend_failed()
        self.run_queue()
        self.assertEqual(self.message_of(sms).state, "in_doubt")
        self.assertEqual(len(self.sent_by(self.gateway)), 1)

    def test_stocks_retry_sends_what_was_refused(self):
        self.trouble(self.gateway, "failed", "refused")
        sms = self.queue(MOBILE)
        sms.send()
        sms.resend_failed()
        self.assertEqual(self.message_of(sms).state, "accepted")

    def test_given_up_when_it_is_too_old(self):
        self.gateway.validity_minutes = 5
        sms = self.queue(MOBILE)
        self.env["sms.message"]._parcels_of(sms)
        self.env.cr.execute("UPDATE sms_message SET queued_at = queued_at - interval '6 minutes'")
        sms.send()
        message = self.message_of(sms)
        self.assertEqual([message.state, message.reason], ["expired", "expired"])
        self.assertEqual([message.attempts, sms.state], [0, "error"])
        self.assertFalse(self.sent_by(self.gateway))

    def test_cancelled_in_the_queue(self):
        sms, other = self.queue(MOBILE, MOBILE)
        self.env["sms.message"]._parcels_of(sms + other)
        sms.action_set_canceled()
        self.assertEqual(self.message_of(sms).reason, "cancelled")
        uuid = other.uuid
        other.unlink()
        message = self.env["sms.message"].search([("uuid", "=", uuid)])
        self.assertEqual(message.state, "deleted")

    def test_texts_for_others_than_the_queue(self):
        """Wizards of other addons send by the company's provider without an SMS record."""
        self.company.sms_gateway_id = self.gateway
        api = self.company._get_sms_api_class()(self.env)
        [result] = api._send_sms_batch(
            [{"content": "Test", "numbers": [{"number": MOBILE, "uuid": "a" * 32}]}]
        )
        self.assertEqual([result["uuid"], result["state"]], ["a" * 32, "success"])
        message = self.env["sms.message"].search([("uuid", "=", "a" * 32)])
        self.assertEqual(message.gateway_id, self.gateway)

    def test_texts_for_others_are_not_left_in_a_queue_that_has_none_of_them(self):
        """Nobody would try them again: who sends hears that the gateway did not take them."""
        self.company.sms_gateway_id = self.gateway
        self.trouble(self.gateway, "retry", "unknown")
        api = self.company._get_sms_api_class()(self.env)
        [result] = api._send_sms_batch(
            [{"content": "Test", "numbers": [{"number": MOBILE, "uuid": "b" * 32}]}]
        )
        self.assertEqual(result["state"], "gateway_refused")
        message = self.env["sms.message"].search([("uuid", "=", "b" * 32)])
        self.assertEqual([message.state, message.reason], ["failed", "unknown"])

    def test_what_a_run_has_no_time_for_is_left_to_the_next_one(self):
        """However many gateways there are: a run that takes too long would be killed."""
        sms = self.queue(MOBILE)
        with patch("odoo.addons.sms_action.models.courier.RUN_SECONDS", -1.0):
            self.run_queue()
        self.assertEqual([self.message_of(sms).state, sms.state], ["queued", "outgoing"])
        self.assertFalse(self.sent_by(self.gateway))
        self.run_queue()
        self.assertEqual(self.message_of(sms).state, "accepted")

    def test_sent_again_by_the_gateway_it_named(self):
        """Odoo has deleted its row: the message leaves by its gateway, not by Odoo's provider."""
        (self.gateway + self.elsewhere).unlink()
        chosen = self.new_gateway()
        sms = self.queue(MOBILE, gateway_id=chosen.id)
        sms.send()
        message = self.message_of(sms)
        sms.unlink()
        self.report(chosen, (f"memory-{message.uuid}", "undelivered"))
        self.assertEqual(message.state, "undelivered")
        message._resend()
        anew = self.env["sms.sms"].search([("uuid", "=", message.uuid)])
        self.assertEqual(anew._with_gateway().gateway_id, chosen)

    def test_the_number_of_statements_does_not_follow_that_of_messages(self):
        """Ten messages or forty: as many statements."""
        self.queue(MOBILE).send()
        counts = []
        for number in (10, 40):
            sms = self.queue(*[MOBILE] * number)
            self.gateway._memory().outcomes.extend(
                accepted(f"{number}-{one}") for one in range(number)
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            sms.send()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(sms.mapped("state")), {"pending"})
        self.assertEqual(counts[0], counts[1])

    def test_odoos_provider_gets_each_company_apart(self):
        """S1, S2: stock crashes on two companies in one queue, or uses the first one's account."""
        (self.gateway + self.elsewhere).unlink()
        found = self.queue(MOBILE) + self.queue(MOBILE, company_id=self.other.id)
        seen = []

        def send(records, **_options):
            seen.append((records.env.company, records))

        with patch.object(type(found), "_send", send):
            self.run_queue()
        self.assertEqual(len(seen), 2)
        self.assertEqual(dict(seen), {self.company: found[0], self.other: found[1]})
