"""What became of e-mails, recipient by recipient."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..transports.memory import LOST
from .delivery_case import DeliveryCase

ANN, BOB, CY = "ann@example.com", "bob@example.com", "cy@example.com"


@tagged("post_install", "-at_install")
class TestDelivery(DeliveryCase):
    def test_each_recipient_has_an_outcome(self):
        self.transport.replies = {BOB: "550 5.1.1 No such user", CY: "450 4.7.1 Greylisted"}
        mail = self.write_mail(f"{ANN}, {BOB}", email_cc=CY)
        self.deliver(mail)
        self.assertEqual(
            self.deliveries(mail),
            {
                ANN: ("sent", ""),
                BOB: ("refused", "unknown_mailbox"),
                CY: ("deferred", "greylisted"),
            },
        )
        self.assertEqual(mail.state, "outgoing")
        self.assertTrue(mail.delivery_due_at)
        self.assertEqual(self.transport.delivered[0].message_id, mail.message_id)
        [deferred] = mail.delivery_ids.filtered(lambda one: one.state == "deferred")
        self.assertEqual(mail.delivery_due_at, deferred.due_at)

    def test_a_removed_email_leaves_its_deliveries(self):
        mail = self.write_mail(ANN, auto_delete=True)
        number = mail.id
        self.deliver(mail)
        self.assertFalse(mail.exists())
        [left] = self.env["mail.mail.delivery"].search([("mail_number", "=", number)])
        self.assertEqual((left.state, left.subject), ("sent", f"To {ANN}"))

    def test_an_email_that_cannot_be_built_holds_up_nobody(self):
        bad = self.write_mail(ANN, headers="{'X-Note': 'one\\nBcc: all@example.com'}")
        good = self.write_mail(BOB)
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            self.deliver(bad + good)
        self.assertEqual((bad.state, good.state), ("exception", "sent"))
        self.assertEqual([one.recipients for one in self.transport.delivered], [(BOB,)])

    def test_without_a_recipient_odoo_says_why(self):
        mail = self.write_mail(False)
        self.deliver(mail)
        self.assertEqual((mail.state, mail.failure_type), ("exception", "mail_email_missing"))
        self.assertFalse(self.transport.delivered)

    def test_a_contact_without_an_address_is_refused_alone(self):
        partners = self.env["res.partner"].create([{"name": "None"}, {"name": "Bob", "email": BOB}])
        mail = self.write_mail(False, recipient_ids=partners.ids)
        self.deliver(mail)
        self.assertEqual(self.deliveries(mail)[BOB], ("sent", ""))
        self.assertEqual((mail.state, mail.failure_type), ("exception", "mail_email_missing"))

    def test_domains_beyond_ascii_are_sent_to(self):
        """Stock sends nothing at all (M4), and writes an illegal header."""
        mail = self.write_mail('"Jürgen" <jo@exämple.com>, x@faß.de')
        self.deliver(mail)
        [envelope] = self.transport.delivered
        self.assertEqual(envelope.recipients, ("jo@xn--exmple-cua.com", "x@xn--fa-hia.de"))
        self.assertIn(b"<jo@xn--exmple-cua.com>", envelope.content)
        self.assertEqual(mail.state, "sent")

    def test_the_same_address_twice_gets_one(self):
        mail = self.write_mail(f"{ANN}, Ann <{ANN}>")
        self.deliver(mail)
        self.assertEqual([one.recipients for one in self.transport.delivered], [(ANN,)])

    def test_in_doubt_is_asked_about_before_it_is_sent_again(self):
        self.transport.replies = {ANN: LOST}
        mail = self.write_mail(ANN)
        self.deliver(mail)
        delivery = mail.delivery_ids
        self.assertEqual((delivery.state, mail.state), ("in_doubt", "exception"))
        self.assertIn("it may have arrived", mail.failure_reason)
        action = delivery.action_resend()
        self.assertEqual(action["res_model"], "mail.mail.delivery.resend")
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertEqual((wizard.count, wizard.doubt_count), (1, 1))
        wizard.action_resend()
        self.assertEqual((delivery.state, mail.state), ("queued", "outgoing"))
        self.transport.replies = {}
        self.deliver(mail)
        first, second = self.transport.delivered
        self.assertEqual(*(_message_id(one) for one in (first, second)))
        self.assertEqual(mail.state, "sent")

    def test_in_doubt_can_be_settled_by_hand(self):
        self.transport.replies = {ANN: LOST}
        mail = self.write_mail(ANN)
        self.deliver(mail)
        mail.delivery_ids.action_mark_sent()
        self.assertEqual((mail.delivery_ids.state, mail.state), ("sent", "sent"))
        with self.assertRaisesRegex(UserError, "in doubt"):
            mail.delivery_ids.action_mark_sent()

    def test_odoos_retry_leaves_doubt_alone(self):
        self.transport.replies = {ANN: LOST, BOB: "550 5.1.1 No such user"}
        mail = self.write_mail(f"{ANN}, {BOB}")
        self.deliver(mail)
        self.transport.replies = {}
        mail.action_retry()
        self.deliver(mail)
        self.assertEqual(
            self.deliveries(mail), {ANN: ("in_doubt", "dropped_after_data"), BOB: ("sent", "")}
        )
        self.assertEqual(mail.state, "exception")

    def test_what_is_gone_cannot_be_sent_again(self):
        self.transport.replies = {ANN: LOST}
        mail = self.write_mail(ANN)
        self.deliver(mail)
        delivery = mail.delivery_ids
        mail.unlink()
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "removed its content"):
            delivery._resend()

    def test_old_deliveries_are_removed(self):
        mails = self.write_mail(ANN) + self.write_mail(BOB)
        self.deliver(mails)
        old, young = mails.mapped("delivery_ids")
        old.settled_at = fields.Datetime.subtract(fields.Datetime.now(), days=91)
        old.flush_recordset()
        self.env["mail.mail.delivery"]._gc_settled_deliveries()
        self.assertEqual((old.exists(), young.exists()), (old.browse(), young))

    def test_statements_do_not_grow_with_recipients(self):
        def statements(count):
            mail = self.write_mail(", ".join(f"r{number}@example.com" for number in range(count)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.deliver(mail)
            spent = self.env.cr.sql_log_count - before
            self.assertEqual(len(mail.delivery_ids), count)
            return spent

        # The first ones fill caches.
        counts = [statements(count) for count in (2, 60, 2, 60)]
        self.assertEqual(counts[2], counts[3], counts)

    def test_an_email_costs_few_statements_more(self):
        """Each e-mail of a load costs its attempt and its contacts, whatever the others cost."""

        def statements(count):
            mails = self.env["mail.mail"].browse()
            for number in range(count):
                mails += self.write_mail(f"r{number}@example.com")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.deliver(mails)
            return self.env.cr.sql_log_count - before

        statements(1)
        few, many = statements(10), statements(40)
        self.assertLessEqual((many - few) / 30, 4)


def _message_id(envelope):
    [line] = [one for one in envelope.content.splitlines() if one.lower().startswith(b"message-id")]
    return line
