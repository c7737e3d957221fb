"""E-mail actions in automation rules."""

from odoo.tests import tagged

from odoo.addons.base_automation_ext.tests.common import RuleCase


@tagged("post_install", "-at_install")
class TestEmailRules(RuleCase):
    def rule(self, subject="Hello", **values):
        action = {"state": "email", "email_to": "email", "email_subject": subject, **values}
        return self.make_rule(action, fields=["function"], trigger="on_write")

    def test_old_values_in_the_texts(self):
        """Subject, text, QWeb and the addresses may name what was there before the change."""
        self.rule(
            "[[ old.function ]] is now [[ object.function ]]",
            email_message="Was: [[ old.function ]]",
            email_cc="(old.function or '') + '@example.com'",
        )
        self.rule(
            "With QWeb", email_format="qweb", email_message="<p>Was: <t t-out='old.function'/></p>"
        )
        partners = self.make_partners(2, function="clerk", email="ann@example.com")
        partners[1].function = "chef"
        partners.write({"function": "boss"})
        mails = self.env["mail.mail"].search([("model", "=", "res.partner")], order="id")
        mails = mails.filtered(lambda mail: mail.res_id in partners.ids)
        plain = mails.filtered(lambda mail: mail.subject != "With QWeb")
        self.assertEqual(
            plain.mapped("subject"), ["clerk is now chef", "clerk is now boss", "chef is now boss"]
        )
        self.assertEqual(
            plain.mapped("email_cc"), ["clerk@example.com", "clerk@example.com", "chef@example.com"]
        )
        for mail, old in zip(plain, ("clerk", "clerk", "chef"), strict=True):
            self.assertIn(f"Was: {old}", mail.body_html)
        for mail, old in zip(mails - plain, ("clerk", "clerk", "chef"), strict=True):
            self.assertIn(f"<p>Was: {old}</p>", mail.body_html)

    def test_old_values_are_kept_for_later(self):
        """Rules that wait keep them only for texts that name them."""
        template = self.env["mail.template"].create(
            {"model_id": self.partner_model.id, "body_html": "<t t-out='old.function'/>"}
        )
        for names, values in (
            (False, {}),
            (True, {"subject": "[[ old.function ]]"}),
            (True, {"email_message": "Was: {{ old.function }}"}),
            (True, {"email_to": "old.email or email"}),
            (True, {"email_template_id": template.id, "subject": False}),
        ):
            with self.subTest(values=values):
                action = self.rule(**values).action_server_ids
                self.assertEqual(action._compare_old_values(), names)
