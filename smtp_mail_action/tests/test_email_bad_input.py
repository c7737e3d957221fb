"""Bad input of e-mail actions: each kind has one clear outcome."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.server_action_engine.core.errors import PermanentError

from .common import EmailCase


@tagged("post_install", "-at_install")
class TestEmailBadInput(EmailCase):
    def test_bad_addresses_are_left_out_and_named(self):
        """The others get the e-mail; the run says who does not and why."""
        self.partners[1].email = False
        self.partners[2].email = "nobody"
        action = self.new_email()
        mails = self.mails_of(action, self.partners)
        self.assertEqual(mails.mapped("res_id"), [self.partners[0].id, self.partners[3].id])
        told = self.told(action)
        self.assertIn("No e-mail for Partner 1: Partner 1: there is no address.", told)
        self.assertIn("No e-mail for Partner 2: “nobody” is no e-mail address", told)
        self.assertEqual(self.last_run(action).state, "done")

    def test_one_bad_address_of_several(self):
        """A record with one good address gets its e-mail."""
        action = self.new_email(email_to="email, object.ref")
        self.partner.ref = "nobody@"
        mail = self.mails_of(action)
        self.assertEqual(mail.email_to, '"Partner 0" <p0@example.com>')
        self.assertIn("Left out for Partner 0: “nobody@” is no e-mail address", self.told(action))

    def test_bad_addresses_fail_on_request(self):
        """Then nothing is sent for the record, and the policy decides about the others."""
        self.partners[1].email = "nobody"
        action = self.new_email(email_on_missing="fail")
        self.assertEqual(len(self.mails_of(action, self.partners)), 3)
        run = self.last_run(action)
        self.assertEqual(run.state, "isolated")
        self.assertIn("“nobody” is no e-mail address", self.told(action))
        action.email_on_error = "policy"
        with self.assertRaisesRegex(PermanentError, "has no good address"):
            self.mails_of(action, self.partners)

    def test_many_bad_addresses_are_counted(self):
        """A run does not become a list of thousands."""
        partners = self.env["res.partner"].create([{"name": f"N{n}"} for n in range(30)])
        action = self.new_email()
        self.assertFalse(self.mails_of(action, partners))
        told = self.told(action)
        self.assertEqual(told.count("there is no address"), 20)
        self.assertIn("… and 10 more were left out.", told)

    def test_line_breaks_in_addresses(self):
        """A value with a line break is no address: it may try to write headers."""
        self.partner.ref = "a@example.com\nBcc: victim@example.com"
        action = self.new_email(email_to="object.ref")
        self.assertFalse(self.mails_of(action))
        self.assertIn("a line break", self.told(action))

    def test_line_breaks_in_the_subject(self):
        """The record fails with the header and the place; the others go."""
        self.partners[1].name = "Two\r\nBcc: victim@example.com"
        action = self.new_email()
        self.assertEqual(len(self.mails_of(action, self.partners)), 3)
        self.assertIn("The header Subject holds a line break", self.told(action))

    def test_line_breaks_in_sender_and_answers(self):
        """From fails, Reply-To leaves the bad one out."""
        self.partner.ref = "a@example.com\nBcc: victim@example.com"
        action = self.new_email(email_sender="[[ object.ref ]]")
        self.assertFalse(self.mails_of(action))
        self.assertIn("line break", self.told(action))
        action.write({"email_sender": False, "email_reply_to": "object.ref"})
        mail = self.mails_of(action)
        self.assertNotIn("victim", mail.reply_to)
        self.assertIn("line break", self.told(action))

    def test_line_breaks_in_names(self):
        """A contact's name is made one line; the address is none the worse for it."""
        self.partner.name = "Ann\nLee"
        self.assertEqual(
            self.mails_of(self.new_email(email_subject="Hi")).email_to,
            '"Ann Lee" <p0@example.com>',
        )

    def test_a_template_error_on_one_record(self):
        """The others go; the failing record is named with the reason."""
        action = self.new_email(email_message="[[ 1 / (object.color - 1) ]]")
        mails = self.mails_of(action, self.partners)
        self.assertEqual(len(mails), 3)
        run = self.last_run(action)
        self.assertEqual(run.state, "isolated")
        self.assertIn(
            "cannot be written for Partner 1: ZeroDivisionError: division by zero",
            self.told(action),
        )

    def test_a_mail_template_that_fails_on_one_record(self):
        """Rendered together, then one by one."""
        template = self.env["mail.template"].create(
            {
                "name": "T",
                "model_id": self.partner_model.id,
                "subject": "S",
                "body_html": "<p><t t-out='1 / (object.color - 1)'/></p>",
            }
        )
        action = self.new_email(email_template_id=template.id)
        mails = self.mails_of(action, self.partners)
        self.assertEqual(len(mails), 3)
        self.assertIn("The mail template “T” cannot be written", self.told(action))
        self.assertNotIn("Traceback", self.told(action))

    def test_qweb_that_fails_on_one_record(self):
        """The reason is one line, not the whole template."""
        action = self.new_email(
            email_format="qweb", email_message="<t t-out='1 / (object.color - 1)'/>"
        )
        self.assertEqual(len(self.mails_of(action, self.partners)), 3)
        self.assertIn("cannot be written for Partner 1: division by zero", self.told(action))

    def test_the_policy_decides_on_request(self):
        """Stop and undo everything, as any other type."""
        action = self.new_email(
            email_message="[[ 1 / (object.color - 1) ]]", email_on_error="policy"
        )
        before = self.env["mail.mail"].search_count([])
        with self.assertRaisesRegex(UserError, "Partner 1: ZeroDivisionError"):
            self.mails_of(action, self.partners)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_another_action_for_failing_records(self):
        """The fallback of the policy runs on the failing record alone."""
        fallback = self.new_action("code", code="record.write({'ref': 'failed'})")
        action = self.new_email(
            email_message="[[ 1 / (object.color - 1) ]]",
            on_error="fallback",
            fallback_action_id=fallback.id,
        )
        self.mails_of(action, self.partners)
        self.assertEqual(self.partners.mapped("ref"), [False, "failed", False, False])

    def test_a_sender_no_account_may_use(self):
        """The form and the run say which accounts there are."""
        self.env["ir.mail_server"].search([]).active = False
        self.env.company.alias_domain_id = False
        self.env["ir.mail_server"].create(
            {"name": "Ours", "smtp_host": "localhost", "from_filter": "example.com"}
        )
        action = self.new_email(email_sender="ceo@other.org")
        expected = "No account may send from ceo@other.org: Ours sends from example.com."
        self.assertIn(expected, action.warning)
        action = self.new_email(email_sender="[[ 'ceo@other.org' ]]", email_on_error="policy")
        self.assertFalse(action.warning)
        with self.assertRaisesRegex(UserError, "No account may send from ceo@other.org"):
            self.mails_of(action)
        action.email_sender = "sales@example.com"
        self.assertTrue(self.mails_of(action))

    def test_too_large_attachments(self):
        """The record fails with the sizes and what to do; nothing of it is sent."""
        account = self.env["ir.mail_server"].create(
            {"name": "Small", "smtp_host": "localhost", "max_email_size": 0.5}
        )
        self.partners[1].image_1920 = False
        file = self.env["ir.attachment"].create({"name": "big.bin", "raw": b"x" * 600_000})
        action = self.new_email(email_server_id=account.id, email_attachment_ids=[(4, file.id)])
        self.assertFalse(self.mails_of(action))
        told = self.told(action)
        self.assertIn("would have 0.8 MB with its attachments (big.bin); 0.5 MB are allowed", told)
        account.max_email_size = 5
        self.assertTrue(self.mails_of(action))


