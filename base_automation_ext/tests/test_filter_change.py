"""The filter on the change itself."""

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestFilterChange(RuleCase):
    def fired(self, partners):
        """Return which partners the rule has run on, and forget."""
        found = [partner.ref == "hit" for partner in partners]
        partners.with_context(automation_skip=True).write({"ref": False})
        return found

    def test_compares_old_and_new(self):
        """The expression is asked for each record with its own old values."""
        self.make_rule(filter_change="changed('color') and record.color > 2 * old.color")
        partners = self.make_partners(3)
        self.fired(partners)
        partners[0].with_context(automation_skip=True).color = 1
        partners[1].with_context(automation_skip=True).color = 3
        partners[2].with_context(automation_skip=True).color = 5
        partners.write({"color": 5})
        self.assertEqual(self.fired(partners), [True, False, False])
        partners.write({"color": 5, "function": "x"})
        self.assertEqual(self.fired(partners), [False] * 3)

    def test_expressions(self):
        """What can be said about a change, and when it is true."""
        belgium, france = self.env.ref("base.be"), self.env.ref("base.fr")
        cases = [
            ("old.country_id == ref('base.be') and new.country_id == ref('base.fr')", True),
            ("old['country_id'].code == 'FR'", False),
            ("changed('country_id', 'city')", True),
            ("changed('city')", False),
            ("changed()", True),
            ("not old", False),
            ("user == env.user and uid == user.id and company == env.company", True),
            ("record.create_date <= now and record.create_date.date() <= today", True),
            ("any(changed(name) for name in ['city', 'country_id'])", True),
            ("[name for name in ('country_id',) if old[name] != record[name]]", True),
            ("datetime.date.today() >= today - relativedelta(days=1)", True),
        ]
        for expression, expected in cases:
            with self.subTest(expression=expression):
                rule = self.make_rule(filter_change=expression, trigger="on_update")
                partner = self.make_partners(1, country_id=belgium.id, city="Namur")
                partner.country_id = france
                self.assertEqual(self.fired(partner), [expected])
                rule.active = False

    def test_creation(self):
        """For a new record old is empty, and everything has changed."""
        self.make_rule(filter_change="not old and not old.function and changed('function')")
        partner = self.make_partners(1, function="x")
        self.assertEqual(self.fired(partner), [True])
        partner.function = "y"
        self.assertEqual(self.fired(partner), [False])

    def test_computed_field(self):
        """A stored field that is recomputed has an old value too."""
        self.make_rule(
            filter_change="old.commercial_company_name == 'Old' and "
            "new.commercial_company_name == 'New'",
        )
        partner = self.make_partners(1, is_company=True, name="Old")
        self.fired(partner)
        partner.name = "New"
        self.env.flush_all()
        self.assertEqual(self.fired(partner), [True])

    def test_filters_are_combined(self):
        """The record must meet the filters before and after as well."""
        self.make_rule(
            filter_change="changed('function')",
            filter_pre_domain="[('city', '=', 'Namur')]",
            filter_domain="[('email', '!=', False)]",
        )
        partners = self.make_partners(3, city="Namur", email="a@example.com")
        self.fired(partners)
        partners[1].with_context(automation_skip=True).city = "Mons"
        partners[2].with_context(automation_skip=True).email = False
        partners.write({"function": "x"})
        self.assertEqual(self.fired(partners), [True, False, False])

    def test_only_old_values_that_are_named_are_read(self):
        """Old values of other written fields are not even looked at."""
        partner = self.make_partners(1, email="old@example.com", phone="1", function="a")
        self.make_rule(
            self.code(
                "record.write({'ref': str(sorted(env.context['old_' + 'values'][record.id]))})"
            ),
            filter_change="old.phone != '2' and changed('email')",
        )
        partner.write({"email": "new@example.com", "phone": "2", "function": "b"})
        self.assertEqual(partner.ref, "['email', 'phone']")

    def test_costs_no_statement_when_it_says_no(self):
        """A rule whose expression is false adds no statement to a write of ten records."""
        partners = self.make_partners(10, function="a")
        partners.write({"function": "b"})

        def write(value):
            return self.queries_of(lambda: partners.write({"function": value}))

        without = write("c")
        for _number in range(5):
            self.make_rule(filter_change="changed('function') and new.function == 'never'")
        write("warm")
        self.assertEqual(write("d"), without)

    def test_ordinary_user(self):
        """Expressions read records without access rights, in the name of the user."""
        user = new_test_user(self.env, "clerk", groups="base.group_user,base.group_partner_manager")
        partner = self.make_partners(1)
        self.make_rule(filter_change=f"user.id == {user.id} and changed('comment')")
        partner.write({"comment": "a"})
        self.assertEqual(self.fired(partner), [False])
        partner.with_user(user).write({"comment": "b"})
        self.assertEqual(self.fired(partner), [True])

    def test_formula_of_another_trigger_is_left_aside(self):
        """The form does not show it with a trigger that has no change to look at."""
        rule = self.make_rule(trigger="on_button", filter_change="changed('city') and old.city")
        self.assertFalse(rule.can_filter_change)
        partner = self.make_partners(1)
        partner.with_context(base_automation_ext_button=rule.id).action_run_automation_button()
        self.assertEqual(self.fired(partner), [True])

    def test_failing_expression_follows_the_policy(self):
        """A value that makes the expression fail blocks only if the rule is to block."""
        partner = self.make_partners(1)
        rule = self.make_rule(filter_change="1 / new.color > 0", name="Divides")
        with self.assertRaisesRegex(ValueError, "“Only If”.*“Divides”.*ZeroDivisionError"):
            partner.write({"comment": "a"})
        rule.on_error = "isolate"
        with self.assertLogs("odoo.addons.base_automation_ext", "WARNING"):
            partner.write({"comment": "b", "function": "kept"})
        self.assertEqual((partner.ref, partner.function), (False, "kept"))


