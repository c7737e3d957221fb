"""The preview of an SMS, the parts shown while the action is written, and the test."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.server_action_engine.models import drafts

from .type_case import SmsTypeCase


@tagged("post_install", "-at_install")
class TestSmsPreview(SmsTypeCase):
    def preview(self, action, record=None, **values):
        wizard = self.env["server.action.sms.preview"].with_context(
            active_model="ir.actions.server", active_id=action.id
        )
        return wizard.create({"res_id": (record or self.partner).id, **values})

    def test_all_of_the_message(self):
        """Everything that would be sent is shown, and nothing is stored."""
        gateway = self.new_gateway()
        self.partner.ref = "nobody"
        action = self.new_sms(
            sms_to="phone, object.ref",
            sms_text="’Dear [[ object.name ]] " + "b" * 100,
            sms_sender="Shop",
            sms_gateway_id=gateway.id,
        )
        before = self.env["sms.sms"].search_count([])
        wizard = self.preview(action)
        for text in (
            "+32470123400",
            "Partner 0",
            "Shop",
            "Ours",
            "116 characters, 2 parts (Unicode, because of ’)",
            "English (US)",
            "1</t>/" if "1</t>/" in wizard.preview else "1/2",
            "“nobody” is no phone number.",
        ):
            self.assertIn(text, wizard.preview)
        self.assertTrue(wizard.can_send)
        self.assertEqual(self.env["sms.sms"].search_count([]), before)

    def test_another_record_is_chosen_in_the_form(self):
        """What is chosen is in the form only, and is what the preview shows."""
        other = self.env["res.partner"].create({"name": "Newest", "phone": "+32470555555"})
        action = self.new_sms(sms_text="Dear [[ object.name ]]")
        wizard = self.env["server.action.sms.preview"].with_context(
            active_model="ir.actions.server", active_id=action.id
        )
        with Form(wizard) as form:
            self.assertEqual(form.res_id, other.id)
            self.assertIn("Dear Newest", form.preview)
            form.res_id = self.partner.id
            self.assertIn("Dear Partner 0", form.preview)
            self.assertNotIn("Newest", form.preview)

    def test_without_a_gateway_odoo_sends(self):
        self.assertIn("own provider", self.preview(self.new_sms()).preview)

    def test_values_are_escaped(self):
        self.partner.name = "<script>alert(1)</script>"
        self.assertNotIn("<script", self.preview(self.new_sms()).preview)

    def test_errors_are_shown(self):
        """What goes wrong stands in the preview instead of the message."""
        wizard = self.preview(self.new_sms(sms_text="[[ 1 / 0 ]]"), test_number="0470999999")
        self.assertIn("ZeroDivisionError", wizard.preview)
        self.assertFalse(wizard.can_send)
        with self.assertRaisesRegex(UserError, "ZeroDivisionError"):
            wizard.action_send_test()

    def test_what_a_template_changes_is_undone(self):
        action = self.new_sms(sms_text="x[[ object.write({'ref': 'seen'}) ]]")
        self.assertIn("xYes", self.preview(action).preview)
        self.assertFalse(self.partner.ref)

    def test_a_test_goes_to_the_chosen_number_only(self):
        """With the text and the gateway of the first recipient, and not among the messages."""
        gateway = self.new_gateway()
        action = self.new_sms(sms_gateway_id=gateway.id, sms_method="comment", sms_sender="Shop")
        last = self.env["sms.sms"].search([], order="id desc", limit=1).id or 0
        self.preview(action, test_number="0470 99 99 99").action_send_test()
        message = self.env["sms.sms"].search([("id", ">", last)])
        self.assertEqual((message.number, message.body), ("+32470999999", "Hello Partner 0"))
        self.assertEqual((message.gateway_id, message.sender), (gateway, "Shop"))
        self.assertFalse(message.partner_id or message.mail_message_id or message.res_id)

    def test_bad_test_numbers(self):
        action = self.new_sms()
        for number, problem in ((False, "Write the number"), ("nobody", "is no phone number")):
            with self.assertRaisesRegex(UserError, problem):
                self.preview(action, test_number=number).action_send_test()


@tagged("post_install", "-at_install")
class TestSmsSample(SmsTypeCase):
    """Parts shown on a sample record before the action is saved."""

    def test_parts_while_the_form_is_edited(self):
        """Nothing is saved yet, and the values of fields are in the count."""
        self.partner.name = "N" * 150
        with Form(self.env["ir.actions.server"]) as form:
            form.model_id = self.partner_model
            form.state = "sms"
            self.assertFalse(form.sms_sample)
            form.sample_res_id = self.partner.id
            form.sms_to = "phone"
            form.sms_text = "Dear [[ object.name ]]"
            self.assertIn("155 characters, 1 part, Odoo's own provider", form.sms_sample)
            form.sms_text = "Dear [[ object.name ]], hi €"
            self.assertIn("✓ +32470123400 (NNN", form.sms_sample)
            self.assertIn("162 characters, 2 parts", form.sms_sample)
            form.sms_to = "object.ref"
            self.assertRegex(form.sms_sample, "^✗ “NNN.*” has no number.$")
            form.sms_to = "phone"
            form.sms_text = "[[ 1 / 0 ]]"
            self.assertIn("ZeroDivisionError", form.sms_sample)
            form.sms_text = "Hello"
            self.assertEqual(form.model_id, self.partner_model)
        self.assertEqual(form.record.sms_text, "Hello")

    def test_a_form_with_a_bad_text_can_be_opened(self):
        """Whatever goes wrong, its author sees it there and can mend it."""
        self.patch(drafts, "_BUDGET_SECONDS", 0.2)
        for text, problem in (
            ("[[ sum(1 for _number in range(10 ** 12)) ]]", "was stopped after 0.2 seconds"),
            ("[[ object.search([], limit=-1) ]]", "LIMIT must not be negative"),
        ):
            action = self.new_sms(sms_text=text)
            with mute_logger("odoo.sql_db"), Form(action) as form:
                self.assertIn(problem, form.sms_sample)
                form.sms_text = "Hello"
                self.assertIn("5 characters", form.sms_sample)
            self.assertEqual(action.sms_text, "Hello")

    def test_translations_of_a_saved_action(self):
        """The reader's language is the one that is counted."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.partner.lang = "de_DE"
        action = self.new_sms(sms_text="Hello")
        action.with_context(lang="de_DE").sms_text = "Guten Tag"
        action.sample_res_id = self.partner.id
        self.assertIn("9 characters", action.sms_sample)
