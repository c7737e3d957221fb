"""The preview of an e-mail, and the test sent to oneself."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import EmailCase


@tagged("post_install", "-at_install")
class TestEmailPreview(EmailCase):
    def preview(self, action, record=None):
        wizard = self.env["server.action.email.preview"].with_context(
            active_model="ir.actions.server", active_id=action.id
        )
        return wizard.create({"res_id": (record or self.partner).id})

    def test_all_of_the_mail(self):
        """Everything that would be sent is shown, and nothing is stored."""
        file = self.env["ir.attachment"].create({"name": "terms.txt", "raw": b"terms"})
        action = self.new_email(
            email_to="email, object.ref",
            email_cc="boss@example.com",
            email_bcc="archive@example.com",
            email_message="Dear [[ object.name ]]",
            email_attachment_ids=[(4, file.id)],
        )
        self.partner.ref = "nobody@"
        before = self.env["mail.mail"].search_count([])
        wizard = self.preview(action)
        for text in (
            "clerk@example.com",
            "p0@example.com",
            "boss@example.com",
            "archive@example.com",
            "Hello Partner 0",
            "Dear Partner 0",
            "terms.txt",
            "English (US)",
            "“nobody@” is no e-mail address",
        ):
            self.assertIn(text, wizard.preview)
        self.assertTrue(wizard.can_send)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_scripts_are_not_run_by_the_preview(self):
        """HTML from records is shown, not executed."""
        action = self.new_email(
            email_format="html", email_message="<p>Hi</p><script>alert(1)</script>"
        )
        self.assertNotIn("<script", self.preview(action).preview)

    def test_errors_are_shown(self):
        """What goes wrong stands in the preview instead of the mail."""
        wizard = self.preview(self.new_email(email_message="[[ 1 / 0 ]]"))
        self.assertIn("ZeroDivisionError", wizard.preview)
        self.assertFalse(wizard.can_send)
        with self.assertRaisesRegex(UserError, "ZeroDivisionError"):
            wizard.action_send_test()

    def test_errors_of_the_database_are_shown(self):
        action = self.new_email(email_message="[[ object.search([], limit=-1) ]]")
        with mute_logger("odoo.sql_db"):
            wizard = self.preview(action)
            self.assertIn("LIMIT must not be negative", wizard.preview)
        self.assertEqual(wizard.res_id, self.partner.id)

    def test_what_a_template_changes_is_undone(self):
        """A preview leaves the record as it was."""
        action = self.new_email(email_message="[[ object.write({'ref': 'seen'}) ]]")
        self.preview(action).preview  # noqa: B018 - computing it is the test
        self.assertFalse(self.partner.ref)

    def test_a_test_goes_to_the_user_only(self):
        """Marked as a test, without the real recipients, and not among the record's messages."""
        action = self.new_email(email_cc="boss@example.com", email_bcc="archive@example.com")
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        self.preview(action).action_send_test()
        mail = self.env["mail.mail"].search([("id", ">", last)])
        self.assertEqual(mail.subject, "[Test] Hello Partner 0")
        self.assertIn("clerk@example.com", mail.email_to)
        self.assertFalse(mail.email_cc or mail.email_bcc or mail.res_id or mail.recipient_ids)
        self.assertIn("would have gone to", mail.body_html)
        self.assertIn("p0@example.com", mail.body_html)
        self.assertNotIn(mail.mail_message_id, self.partner.message_ids)

    def test_only_administrators(self):
        """Others cannot look at what actions would write."""
        user = new_test_user(self.env, "preview_user", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["server.action.email.preview"].with_user(user).create(
                {"action_id": self.new_email().id}
            )
