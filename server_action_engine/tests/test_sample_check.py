from odoo.tests import Form, tagged

from ..models import sample_check
from .common import EngineCase


@tagged("post_install", "-at_install")
class TestSampleCheck(EngineCase):
    def check(self, action, record=None):
        action.sample_res_id = (record or self.partner).id
        return action.sample_check

    def test_conditions_are_tried_on_the_record(self):
        """The form says what filter and condition give."""
        action = self.new_action(
            "code",
            code="x = 1",
            condition="record.color + 1",
            condition_domain="[('color', '>', 0)]",
        )
        self.assertEqual(
            self.check(action, self.partners[2]), "✓ Applies to: matches\n✓ Condition: 3"
        )
        self.assertIn("✓ Applies to: does not match", self.check(action, self.partners[0]))

    def test_errors_are_shown_and_stop_nothing(self):
        """A failing expression is shown with its cause; the next one is tried all the same."""
        action = self.new_action(
            "dummy", dummy_message="Hi [[ object.name ]]", condition="record.nope"
        )
        failed, fine = self.check(action).splitlines()
        self.assertRegex(failed, "^✗ Condition: .*nope.*AttributeError")
        self.assertEqual(fine, "✓ Message: Hi Partner 0")

    def test_nothing_is_changed(self):
        """Expressions that write leave no trace."""
        action = self.new_action("code", code="x = 1", condition="record.write({'ref': 'changed'})")
        self.assertIn("✓ Condition: True", self.check(action))
        self.assertFalse(self.partner.ref)

    def test_a_text_without_end_is_stopped(self):
        """A half typed expression does not hold the form; the next one is tried all the same."""
        self.patch(sample_check, "_BUDGET_SECONDS", 0.2)
        action = self.new_action(
            "dummy",
            dummy_message="Hi [[ object.name ]]",
            condition="len([n for n in range(10 ** 12) if n < 0])",
        )
        stopped, fine = self.check(action).splitlines()
        self.assertRegex(stopped, "^✗ Condition: .*stopped after 0.2 seconds")
        self.assertEqual(fine, "✓ Message: Hi Partner 0")

    def test_the_form_follows_the_author(self):
        """While the form is edited the answer changes, before anything is saved."""
        action = self.new_action("code", code="x = 1")
        with Form(action, view="base.view_server_action_form") as form:
            self.assertTrue(form.sample_res_id)
            form.condition = "1 +"
            self.assertIn("✗ Condition", form.sample_check)
            form.condition = "2 + 3"
            self.assertEqual(form.sample_check, "✓ Condition: 5")

    def test_the_form_keeps_what_was_chosen(self):
        """Trying out expressions does not make a new form forget its values."""
        with Form(self.env["ir.actions.server"]) as form:
            form.name = "New"
            form.model_id = self.env["ir.model"]._get("res.partner")
            self.assertEqual(form.model_id.model, "res.partner")
            form.state = "dummy"
            form.dummy_message = "Hi [[ object.id + 0 ]]"
            self.assertEqual(form.model_id.model, "res.partner")
            self.assertEqual(form.dummy_message, "Hi [[ object.id + 0 ]]")
            self.assertIn("✓ Message: Hi", form.sample_check)
