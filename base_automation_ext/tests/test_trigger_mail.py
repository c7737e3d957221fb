"""Messages that arrive and messages that leave are told apart, also inside other rules."""

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .common import RuleCase

_MAIL = """From: {sender}
To: catchall@example.com
Subject: Re: hello
Message-ID: <{number}@example.com>
Date: Tue, 01 Jan 2030 10:00:00 +0000

I answer.
"""


@tagged("post_install", "-at_install")
class TestMailTriggers(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "C", "email": "c@example.com"})
        cls.employee = new_test_user(cls.env, "seller", email="seller@example.com")
        cls.portal = new_test_user(cls.env, "visitor", groups="base.group_portal")
        cls.colleague = new_test_user(cls.env, "colleague", email="colleague@example.com")

    def setUp(self):
        super().setUp()
        self.record = self.make_partners(1)
        for trigger in ("on_mail_in", "on_mail_out", "on_message_received", "on_message_sent"):
            self.make_rule(self.mark(trigger), trigger=trigger, name=trigger)

    def mark(self, text):
        return self.code(f"record.write({{'ref': (record.ref or '') + '{text} '}})")

    def heard(self):
        """Return the triggers that were set off, and forget them."""
        found = set((self.record.ref or "").split())
        self.record.with_context(automation_skip=True).ref = False
        return found

    def post(self, author, **vals):
        values = {"body": "Hello", "subtype_xmlid": "mail.mt_comment", **vals}
        self.record.sudo().message_post(author_id=author.id, message_type="comment", **values)

    def test_directions(self):
        """Who writes to whom decides; the stock triggers keep their own idea."""
        employee, customer = self.employee.partner_id, self.customer
        colleague = self.colleague.partner_id
        note = {"subtype_xmlid": "mail.mt_note"}
        cases = [
            ("customer writes", customer, {}, {"on_mail_in", "on_message_received"}),
            ("visitor writes", self.portal.partner_id, {}, {"on_mail_in", "on_message_received"}),
            (
                "to a customer",
                employee,
                {"partner_ids": customer.ids},
                {"on_mail_out", "on_message_sent"},
            ),
            ("to a colleague", employee, {"partner_ids": colleague.ids}, {"on_message_sent"}),
            ("to nobody", employee, {}, {"on_message_sent"}),
            ("log note", employee, {**note, "partner_ids": customer.ids}, set()),
            ("note of a customer", customer, note, set()),
        ]
        for name, author, vals, expected in cases:
            with self.subTest(name):
                self.post(author, **vals)
                self.assertEqual(self.heard(), expected)

    def test_follower_outside(self):
        """A message leaves when a follower outside is notified."""
        self.record.message_subscribe(self.customer.ids)
        self.post(self.employee.partner_id)
        self.assertIn("on_mail_out", self.heard())

    def test_mail_gateway(self):
        """Whatever comes by e-mail arrives, from a customer or from an employee on the way."""
        for number, sender in enumerate(("c@example.com", "new@example.com", "seller@example.com")):
            with self.subTest(sender):
                self.env["mail.thread"].message_process(
                    "res.partner",
                    _MAIL.format(sender=sender, number=number),
                    thread_id=self.record.id,
                )
                self.assertIn("on_mail_in", self.heard())

    def test_inside_other_rules(self):
        """Messages that rules post are heard; the stock triggers stay silent."""
        source = (
            "record.message_post(body='x', message_type='comment', subtype_xmlid='mail.mt_comment',"
            " author_id={author}, partner_ids={recipients})"
        )
        employee, customer = self.employee.partner_id, self.customer
        for author, recipients, expected in (
            (employee, customer.ids, {"on_mail_out"}),
            (customer, [], {"on_mail_in"}),
            (employee, [], set()),
        ):
            with self.subTest(expected=expected):
                rule = self.make_rule(
                    self.code(source.format(author=author.id, recipients=recipients)),
                    fields=["function"],
                    trigger="on_update",
                )
                self.record.function = f"x{rule.id}"
                self.assertEqual(self.heard(), expected)
                rule.active = False

    def test_action_that_sends_a_message(self):
        """An e-mail an action of a rule sends to a customer leaves."""
        template = self.env["mail.template"].create(
            {
                "name": "T",
                "model_id": self.partner_model.id,
                "body_html": "<p>x</p>",
                "subject": "x",
                "partner_to": str(self.customer.id),
            }
        )
        self.make_rule(
            {"state": "mail_post", "template_id": template.id, "mail_post_method": "comment"},
            fields=["function"],
            trigger="on_update",
        )
        self.record.with_user(self.env.ref("base.user_admin")).function = "x"
        self.assertEqual(self.heard(), {"on_mail_out"})

    def test_answering_rule_does_not_answer_itself(self):
        """A rule that writes a message of its own kind fires once."""
        self.make_rule(
            self.code(
                "record.message_post(body='again', message_type='comment', "
                f"subtype_xmlid='mail.mt_comment', partner_ids={self.customer.ids})"
            ),
            trigger="on_mail_out",
        )
        before = len(self.record.message_ids)
        self.post(self.employee.partner_id, partner_ids=self.customer.ids)
        self.assertEqual(len(self.record.message_ids) - before, 2)

    def test_filter_applies(self):
        """The record's own filter is asked after the message."""
        rules = self.env["base.automation"].search([("trigger", "=", "on_mail_in")])
        rules.filter_domain = "[('city', '=', 'Mons')]"
        self.post(self.customer)
        self.assertNotIn("on_mail_in", self.heard())
        self.record.city = "Mons"
        self.post(self.customer)
        self.assertIn("on_mail_in", self.heard())

    def test_models_without_messages_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "nobody can write messages"):
            self.make_rule(self.code("x = 1"), model="res.partner.category", trigger="on_mail_in")
