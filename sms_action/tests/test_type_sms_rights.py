"""Rights and companies of SMS actions."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .type_case import SmsTypeCase


@tagged("post_install", "-at_install")
class TestSmsRights(SmsTypeCase):
    def test_whoever_starts_it_needs_no_rights_on_messages(self):
        """A user without rights on the queue or on gateways starts an action."""
        groups = "base.group_user,base.group_partner_manager"
        user = new_test_user(self.env, "sms_clerk", groups=groups)
        gateway = self.new_gateway()
        action = self.new_sms(
            sms_gateway_id=gateway.id, sms_method="comment", sms_partner_ids=self.partners[1].ids
        )
        messages = self.messages_of(action.with_user(user))
        self.assertEqual(messages.gateway_id, gateway)
        self.assertEqual(messages.mapped("number"), ["+32470123400", "+32470123401"])
        self.assertEqual(messages.mail_message_id.author_id, user.partner_id)
        with self.assertRaises(AccessError):
            messages.with_user(user).read(["number"])

    def test_the_rights_of_the_chosen_user(self):
        """Fields the user may not read do not end in a message."""
        user = new_test_user(self.env, "sms_low", groups="base.group_user")
        server = self.env["ir.mail_server"].create(
            {"name": "S", "smtp_host": "h", "smtp_user": "+32470999999"}
        )
        action = self.new_sms(
            run_as="user",
            run_as_user_id=user.id,
            sms_on_error="policy",
            model_id=self.env["ir.model"]._get_id("ir.mail_server"),
            sms_to="smtp_user",
        )
        self.assertFalse(action.warning)
        with self.assertRaises(AccessError):
            self.messages_of(action, server)
        action.write({"sms_to": "+32470999999", "sms_text": "[[ object.smtp_user ]]"})
        with self.assertRaisesRegex(Exception, "do not have enough rights"):
            self.messages_of(action, server)

    def test_only_administrators_see_previews(self):
        user = new_test_user(self.env, "sms_preview", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["server.action.sms.preview"].with_user(user).create(
                {"action_id": self.new_sms().id}
            )

    def test_only_administrators_set_actions_up(self):
        user = new_test_user(self.env, "sms_writer", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.new_sms().with_user(user).write({"sms_to": "+32470999999"})


@tagged("post_install", "-at_install")
class TestSmsCompanies(SmsTypeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create(
            {"name": "Other", "country_id": cls.netherlands.id}
        )
        cls.partners[1].company_id = cls.other
        cls.ours = cls.new_gateway(name="Ours", company_ids=cls.env.company.ids)
        cls.theirs = cls.new_gateway(name="Theirs", company_ids=cls.other.ids)

    def chosen(self, action, records):
        names = action._get_eval_context(action)
        drafts = action._sms_compose(records, names)
        return [letter.gateways[:1].name for draft in drafts for letter in draft.letters]

    def test_each_record_goes_by_its_own_company(self):
        """One batch, two companies: the message says whose it is, and so does its note."""
        self.partners[1].phone = "+31612345678"
        action = self.new_sms(sms_method="comment")
        messages = self.messages_of(action, self.partners[:2])
        self.assertEqual(messages.mapped("company_id.name"), [self.env.company.name, "Other"])
        notes = messages.mail_message_id
        self.assertEqual(notes.record_company_id, self.env.company + self.other)
        for message in messages:
            self.assertEqual(message._get_sms_company(), message.company_id)

    def test_gateways_of_the_company(self):
        """The choice is made for the company of the record, not of whoever starts the action."""
        self.partners[1].phone = "+31612345678"
        action = self.new_sms()
        self.assertEqual(self.chosen(action, self.partners[:2]), ["Ours", "Theirs"])

    def test_a_gateway_of_another_company_is_not_used(self):
        """Also where the action names it: each message goes out by its own company's account."""
        action = self.new_sms(sms_gateway_id=self.theirs.id)
        self.assertEqual(self.chosen(action, self.partners[:1]), ["Ours"])

    def test_prefixes_and_countries(self):
        """A gateway for a country takes its numbers, in the order the gateways say."""
        self.new_gateway(name="Dutch", country_ids=self.netherlands.ids, fixed_lines=True)
        self.new_gateway(name="Mobile", prefixes="+316, +3247012")
        action = self.new_sms(sms_to="+31201234567, +31612345678, +32470123400, +4915112345678")
        self.assertEqual(
            self.chosen(action, self.partners[:1]), ["Dutch", "Mobile", "Mobile", "Ours"]
        )
