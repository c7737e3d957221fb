"""Merge templates on records: language, time zone, empty values, HTML, errors."""

from datetime import date, datetime

from markupsafe import Markup

from odoo.tests import TransactionCase, tagged

from ..core.errors import ConfigurationError


@tagged("post_install", "-at_install")
class TestMergeTemplate(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.parent = cls.env["res.partner"].create({"name": "Ada & <Co>", "is_company": True})
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "Charles",
                "parent_id": cls.parent.id,
                "comment": "<p>Likes <b>gears</b></p>",
                "color": 0,
                "email": False,
            }
        )
        cls.action = cls.env["ir.actions.server"].create(
            {
                "name": "Template",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "state": "code",
            }
        )

    def _merge(self, text, lang="en_US", tz="UTC", html=False, record=None, **names):
        record = self.partner if record is None else record
        scope = {"object": record, "record": record, "env": self.env, **names}
        return self.action._merge_template(text, scope, lang=lang, tz=tz, html=html)

    def test_both_syntaxes_print_values_of_the_record(self):
        """OpenERP's and Odoo's marks work in one text, over relations and several lines."""
        self.assertEqual(
            self._merge("Dear [[ object.name ]] of {{ object\n.parent_id.name }}!"),
            "Dear Charles of Ada & <Co>!",
        )

    def test_zero_prints_zero_and_empty_prints_nothing(self):
        """0 is a value; an empty text, relation, None and False of a method are not."""
        self.assertEqual(self._merge("<[[ object.color ]]>"), "<0>")
        self.assertEqual(self._merge("<[[ 0 ]]>"), "<0>")
        self.assertEqual(self._merge("<[[ object.email ]]>"), "<>")
        self.assertEqual(self._merge("<[[ object.user_id ]]>"), "<>")
        self.assertEqual(self._merge("<[[ None ]]>"), "<>")
        self.assertEqual(self._merge("<[[ flag ]]>", flag=False), "<>")

    def test_default_text_replaces_an_empty_value_only(self):
        """The text behind ||| is printed for an empty value and not for 0."""
        self.assertEqual(self._merge("{{ object.email ||| no address }}"), "no address")
        self.assertEqual(self._merge("{{ object.color ||| none }}"), "0")

    def test_booleans_are_words_of_the_language(self):
        """Yes/no fields and comparisons print words, false ones too."""
        self.assertEqual(self._merge("[[ object.is_company ]]"), "No")
        self.assertEqual(self._merge("[[ object.parent_id.is_company ]]"), "Yes")
        self.assertEqual(self._merge("[[ object.color > 3 ]]"), "No")
        self.assertEqual(self._merge("[[ object.parent_id.is_company ]]", lang="fr_FR"), "Oui")

    def test_numbers_follow_the_language(self):
        """Separators come from the language; plain integers and ids are not grouped."""
        self.assertEqual(self._merge("[[ 1234567.5 ]]"), "1,234,567.50")
        self.assertEqual(self._merge("[[ 0.125 ]]"), "0.125")
        french = self._merge("[[ 1234567.5 ]]", lang="fr_FR")
        self.assertEqual(french.replace("\u202f", " ").replace("\xa0", " "), "1 234 567,50")
        self.assertEqual(self._merge("[[ object.id ]]"), str(self.partner.id))
        self.assertEqual(self._merge("[[ 2026 ]]"), "2026")

    def test_amounts_carry_their_currency(self):
        """A monetary field prints with the currency of its record, zero included."""
        usd = self.env.ref("base.USD")
        rate = self.env["res.currency.rate"]
        self.assertEqual(rate._fields["company_rate"].type, "float")
        field = self.env["ir.model.fields"].create(
            {
                "name": "x_amount",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "monetary",
                "currency_field": "x_currency_id",
                "field_description": "Amount",
            }
            if "x_currency_id" in self.env["res.partner"]._fields
            else {
                "name": "x_currency_id",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "many2one",
                "relation": "res.currency",
                "field_description": "Currency",
            }
        )
        if field.name == "x_currency_id":
            self.env["ir.model.fields"].create(
                {
                    "name": "x_amount",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "ttype": "monetary",
                    "currency_field": "x_currency_id",
                    "field_description": "Amount",
                }
            )
        partner = self.env["res.partner"].browse(self.partner.id)
        partner.write({"x_currency_id": usd.id, "x_amount": 1234.5})
        self.assertEqual(self._merge("[[ object.x_amount ]]", record=partner), "$\xa01,234.50")
        partner.x_amount = 0
        self.assertEqual(self._merge("[[ object.x_amount ]]", record=partner), "$\xa00.00")

    def test_dates_and_times_follow_language_and_time_zone(self):
        """Datetimes are shown in the time zone, dates as they are."""
        moment = datetime(2026, 1, 31, 23, 30)
        self.assertEqual(self._merge("[[ m ]]", m=moment), "01/31/2026 11:30:00 PM")
        self.assertEqual(
            self._merge("[[ m ]]", m=moment, tz="Europe/Paris", lang="fr_FR"),
            "01/02/2026 00:30:00",
        )
        self.assertEqual(self._merge("[[ d ]]", d=date(2026, 1, 31), lang="fr_FR"), "31/01/2026")

    def test_records_print_their_names(self):
        """A relation prints display names, several with commas."""
        both = self.parent | self.partner
        self.assertEqual(self._merge("[[ both ]]", both=both), "Ada & <Co>, Ada & <Co>, Charles")

    def test_translated_fields_are_read_in_the_language(self):
        """A record of the scope is read in the language of the text."""
        country = self.env.ref("base.de")
        country.with_context(lang="fr_FR").name = "Allemagne"
        self.partner.country_id = country
        self.assertEqual(self._merge("[[ object.country_id.name ]]"), "Germany")
        self.assertEqual(self._merge("[[ object.country_id.name ]]", lang="fr_FR"), "Allemagne")

    def test_html_escapes_values_but_not_html_fields(self):
        """Values cannot inject markup; an HTML field stays HTML."""
        text = "<p>[[ object.parent_id.name ]]</p>[[ object.comment ]]"
        result = self._merge(text, html=True)
        self.assertIsInstance(result, Markup)
        self.assertEqual(result, "<p>Ada &amp; &lt;Co&gt;</p><p>Likes <b>gears</b></p>")

    def test_html_field_in_a_text_is_plain(self):
        """An HTML field in a plain text loses its tags."""
        self.assertEqual(self._merge("[[ object.comment ]]"), "Likes *gears*")

    def test_error_names_action_expression_and_cause(self):
        """What fails is named so that its author finds it."""
        with self.assertRaises(ConfigurationError) as caught:
            self._merge("Dear [[ object.nome ]]")
        for part in ("Template", "object.nome", "nome"):
            self.assertIn(part, str(caught.exception))
        with self.assertRaises(ConfigurationError) as caught:
            self._merge("one\n[[ 1 + ]]")
        for part in ("Template", "1 +", "line 2"):
            self.assertIn(part, str(caught.exception))

    def test_python_internals_are_out_of_reach(self):
        """Templates are under the rules of all other expressions."""
        with self.assertRaises(ConfigurationError):
            self._merge("[[ object.__class__ ]]")
        with self.assertRaises(ConfigurationError):
            self._merge("[[ '{0.__class__}'.format(object) ]]")

    def test_problem_is_found_without_running(self):
        """Forms can say what is wrong before anything runs."""
        self.assertEqual(self.action._template_problem("[[ object.name ]]"), "")
        self.assertIn("1 +", self.action._template_problem("[[ 1 + ]]"))
        self.assertTrue(self.action._template_problem("[[ object.__class__ ]]"))
