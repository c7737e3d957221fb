"""The form of scheduled actions, which is built from the form of server actions."""

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestCronForm(TransactionCase):
    def test_buttons_of_the_action_form_work_on_crons(self):
        """Every button added to the action's form exists on ir.cron, or updating fails."""
        self.env.ref("base.ir_cron_view_form").with_context(load_all_views=True)._check_xml()

    def test_used_by_of_a_cron_is_that_of_its_action(self):
        """The button shows the actions that run the cron's action."""
        cron = self.env["ir.cron"].create(
            {"name": "Nightly", "model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        shown = cron.action_open_flow_users()
        self.assertEqual(shown["res_model"], "ir.actions.server")
        self.assertIn("Nightly", shown["name"])
