"""Whom an SMS action writes to: paths, expressions, numbers, contacts, followers; countries."""

from odoo.tests import tagged

from .type_case import SmsTypeCase


@tagged("post_install", "-at_install")
class TestSmsNumbers(SmsTypeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.child, cls.other_child = cls.partners[1:3]
        (cls.child + cls.other_child).parent_id = cls.partner

    def to(self, text, records=None, **values):
        return self.messages_of(self.new_sms(sms_to=text, **values), records).mapped("number")

    def test_everything_that_names_somebody(self):
        """Each way of saying it leads to the same number."""
        for text in (
            "parent_id.phone",
            "parent_id",
            "object.parent_id.phone",
            "{{object.parent_id.phone}}",
            "[[ object.parent_id.phone ]]",
            "record.parent_id",
            "object.parent_id or object",
            "0470123400",
            "+32 470 12 34 00",
            "0032470/12.34.00",
            "object.parent_id.phone or ''",
            "'04701234%02d' % 0",
            "047012340[[ 0 ]]",
            "['0470123400', '+32470123400']",
        ):
            self.assertEqual(self.to(text, self.child), ["+32470123400"], text)

    def test_several_at_once(self):
        """Numbers, fields and expressions stand in one text; nobody gets it twice."""
        text = "child_ids.phone; 0470 99 99 99, object.child_ids[:1]; +32470123402"
        self.assertEqual(self.to(text), ["+32470123401", "+32470123402", "+32470999999"])

    def test_empty_is_the_record_or_its_contact(self):
        """As stock finds it: the number of the record, or else of its contact."""
        self.assertEqual(self.to(False), ["+32470123400"])
        self.child.phone = False
        user = self.env["res.users"].create(
            {"name": "U", "login": "sms_user", "phone": "0470555555"}
        )
        action = self.new_sms(sms_to=False, model_id=self.env["ir.model"]._get_id("res.users"))
        message = self.messages_of(action, user)
        self.assertEqual((message.number, message.partner_id), ("+32470555555", user.partner_id))

    def test_contacts_who_always_get_it(self):
        """Chosen contacts are added to what the record says."""
        self.assertEqual(
            self.to("phone", sms_partner_ids=[(4, self.child.id)]),
            ["+32470123400", "+32470123401"],
        )

    def test_followers(self):
        """The word stands for the followers of each record, archived ones left out."""
        self.partner.message_subscribe(self.partners[1:4].ids)
        self.partners[3].active = False
        self.assertEqual(sorted(self.to("followers")), ["+32470123401", "+32470123402"])

    def test_users_are_contacts_too(self):
        """A path to users leads to their numbers, and to their contacts."""
        user = self.env["res.users"].create(
            {"name": "U", "login": "sms_user", "phone": "0470555555"}
        )
        self.partner.user_id = user
        message = self.messages_of(self.new_sms(sms_to="user_id"))
        self.assertEqual((message.number, message.partner_id), ("+32470555555", user.partner_id))

    def test_short_codes(self):
        """They are sent as they are."""
        self.assertEqual(self.to("8585"), ["8585"])

    def test_several_numbers_in_one_field(self):
        """A field may hold more than one."""
        self.partner.ref = "0470999999; +31612345678"
        self.assertEqual(self.to("object.ref"), ["+32470999999", "+31612345678"])

    def test_paths_that_lead_nowhere_are_warned_about(self):
        """The author learns it in the form."""
        for text, problem in (
            ("nothing.phone", "nothing"),
            ("category_id", "leads to no address"),
            ("object.", "neither an address nor a field"),
            ("+3247", "“+3247” is no valid number"),
        ):
            action = self.new_sms(sms_to=text)
            self.assertIn(problem, action.warning or "", text)


@tagged("post_install", "-at_install")
class TestSmsCountries(SmsTypeCase):
    """What a number without a country code belongs to: record, contact, company."""

    def number(self, records=None, **values):
        return self.messages_of(self.new_sms(**values), records).number

    def test_the_record(self):
        """The country of whoever the number was read from comes first."""
        self.partner.write({"phone": "0612345678", "country_id": self.netherlands.id})
        self.assertEqual(self.number(), "+31612345678")

    def test_the_record_the_number_was_read_from(self):
        """Not that of the record the action runs on."""
        child = self.partners[1]
        child.write({"parent_id": self.partner.id, "country_id": self.belgium.id})
        self.partner.write({"phone": "0612345678", "country_id": self.netherlands.id})
        self.assertEqual(self.number(child, sms_to="parent_id.phone"), "+31612345678")

    def test_a_written_number_belongs_to_the_record(self):
        """A number in the action has no holder: the record decides, then the company."""
        self.partner.country_id = self.netherlands
        self.assertEqual(self.number(sms_to="0612345678"), "+31612345678")
        self.partner.country_id = False
        self.assertEqual(self.number(sms_to="0470999999"), "+32470999999")

    def test_the_contact_of_the_record(self):
        """A record without a country of its own has that of its contact."""
        self.partner.country_id = self.netherlands
        user = self.env["res.users"].create(
            {"name": "U", "login": "sms_user", "partner_id": self.partner.id}
        )
        action = self.new_sms(
            model_id=self.env["ir.model"]._get_id("res.users"), sms_to="'0612345678'"
        )
        self.assertEqual(self.messages_of(action, user).number, "+31612345678")

    def test_the_company_of_the_record(self):
        """Not that of whoever starts the action."""
        dutch = self.env["res.company"].create({"name": "Dutch", "country_id": self.netherlands.id})
        self.partner.write({"phone": "0612345678", "company_id": dutch.id, "country_id": False})
        message = self.messages_of(self.new_sms())
        self.assertEqual((message.number, message.company_id), ("+31612345678", dutch))

    def test_no_country_at_all(self):
        """The number is left out, and the run says why."""
        self.env.company.country_id = False
        self.partner.country_id = False
        action = self.new_sms()
        self.assertFalse(self.messages_of(action))
        self.assertIn("“0470123400” has no country code", self.told(action))


@tagged("post_install", "-at_install")
class TestSmsLanguages(SmsTypeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.german = cls.partners[2]
        (cls.german + cls.partners[3]).parent_id = cls.partner
        cls.german.lang = "de_DE"

    def bodies(self, **values):
        action = self.new_sms(**{"sms_to": "child_ids", "sms_text": "Hello", **values})
        if action.sms_text:
            action.with_context(lang="de_DE").sms_text = values.get("sms_text") or "Hallo"
        messages = self.messages_of(action)
        return {message.number[-1]: message.body for message in messages}

    def test_each_reader_gets_the_own_language(self):
        self.assertEqual(self.bodies(), {"2": "Hallo", "3": "Hello"})

    def test_written_down_numbers_of_contacts_have_a_language(self):
        """A number of a known contact is written to in that contact's language."""
        self.assertEqual(self.bodies(sms_to="+32470123402"), {"2": "Hallo"})

    def test_dates_are_the_readers(self):
        """A date is written the way the reader's language does."""
        bodies = self.bodies(sms_text="[[ datetime.date(2026, 12, 31) ]]")
        self.assertEqual(bodies, {"2": "31.12.2026", "3": "12/31/2026"})

    def test_templates_follow_the_reader(self):
        """The translations of an SMS template are chosen per reader."""
        template = self.new_template("Hello")
        template.with_context(lang="de_DE").body = "Hallo"
        self.assertEqual(
            self.bodies(sms_text=False, sms_template_id=template.id), {"2": "Hallo", "3": "Hello"}
        )

    def test_a_template_with_a_language_is_obeyed(self):
        """Its author decided in which language to write."""
        template = self.new_template("Hello", lang="{{ 'de_DE' }}")
        template.with_context(lang="de_DE").body = "Hallo"
        self.assertEqual(
            self.bodies(sms_text=False, sms_template_id=template.id), {"2": "Hallo", "3": "Hallo"}
        )