@tagged("post_install", "-at_install")
class TestFilterCheck(RuleCase):
    def test_mistakes_are_refused_when_saved(self):
        """The message says which filter is wrong, and why."""
        cases = [
            ("filter_change", "changed('nothing')", "Only If.*no field “nothing”"),
            ("filter_change", "old.nothing", "Only If.*no field “nothing”"),
            ("filter_change", "record.nothing > 1", "Only If.*no field “nothing”"),
            ("filter_change", "recrod.name", "Only If.*name “recrod” is unknown"),
            ("filter_change", "new.name ==", "Only If.*not written correctly"),
            ("filter_change", "new.__class__", "Only If.*(__class__|forbidden)"),
            ("filter_domain", "[('nothing', '=', 1)]", "Apply on.*“nothing” is not a field"),
            ("filter_domain", "[('parent_id.nothing', '=', 1)]", "Apply on.*nothing"),
            ("filter_domain", "[('child_ids', 'any', [('nothing', '=', 1)])]", "“nothing” is no"),
            ("filter_domain", "[('name', '=', 'x'", "Apply on.*not written correctly"),
            ("filter_domain", "[('name', '=', me.name)]", "Apply on.*name “me” is unknown"),
            ("filter_domain", "[('user_id', '=', ref('base.nobody'))]", "base.nobody"),
            ("filter_domain", "[('name', 'resembles', 'x')]", "Apply on"),
            ("filter_pre_domain", "[('nothing', '=', 1)]", "Before Update Domain.*“nothing”"),
        ]
        for name, text, message in cases:
            with self.subTest(text=text), self.assertRaisesRegex(ValidationError, message):
                self.make_rule(**{name: text})

    def test_what_is_right_is_accepted(self):
        """Names, paths, relative dates, parts of dates and nested domains."""
        for text in (
            "[('user_id', '=', user.id), ('company_id', 'in', [company.id, False])]",
            "[('create_date', '>', 'today -3d')]",
            "[('create_date', '>', now - datetime.timedelta(days=3))]",
            "[('create_date', '<', context_today() + relativedelta(months=1))]",
            "[('create_date.month_number', '=', 3)]",
            "[('child_ids', 'any', [('country_id.code', '=', 'BE')])]",
            "['|', ('parent_id.name', 'ilike', 'x'), (1, '=', 1)]",
            "[('country_id', '=', ref('base.be').id)]",
            "[]",
        ):
            with self.subTest(text=text):
                self.assertTrue(self.make_rule(filter_domain=text))

    def test_archived_and_paused_rules_may_be_wrong(self):
        """They do nothing; activating or resuming them asks again."""
        rule = self.make_rule(active=False, filter_domain="[('nothing', '=', 1)]")
        with self.assertRaisesRegex(ValidationError, "nothing"):
            rule.active = True
        other = self.make_rule(paused=True, filter_change="old.nothing")
        with self.assertRaisesRegex(ValidationError, "nothing"):
            other.action_resume()
