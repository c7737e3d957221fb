from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestInstall(TransactionCase):
    def test_stock_email_action_runs_through_the_engine(self):
        """With this addon alone, the stock e-mail action leaves a mail and a run behind."""
        template = self.env["mail.template"].create(
            {
                "name": "Hello",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Hello {{ object.name }}",
                "email_to": "reader@example.com",
            }
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Say hello",
                "model_id": template.model_id.id,
                "state": "mail_post",
                "mail_post_method": "email",
                "template_id": template.id,
            }
        )
        partner = self.env["res.partner"].create({"name": "Ada"})
        action.with_context(
            active_model="res.partner", active_id=partner.id, active_ids=partner.ids
        ).run()
        mail = self.env["mail.mail"].search(
            [("res_id", "=", partner.id), ("model", "=", "res.partner")]
        )
        self.assertEqual(mail.subject, "Hello Ada")
        run = self.env["server.action.run"].search([("action_id", "=", action.id)])
        self.assertEqual(run.mapped("state"), ["done"])
