import json
from hashlib import sha512
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..core.delivery import State
from ..core.http.callback import CallbackRequest, read_callback
from ..core.http.description import CallbackRules, ReplyRules
from ..core.http.reply import HttpReply, read_reply
from ..core.outcome import accepted
from .common import MOBILE, GatewayCase


@tagged("post_install", "-at_install")
class TestReports(GatewayCase):
    def sent(self, *provider_ids):
        """Return an SMS a gateway has accepted under these ids."""
        self.gateway._memory().outcomes.append(accepted(*provider_ids))
        sms = self.queue(MOBILE)
        sms.send()
        return sms

    def test_delivered_is_the_last_word(self):
        """Duplicates, late and out-of-order reports change nothing (S4)."""
        sms = self.sent("17")
        for state in ("enroute", "delivered", "delivered", "undelivered", "enroute"):
            self.report(self.gateway, ("17", state))
        message = self.message_of(sms)
        self.assertEqual([message.state, message.part_ids.state], ["delivered", "delivered"])
        self.assertEqual([message.reason, sms.state], [False, "sent"])
        self.assertTrue(message.settled_at)

    def test_a_message_is_delivered_when_every_part_is(self):
        sms = self.sent("1", "2")
        self.report(self.gateway, ("1", "delivered"))
        self.assertEqual(self.message_of(sms).state, "accepted")
        self.report(self.gateway, ("2", "enroute"))
        self.assertEqual(self.message_of(sms).state, "enroute")
        self.report(self.gateway, ("2", "delivered"))
        self.assertEqual(self.message_of(sms).state, "delivered")

    def test_a_part_that_failed_fails_the_message(self):
        sms = self.sent("1", "2")
        self.report(self.gateway, ("1", "delivered"), ("2", "expired"))
        message = self.message_of(sms)
        self.assertEqual([message.state, message.reason], ["expired", "expired"])
        self.assertEqual(sms.state, "error")

    def test_reports_that_overtake_the_answer(self):
        """They are kept, once each, and count as soon as the answer has come."""
        self.gateway.loose_ids = True
        self.report(self.gateway, ("0000001A2B", "delivered"))
        once = self.env["sms.message.report"].search_count([])
        self.report(self.gateway, ("0000001A2B", "delivered"))
        self.assertEqual(self.env["sms.message.report"].search_count([]), once)
        sms = self.sent("6699")
        self.assertEqual(self.message_of(sms).state, "delivered")
        self.assertEqual(sms.state, "sent")
        self.assertFalse(self.env["sms.message.report"].search_count([]))

    def test_reports_about_nobodys_messages_stand_in_no_ones_way(self):
        """An account that others use as well gets theirs too, by the thousand."""
        sms = self.sent("5")
        parked = self.env["sms.message.report"]
        now = self.env.cr.now()
        before = fields.Datetime.subtract(now, hours=1)
        parked._park(
            [
                (self.gateway.id, "nobody's", State.DELIVERED, "", before),
                (self.gateway.id, "5", State.DELIVERED, "", now),
            ]
        )
        with patch("odoo.addons.sms_action.models.sms_message_report._VACUUM_LIMIT", 1):
            parked._resolve()
        self.assertEqual(self.message_of(sms).state, "delivered")
        self.assertEqual(parked.search([]).mapped("provider_id"), ["nobody's"])

    def test_an_id_of_any_length(self):
        """It is kept as far as an index takes it, and found again."""
        long = "".join(sha512(bytes([number])).hexdigest() for number in range(100))
        rules = CallbackRules(provider_id="id", state="state", states={"ok": State.DELIVERED})
        body = json.dumps({"id": long, "state": "ok"}).encode()
        callback = CallbackRequest("http://me", {"content-type": "application/json"}, body)
        reply = HttpReply(200, {}, json.dumps({"id": long}).encode())
        [name] = read_reply(reply, ReplyRules(provider_id="id"), 0.0).provider_ids
        sms = self.sent(name)
        self.report(self.gateway, (read_callback(callback, rules).provider_id, "delivered"))
        self.assertEqual(self.message_of(sms).state, "delivered")
        self.env["sms.message.report"]._park(
            [(self.gateway.id, name[:-1] + "x", State.DELIVERED, "", self.env.cr.now())]
        )

    def test_a_report_parked_at_the_wrong_moment_is_found_by_the_queue(self):
        sms = self.sent("5")
        self.env["sms.message.report"]._park(
            [(self.gateway.id, "5", State.DELIVERED, "", self.env.cr.now())]
        )
        self.run_queue()
        self.assertEqual(self.message_of(sms).state, "delivered")
        self.assertFalse(self.env["sms.message.report"].search_count([]))

    def test_the_reports_of_another_gateway_are_about_others(self):
        sms = self.sent("9")
        self.report(self.elsewhere, ("9", "delivered"))
        self.report(self.elsewhere, ("", "delivered"), reference=sms.uuid)
        self.assertEqual(self.message_of(sms).state, "accepted")

    def test_a_report_by_reference_settles_a_doubt(self):
        self.trouble(self.gateway, "in_doubt", "lost")
        sms = self.queue(MOBILE)
        sms.send()
        self.report(self.gateway, ("", "delivered"), reference=sms.uuid)
        self.assertEqual([self.message_of(sms).state, sms.state], ["delivered", "sent"])

    def test_an_answer_after_its_time_settles_a_doubt(self):
        self.trouble(self.gateway, "in_doubt", "no_answer")
        sms = self.queue(MOBILE)
        sms.send()
        message = self.message_of(sms)
        self.env["sms.message"]._take_late_answers([(message.id, accepted("33"))])
        self.assertEqual([self.message_of(sms).state, sms.state], ["accepted", "pending"])
        self.report(self.gateway, ("33", "delivered"))
        self.assertEqual(self.message_of(sms).state, "delivered")

    def test_notifications_follow_and_never_go_back(self):
        """Odoo's own notification of a message on a record."""
        partner = self.env["res.partner"].create({"name": "Ann", "phone": MOBILE})
        self.gateway._memory().outcomes.append(accepted("71"))
        mail = partner._message_sms("Hello", partner_ids=partner.ids)
        notification = mail.notification_ids
        self.assertEqual(notification.notification_status, "pending")
        message = self.env["sms.message"].search([("res_model", "=", "res.partner")], limit=1)
        self.assertEqual(message.res_id, partner.id)
        self.report(self.gateway, ("71", "undelivered"))
        self.assertEqual(
            [notification.notification_status, notification.failure_type],
            ["exception", "sms_not_delivered"],
        )
        self.report(self.gateway, ("71", "enroute"))
        self.assertEqual(notification.notification_status, "exception")
        self.report(self.gateway, ("71", "delivered"))
        self.assertEqual(notification.notification_status, "sent")
        self.report(self.gateway, ("71", "undelivered"))
        self.assertEqual(notification.notification_status, "sent")

    def test_sent_again_and_the_old_report(self):
        """What is said of the first time says nothing about the second."""
        sms = self.sent("1")
        self.report(self.gateway, ("1", "undelivered"))
        self.env.cr.execute("UPDATE sms_message_part SET accepted_at = accepted_at - interval '1h'")
        sms.to_delete = False
        self.gateway._memory().outcomes.append(accepted("2"))
        sms.resend_failed()
        self.assertEqual(self.message_of(sms).state, "accepted")
        self.report(self.gateway, ("2", "delivered"))
        self.assertEqual(self.message_of(sms).state, "delivered")

    def test_the_number_of_statements_does_not_follow_that_of_reports(self):
        counts = []
        for number in (5, 50):
            names = [f"{number}-{one}" for one in range(number)]
            self.gateway._memory().outcomes.extend(map(accepted, names))
            self.queue(*[MOBILE] * number).send()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.report(self.gateway, *[(name, "delivered") for name in names])
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
