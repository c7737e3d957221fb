"""Whom an e-mail action writes to: paths, expressions, addresses, contacts, followers."""

from odoo.tests import tagged

from .common import EmailCase


@tagged("post_install", "-at_install")
class TestEmailAddresses(EmailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.child, cls.other_child = cls.partners[1:3]
        (cls.child + cls.other_child).parent_id = cls.partner

    def to(self, text, records=None, **values):
        mails = self.mails_of(self.new_email(email_to=text, **values), records)
        return ", ".join(mails.filtered("email_to").mapped("email_to"))

    def test_everything_that_names_somebody(self):
        """Each way of saying it leads to the same address."""
        ann = '"Partner 0" <p0@example.com>'
        for text in (
            "parent_id.email",
            "parent_id",
            "object.parent_id.email",
            "{{object.parent_id.email}}",
            "[[ object.parent_id.email ]]",
            "record.parent_id",
            "object.parent_id or object",
        ):
            self.assertEqual(self.to(text, self.child), ann, text)
        for text in (
            "p0@example.com",
            "object.parent_id.email or ''",
            "'p%s@example.com' % 0",
            "p[[ 0 ]]@example.com",
            "['p0@example.com', 'P0@example.com']",
        ):
            self.assertEqual(self.to(text, self.child), "p0@example.com", text)

    def test_several_at_once(self):
        """Addresses, fields and expressions stand in one text; nobody is named twice."""
        text = 'child_ids.email; "Lee, Bo" <bo@example.com>, object.child_ids[:1]; p2@example.com'
        self.assertEqual(
            self.to(text),
            '"Partner 1" <p1@example.com>, "Partner 2" <p2@example.com>, '
            '"Lee, Bo" <bo@example.com>',
        )

    def test_contacts_who_always_get_it(self):
        """Chosen contacts are added to what the record says."""
        self.assertEqual(
            self.to("email", email_partner_ids=[(4, self.child.id)]),
            '"Partner 0" <p0@example.com>, "Partner 1" <p1@example.com>',
        )

    def test_followers(self):
        """The word stands for the followers of each record, archived ones left out."""
        self.partner.message_subscribe(self.partners[1:4].ids)
        self.partners[3].active = False
        self.assertEqual(
            self.to("followers", self.partner + self.child),
            '"Partner 1" <p1@example.com>, "Partner 2" <p2@example.com>',
        )

    def test_followers_of_a_model_without(self):
        """The form says that such a model has none."""
        action = self.new_email(
            model_id=self.env["ir.model"]._get_id("res.country"), email_to="followers"
        )
        self.assertIn("has no followers", action.warning)

    def test_users_and_other_models_with_an_address(self):
        """A link to any model with an address field stands for that address."""
        user = self.env["res.users"].create({"name": "Uma", "login": "uma@example.com"})
        user.partner_id.email = "uma@example.com"
        self.partner.user_id = user
        self.assertEqual(self.to("user_id"), '"Uma" <uma@example.com>')

    def test_copies_and_answers(self):
        """Cc, Bcc and Reply-To are written as To; who is in To gets no copy as well."""
        action = self.new_email(
            email_cc="email, child_ids",
            email_bcc="archive@example.com, p1@example.com",
            email_reply_to="object.child_ids[:1].email",
        )
        mail = self.mails_of(action)
        self.assertEqual(
            mail.email_cc, '"Partner 1" <p1@example.com>, "Partner 2" <p2@example.com>'
        )
        self.assertEqual(mail.email_bcc, "archive@example.com")
        self.assertEqual(mail.reply_to, "p1@example.com")

    def test_blind_copies_are_sent_and_not_shown(self):
        """The blind copy is among those the message is sent to, and in no header."""
        mail = self.mails_of(self.new_email(email_bcc="archive@example.com"))
        (outgoing,) = mail._prepare_outgoing_list()
        server = self.env["ir.mail_server"].with_context(
            send_validated_to=outgoing["email_to_normalized"]
        )
        message = server._build_email__(
            outgoing["email_from"],
            outgoing["email_to"],
            outgoing["subject"],
            outgoing["body"],
            headers=outgoing["headers"],
        )
        to = server._prepare_smtp_to_list(message, None)
        self.assertEqual(to, ["p0@example.com", "archive@example.com"])
        server._alter_message__(message, "clerk@example.com", to)
        self.assertNotIn("archive@example.com", message.as_string())

    def test_sender(self):
        """The sender may be a field of the record."""
        action = self.new_email(email_sender='"Shop" <[[ object.child_ids[:1].email ]]>')
        self.assertEqual(self.mails_of(action).email_from, '"Shop" <p1@example.com>')

    def test_international_domains(self):
        """Domains leave in ASCII, which is what stock Odoo's check compares."""
        self.partner.email = "ok@exämple.com"
        self.assertEqual(self.to("email"), '"Partner 0" <ok@xn--exmple-cua.com>')

    def test_wrong_texts_are_warnings(self):
        """The form says what cannot lead to an address."""
        for text, word in (
            ("partner_nowhere.email", "partner_nowhere"),
            ("color", "leads to no address"),
            ("object.email +", "neither an address"),
            ("[[ object. ]]", "expression"),
        ):
            self.assertIn(word, self.new_email(email_to=text).warning or "", text)
        self.assertFalse(self.new_email(email_to="user.email, object.name.lower()").warning)
        self.assertIn("whom", self.new_email(email_to=False).warning)
        self.assertIn("subject", self.new_email(email_subject=False).warning)
