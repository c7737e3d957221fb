from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestInstall(TransactionCase):
    def test_stock_sms_action_runs_through_the_engine(self):
        """With this addon alone, the stock SMS action queues a message and leaves a run behind."""
        model = self.env["ir.model"]._get_id("res.partner")
        template = self.env["sms.template"].create(
            {"name": "Hello", "model_id": model, "body": "Hello {{ object.name }}"}
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Text hello",
                "model_id": model,
                "state": "sms",
                "sms_template_id": template.id,
                "sms_method": "sms",
            }
        )
        partners = self.env["res.partner"].create(
            [{"name": "Ada", "phone": "+32456000001"}, {"name": "Bob", "phone": "+32456000002"}]
        )
        action.with_context(
            active_model="res.partner", active_id=partners[0].id, active_ids=partners.ids
        ).run()
        messages = self.env["sms.sms"].search([("partner_id", "in", partners.ids)])
        self.assertEqual(set(messages.mapped("body")), {"Hello Ada", "Hello Bob"})
        run = self.env["server.action.run"].search([("action_id", "=", action.id)])
        self.assertEqual(run.mapped("state"), ["done"])
