"""Messages that come back, through Odoo's own gateway."""

from odoo.tests import tagged

from ..transports.memory import LOST
from .delivery_case import DeliveryCase

ANN, BOB = "ann@example.com", "bob@example.com"
FAILED = """Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: User unknown"""
DELAYED = """Final-Recipient: rfc822; {to}
Action: delayed
Status: 4.4.1"""


@tagged("post_install", "-at_install")
class TestBounce(DeliveryCase):
    def setUp(self):
        super().setUp()
        self.mail = self.write_mail(f"{ANN}, {BOB}")
        self.deliver(self.mail)
        self.number = 0

    def receive(self, *blocks, message_id=None, head=None, body="Sorry."):
        """Have the gateway process a report, or a message without one."""
        self.number += 1
        head = head or (
            "From: MAILER-DAEMON@example.org\nAuto-Submitted: auto-replied\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'
        )
        parts = [f"Content-Type: text/plain\n\n{body}"]
        if blocks:
            about = "Reporting-MTA: dns; mail.example.org\n"
            status = about + ("" if blocks[0].startswith("Original-Envelope-Id") else "\n")
            status += "\n\n".join(blocks)
            parts.append(f"Content-Type: message/delivery-status\n\n{status}\n")
        original = f"Message-ID: {message_id or self.mail.message_id}\nSubject: Hello\n\nHello"
        parts.append(f"Content-Type: message/rfc822\n\n{original}")
        whole = "\n--b\n".join([f"Message-ID: <{self.number}@mail.example.org>\n{head}\n", *parts])
        self.env["mail.thread"].message_process(False, f"{whole}\n--b--\n".encode())
        self.env.invalidate_all()

    def test_the_delivery_shows_it_with_the_reason(self):
        self.receive(FAILED.format(to=BOB))
        self.assertEqual(
            self.deliveries(self.mail), {ANN: ("sent", ""), BOB: ("bounced", "unknown_mailbox")}
        )
        bounced = self.env["mail.mail.delivery"].search([("state", "=", "bounced")])
        self.assertEqual(bounced.reply, f"550 5.1.1 <{BOB}>: User unknown")
        self.assertEqual(bounced.code, 550)

    def test_each_recipient_of_a_report(self):
        """Stock reads the first one only, and takes “delayed” for a failure."""
        self.receive(DELAYED.format(to=ANN), FAILED.format(to=BOB))
        self.assertEqual(
            self.deliveries(self.mail), {ANN: ("sent", ""), BOB: ("bounced", "unknown_mailbox")}
        )

    def test_a_delay_is_no_failure(self):
        partner = self.env["res.partner"].create({"name": "Bob", "email": BOB})
        self.receive(DELAYED.format(to=BOB))
        self.assertEqual(self.deliveries(self.mail), {ANN: ("sent", ""), BOB: ("sent", "")})
        self.assertEqual(partner.message_bounce, 0)

    def test_an_automatic_answer_is_no_bounce(self):
        """Stock counts whatever reaches the bounce address."""
        domain = self.env["mail.alias.domain"].create(
            {"name": "bounces.example.com", "bounce_alias": "back", "catchall_alias": "all"}
        )
        self.receive(
            head=f"From: {BOB}\nTo: {domain.bounce_email}\nAuto-Submitted: auto-replied\n"
            f"In-Reply-To: {self.mail.message_id}\n"
            'Content-Type: multipart/mixed; boundary="b"',
            body="I am away.",
        )
        self.assertEqual(self.deliveries(self.mail), {ANN: ("sent", ""), BOB: ("sent", "")})

    def test_an_unknown_message_is_nobodys(self):
        self.receive(FAILED.format(to=BOB), message_id="<never@heard.of>")
        self.assertEqual(self.deliveries(self.mail), {ANN: ("sent", ""), BOB: ("sent", "")})

    def test_a_second_report_changes_nothing(self):
        self.receive(FAILED.format(to=BOB))
        self.receive(FAILED.format(to=BOB))
        self.receive(FAILED.format(to="stranger@example.com"))
        self.assertEqual(
            self.deliveries(self.mail), {ANN: ("sent", ""), BOB: ("bounced", "unknown_mailbox")}
        )

    def test_forwarded_mail_comes_back_from_elsewhere(self):
        mail = self.write_mail(ANN)
        self.deliver(mail)
        self.receive(FAILED.format(to="ann.new@example.org"), message_id=mail.message_id)
        self.assertEqual(self.deliveries(mail), {ANN: ("bounced", "unknown_mailbox")})

    def test_a_report_that_names_what_it_was_given(self):
        """The message is not in it, and it was forwarded: two recipients, and it is clear whose."""
        given = "Original-Recipient: rfc822;bob@example.com\n"
        self.receive(
            f"Original-Envelope-Id: {self.mail.message_id}",
            given + FAILED.format(to="robert@example.net"),
            message_id="<never@heard.of>",
        )
        self.assertEqual(
            self.deliveries(self.mail), {ANN: ("sent", ""), BOB: ("bounced", "unknown_mailbox")}
        )

    def test_a_server_without_reports(self):
        mail = self.write_mail(ANN)
        self.deliver(mail)
        self.receive(
            message_id=mail.message_id,
            head='From: MAILER-DAEMON@example.org\nContent-Type: multipart/mixed; boundary="b"',
            body="This user has moved to Mars.",
        )
        self.assertEqual(self.deliveries(mail), {ANN: ("bounced", "bounced")})
        found = self.env["mail.mail.delivery"].search([("mail_number", "=", mail.id)])
        self.assertIn("moved to Mars", found.reply)

    def test_it_can_be_sent_again(self):
        self.receive(FAILED.format(to=BOB))
        bounced = self.env["mail.mail.delivery"].search([("state", "=", "bounced")])
        bounced.action_resend()
        self.deliver(self.mail)
        self.assertEqual(self.deliveries(self.mail), {ANN: ("sent", ""), BOB: ("sent", "")})
        self.assertEqual(self.transport.delivered[-1].recipients, (BOB,))

    def test_a_report_faster_than_the_answer(self):
        """It stays bounced whatever the answer was, and is told of once."""
        rule = self.make_rule()
        for answer in ("250 2.0.0 OK", LOST, "450 4.2.1 Later"):
            with self.subTest(answer=answer):
                mail = self.write_mail(f"{ANN}, {BOB}")
                self.transport.replies = {BOB: answer}
                before = len(self.tasks_of(rule))
                self.transport.before_answer = lambda mail=mail: self.receive(
                    FAILED.format(to=BOB), message_id=mail.message_id
                )
                self.deliver(mail)
                self.assertEqual(
                    self.deliveries(mail),
                    {ANN: ("sent", ""), BOB: ("bounced", "unknown_mailbox")},
                )
                self.assertEqual(len(self.tasks_of(rule)), before + 1)
                self.assertEqual(mail.state, "exception")
                self.assertIn(BOB, mail.failure_reason)
        self.transport.before_answer, self.transport.replies = None, {}
        bounced = self.env["mail.mail.delivery"].search([("mail_number", "=", mail.id)])
        bounced.filtered(lambda one: one.address == BOB).action_resend()
        self.deliver(mail)
        self.assertEqual(self.deliveries(mail), {ANN: ("sent", ""), BOB: ("sent", "")})

    def test_rules_about_refusals_hear_of_it(self):
        rule = self.make_rule()
        self.receive(FAILED.format(to=BOB))
        self.assertEqual(len(self.tasks_of(rule)), 1)

    def test_a_rules_own_email_that_comes_back_starts_nothing(self):
        """Also when Odoo has removed the e-mail by then; else they would go on without end."""
        rule = self.make_rule()
        mail = self.write_mail(ANN, delivery_is_echo=True, auto_delete=True)
        number, message_id = mail.id, mail.message_id
        self.deliver(mail)
        self.assertFalse(mail.exists())
        self.receive(FAILED.format(to=ANN), message_id=message_id)
        found = self.env["mail.mail.delivery"].search([("mail_number", "=", number)])
        self.assertEqual(found.state, "bounced")
        self.assertFalse(self.tasks_of(rule))

    def make_rule(self):
        model_id = self.env["ir.model"]._get_id("mail.mail.delivery")
        action = {"name": "Look", "model_id": model_id, "state": "code", "code": "x = record.id"}
        return self.env["base.automation"].create(
            {
                "name": "Refused",
                "model_id": model_id,
                "trigger": "on_mail_refused",
                "action_server_ids": [(0, 0, action)],
            }
        )

    def tasks_of(self, rule):
        return self.env["server.action.task"].search([("origin_id", "=", rule.id)])
