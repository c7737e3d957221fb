"""The cost of an e-mail action does not grow with the number of its SQL statements."""

from odoo.tests import tagged

from .common import EmailCase


@tagged("post_install", "-at_install")
class TestEmailQueries(EmailCase):
    def statements(self, action, count):
        """Return how many SQL statements a run on ``count`` new partners takes."""
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Q{n}",
                    "email": f"q{count}.{n}@example.com",
                    "parent_id": self.partner.id,
                }
                for n in range(count)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.run_on(action, partners)
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def assert_constant(self, **values):
        action = self.new_email(**values)
        # Fills what is cached for the process: compiled texts, parameters, groups.
        self.statements(action, 2)
        few, many = self.statements(action, 10), self.statements(action, 100)
        self.assertEqual(few, many)

    def test_paths_expressions_and_followers(self):
        """Everything that can be said about addresses and texts."""
        file = self.env["ir.attachment"].create({"name": "terms.txt", "raw": b"terms"})
        self.assert_constant(
            email_to="email, parent_id.email, object.parent_id.child_ids[:1].email, x@example.com",
            email_cc="followers, user_id",
            email_bcc="archive@example.com",
            email_message="Dear [[ object.parent_id.name ]], [[ object.create_date ]]",
            email_attachment_ids=[(4, file.id)],
        )

    def test_outside_the_chatter(self):
        self.assert_constant(email_in_chatter=False, email_format="html", email_message="<p/>")

    def test_with_a_mail_template(self):
        template = self.env["mail.template"].create(
            {
                "name": "T",
                "model_id": self.partner_model.id,
                "subject": "Hello {{ object.name }}",
                "body_html": "<p><t t-out='object.parent_id.name'/></p>",
            }
        )
        self.assert_constant(email_template_id=template.id)
