"""Bad input of SMS actions: each kind has one clear outcome."""

from odoo.tests import tagged

from odoo.addons.server_action_engine.core.errors import PermanentError

from .type_case import SmsTypeCase


@tagged("post_install", "-at_install")
class TestSmsBadNumbers(SmsTypeCase):
    def test_bad_numbers_are_left_out_and_named(self):
        """The others get the SMS; the run says who does not and why."""
        partners = self.partners | self.env["res.partner"].create(
            [
                {"name": "Landline", "phone": "02 512 34 56"},
                {"name": "Premium", "phone": "0900 12 345"},
                {"name": "Short", "phone": "0470 12"},
            ]
        )
        self.partners[1].phone = False
        self.partners[2].phone = "call me"
        action = self.new_sms()
        messages = self.messages_of(action, partners)
        self.assertEqual(messages.partner_id, self.partners[0] + self.partners[3])
        for line in (
            "No SMS for Partner 1: “Partner 1” has no number.",
            "No SMS for Partner 2: “call me” is no phone number.",
            "No SMS for Landline: “+3225123456” is a landline.",
            "No SMS for Premium: “0900 12 345” is a premium number.",
            "No SMS for Short: “0470 12” is no valid number of its country.",
        ):
            self.assertIn(line, self.told(action).replace("\u00a0", " "))
        self.assertEqual(self.last_run(action).state, "done")

    def test_landlines_that_a_gateway_sends_to(self):
        """Where networks read messages out, the gateway says so, and the action follows."""
        self.partner.phone = "02 512 34 56"
        gateway = self.new_gateway(fixed_lines=True)
        action = self.new_sms(sms_gateway_id=gateway.id)
        self.assertEqual(self.messages_of(action).number, "+3225123456")
        gateway.fixed_lines = False
        self.assertFalse(self.messages_of(action))

    def test_one_bad_number_of_several(self):
        """A record with one good number gets its SMS."""
        self.partner.ref = "nobody"
        action = self.new_sms(sms_to="phone, object.ref")
        self.assertEqual(len(self.messages_of(action)), 1)
        self.assertIn("Left out for Partner 0: “nobody” is no phone number.", self.told(action))

    def test_bad_numbers_fail_on_request(self):
        """Then nothing is sent for the record, and the policy decides about the others."""
        self.partners[1].phone = "nobody"
        action = self.new_sms(sms_on_missing="fail")
        self.assertEqual(len(self.messages_of(action, self.partners)), 3)
        self.assertEqual(self.last_run(action).state, "isolated")
        self.assertIn("“nobody” is no phone number.", self.told(action))
        action.sms_on_error = "policy"
        with self.assertRaisesRegex(PermanentError, "has no good number"):
            self.messages_of(action, self.partners)

    def test_nobody_to_write_to(self):
        """A path that is empty on a record."""
        action = self.new_sms(sms_to="child_ids")
        self.assertFalse(self.messages_of(action))
        self.assertIn("nobody was found to write to.", self.told(action))
        action.sms_on_missing = "fail"
        self.assertFalse(self.messages_of(action))
        self.assertEqual(self.last_run(action).state, "isolated")

    def test_numbers_that_want_no_messages(self):
        """The blacklist binds every action, and is no failure even where bad numbers are."""
        self.env["phone.blacklist"].create({"number": "+32470123400"})
        action = self.new_sms(sms_on_missing="fail")
        messages = self.messages_of(action, self.partners)
        self.assertEqual(messages.partner_id, self.partners[1:])
        self.assertIn(
            "“+32470123400” is on the list of numbers that want no SMS.", self.told(action)
        )
        self.assertEqual(self.last_run(action).state, "done")

    def test_many_bad_numbers_are_counted(self):
        """A run does not become a list of thousands."""
        partners = self.env["res.partner"].create([{"name": f"N{n}"} for n in range(30)])
        action = self.new_sms()
        self.assertFalse(self.messages_of(action, partners))
        told = self.told(action)
        self.assertEqual(told.count("has no number"), 20)
        self.assertIn("… and 10 more were left out.", told)

    def test_senders_that_cannot_be(self):
        """Too long a name: a warning where it is written down, a failure where a record has it."""
        action = self.new_sms(sms_sender="A name much too long")
        self.assertIn("“A name much too long” cannot be a sender", action.warning)
        self.partners[0].ref = "Shop"
        self.partners[1].ref = "A name much too long"
        action.sms_sender = "[[ object.ref ]]"
        self.assertFalse(action.warning)
        messages = self.messages_of(action, self.partners[:2])
        self.assertEqual(messages.mapped("sender"), ["Shop"])
        self.assertIn("“A name much too long” cannot be a sender", self.told(action))