@tagged("post_install", "-at_install")
class TestEmailLoops(EmailCase):
    def new_rule(self, model, trigger, action, **values):
        return self.env["base.automation"].create(
            {
                "name": "Loop",
                "model_id": self.env["ir.model"]._get_id(model),
                "trigger": trigger,
                "action_server_ids": [(6, 0, action.ids)],
                **values,
            }
        )

    def test_mails_about_mails_end(self):
        """A rule on new messages whose e-mail is a message itself is stopped by the engine."""
        action = self.new_email(
            model_id=self.env["ir.model"]._get_id("mail.message"),
            email_to="loop@example.com",
            email_subject="Loop",
        )
        self.new_rule(
            "mail.message", "on_create", action, filter_domain="[('subject', '=', 'Loop')]"
        )
        with self.assertRaisesRegex(UserError, "start each other without end"):
            self.partner.message_post(body="Go", subject="Loop")
            self.env.flush_all()

    def test_a_message_that_causes_a_mail_causes_one(self):
        """A rule on sent messages mails once: its e-mail is no posted message."""
        action = self.new_email(email_to="loop@example.com")
        self.new_rule("res.partner", "on_message_sent", action)
        before = self.env["mail.mail"].search_count([("email_to", "=", "loop@example.com")])
        self.partner.message_post(
            body="Go",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partners[1].ids,
        )
        after = self.env["mail.mail"].search_count([("email_to", "=", "loop@example.com")])
        self.assertEqual(after - before, 1)
