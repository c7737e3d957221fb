"""Attachments of e-mail actions: files, fields of the record, reports."""

import base64

from odoo.tests import new_test_user, tagged

from .common import EmailCase

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestEmailAttachments(EmailCase):
    def report(self):
        self.env["ir.ui.view"].create(
            {
                "name": "email_report",
                "type": "qweb",
                "key": "smtp_mail_action.test_email_report",
                "arch": "<t t-name='x'><p t-foreach='docs' t-as='doc'>Sheet of "
                "<t t-out='doc.name'/><t t-out='doc.comment'/></p></t>",
            }
        )
        return self.env["ir.actions.report"].create(
            {
                "name": "Sheet",
                "model": "res.partner",
                "report_type": "qweb-html",
                "report_name": "smtp_mail_action.test_email_report",
                "print_report_name": "'Sheet %s' % object.name",
            }
        )

    def test_files_are_shared(self):
        """One row of the file serves every e-mail, and outlives each of them."""
        file = self.env["ir.attachment"].create({"name": "terms.txt", "raw": b"terms"})
        action = self.new_email(email_attachment_ids=[(4, file.id)])
        count = self.env["ir.attachment"].search_count([])
        mails = self.mails_of(action, self.partners)
        self.assertEqual(mails.attachment_ids, file)
        self.assertEqual(self.env["ir.attachment"].search_count([]), count)
        mails.unlink()
        self.assertTrue(file.exists())

    def test_whoever_starts_it_need_not_read_the_files(self):
        """The author of the action chose them; a plain user only presses the button."""
        user = new_test_user(self.env, "plain", groups="base.group_user,base.group_partner_manager")
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"a", "res_model": "ir.actions.server", "res_id": 0}
        )
        action = self.new_email(email_attachment_ids=[(4, file.id)])
        self.run_on(action.with_user(user), self.partner.with_user(user))
        mail = self.env["mail.mail"].search([("res_id", "=", self.partner.id)], limit=1)
        self.assertEqual(mail.attachment_ids, file)
        self.assertEqual(mail.create_uid, user)

    def test_fields_of_the_record(self):
        """A file field becomes an attachment with a name; an empty one becomes none."""
        self.partners[:2].image_1920 = base64.b64encode(PIXEL)
        action = self.new_email(email_attachment_path="image_1920")
        with_file, other, without = self.mails_of(action, self.partners[:3])
        self.assertEqual(with_file.attachment_ids.name, "Partner 0.png")
        self.assertEqual(with_file.attachment_ids.raw, base64.b64decode(self.partner.image_1920))
        self.assertEqual(other.attachment_ids.name, "Partner 1.png")
        self.assertFalse(without.attachment_ids)

    def test_one_row_for_what_all_records_share(self):
        """The same file behind a path is stored once for all mails of a run."""
        self.env.company.logo = base64.b64encode(PIXEL)
        self.partners.company_id = self.env.company
        action = self.new_email(email_attachment_path="{{object.company_id.logo}}")
        mails = self.mails_of(action, self.partners)
        self.assertEqual(len(mails.attachment_ids), 1)
        mails[0].unlink()
        self.assertTrue(mails[1].attachment_ids.exists())

    def test_attachments_of_the_record(self):
        """A link to attachments attaches the rows themselves."""
        file = self.env["ir.attachment"].create({"name": "a.txt", "raw": b"a"})
        self.partner.message_post(body="See", attachment_ids=file.ids)
        action = self.new_email(email_attachment_path="message_ids.attachment_ids")
        self.assertEqual(self.mails_of(action).attachment_ids, file)

    def test_paths_that_lead_to_no_file(self):
        """The form says so."""
        for path, word in (("name", "leads to no file"), ("nowhere", "nowhere")):
            self.assertIn(word, self.new_email(email_attachment_path=path).warning)

    def test_reports_as_html(self):
        """Works on every server, one report for each record."""
        action = self.new_email(
            email_report_ids=[(4, self.report().id)], email_report_format="html"
        )
        mails = self.mails_of(action, self.partners[:2])
        self.assertEqual(
            mails.attachment_ids.mapped("name"), ["Sheet Partner 0.html", "Sheet Partner 1.html"]
        )
        self.assertIn(b"Sheet of Partner 1", mails[1].attachment_ids.raw)

    def test_a_report_that_is_too_large_leaves_nothing_behind(self):
        """Its size is known when it is printed; the record then has no stray attachment."""
        account = self.env["ir.mail_server"].create(
            {"name": "Small", "smtp_host": "localhost", "max_email_size": 0.02}
        )
        self.partner.comment = "x" * 20_000
        action = self.new_email(
            email_server_id=account.id,
            email_report_ids=[(4, self.report().id)],
            email_report_format="html",
        )
        before = self.env["ir.attachment"].search_count([])
        self.assertFalse(self.mails_of(action))
        self.assertIn("MB are allowed", self.told(action))
        self.assertEqual(self.env["ir.attachment"].search_count([]), before)

    def test_reports_as_pdf_need_a_printer(self):
        """Without wkhtmltopdf it is an error of the configuration, in the form and in the run."""
        action = self.new_email(email_report_ids=[(4, self.report().id)])
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("ok", "workers"):
            self.assertFalse(action.warning)
            self.assertTrue(self.mails_of(action).attachment_ids)
            return
        self.assertIn("wkhtmltopdf is not installed", action.warning)