@tagged("post_install", "-at_install")
class TestSmsBadTexts(SmsTypeCase):
    def test_empty_text(self):
        """A text that is empty on a record is not sent, and the run says so."""
        self.partners[1].ref = "Hello"
        action = self.new_sms(sms_text=" [[ object.ref ]]\n")
        self.assertEqual(self.messages_of(action, self.partners[:2]).mapped("body"), [" Hello\n"])
        self.assertIn("No SMS for Partner 0: The text is empty.", self.told(action))
        action.sms_on_missing = "fail"
        self.assertEqual(len(self.messages_of(action, self.partners[:2])), 1)
        self.assertIn("cannot be sent: The text is empty.", self.told(action))

    def test_no_text_at_all_is_a_warning(self):
        self.assertIn("Write a text", self.new_sms(sms_text=False).warning)
        self.assertIn("Write a text", self.new_sms(sms_text="  ").warning)

    def test_a_text_of_1600_characters(self):
        """Eleven parts: more than an action sends by itself, until its author allows it."""
        action = self.new_sms(sms_text="a" * 1600)
        self.assertFalse(self.messages_of(action))
        self.assertIn(
            "The text of 1600 characters has 11 parts; at most 10 are sent.", self.told(action)
        )
        for most in (11, 0):
            action.sms_max_parts = most
            self.assertEqual(len(self.messages_of(action).body), 1600)
        self.assertIn("SMS written to the queue: 1, in parts: 11.", self.told(action))

    def test_more_than_phones_can_show(self):
        """Without a limit the standard's own holds."""
        action = self.new_sms(sms_text="[[ 'a' * 40000 ]]", sms_max_parts=0)
        self.assertFalse(self.messages_of(action))
        self.assertIn("has 262 parts; at most 255 are sent.", self.told(action))

    def test_too_long_in_one_language_only(self):
        """The other reader gets the SMS."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.partners[1:3].parent_id = self.partner
        self.partners[1].lang = "de_DE"
        action = self.new_sms(sms_to="child_ids", sms_text="Hello", sms_max_parts=1)
        action.with_context(lang="de_DE").sms_text = "H" * 161
        self.assertEqual(self.messages_of(action).body, "Hello")
        self.assertIn("Left out for Partner 0: The text of 161 characters", self.told(action))

    def test_plain_characters_are_counted_where_the_gateway_sends_them(self):
        """A gateway that transliterates needs fewer parts; the stored text is the author's."""
        gateway = self.new_gateway(transliterate=True)
        text = "’" + "a" * 159
        action = self.new_sms(sms_text=text, sms_max_parts=1)
        self.assertFalse(self.messages_of(action))
        action.sms_gateway_id = gateway
        self.assertEqual(self.messages_of(action).body, text)

    def test_one_record_that_fails(self):
        """An expression that fails on one record of many fails that record only."""
        self.partners[1].color = 0
        self.partners[0].color = 5
        action = self.new_sms(sms_text="[[ 10 // object.color ]]")
        self.assertEqual(len(self.messages_of(action, self.partners)), 3)
        run = self.last_run(action)
        self.assertEqual(run.state, "isolated")
        self.assertIn("ZeroDivisionError", self.told(action))
        self.assertIn(f"Failed on {self.partners[1].id}", self.told(action))

    def test_one_record_that_fails_in_a_template(self):
        """The same for Odoo's templates, which stock lets fail as a whole."""
        self.partners[1].color = 0
        self.partners[0].color = 5
        template = self.new_template("{{ 10 // object.color }}")
        action = self.new_sms(sms_text=False, sms_template_id=template.id)
        self.assertEqual(len(self.messages_of(action, self.partners)), 3)
        self.assertIn("The SMS template “Greeting” cannot be written", self.told(action))

    def test_failing_records_stop_the_action_on_request(self):
        action = self.new_sms(sms_text="[[ 1 / 0 ]]", sms_on_error="policy")
        with self.assertRaisesRegex(Exception, "ZeroDivisionError"):
            self.messages_of(action)

    def test_unknown_placeholders(self):
        """A name that does not exist is an error of the record, with the expression in it."""
        action = self.new_sms(sms_text="Dear [[ object.nobody ]]")
        self.assertFalse(self.messages_of(action))
        self.assertIn("object.nobody", self.told(action))

    def test_marks_that_cannot_be_read_are_warned_about(self):
        self.assertIn("“SMS Text”", self.new_sms(sms_text="[[ 1 + ]]").warning)
        self.assertIn("“Sender”", self.new_sms(sms_sender="[[ 1 + ]]").warning)

    def test_templates_need_a_record(self):
        """Started without one, the action says what to do."""
        action = self.new_sms(
            sms_to="+32470999999", sms_text=False, sms_template_id=self.new_template().id
        )
        with self.assertRaisesRegex(Exception, "needs a record to write about"):
            self.messages_of(action, self.partners.browse())

    def test_templates_of_other_models_and_archived_gateways(self):
        gateway = self.new_gateway(active=False)
        self.assertIn("“Ours” is archived", self.new_sms(sms_gateway_id=gateway.id).warning)
        self.assertIn("number of parts", self.new_sms(sms_max_parts=-1).warning)
