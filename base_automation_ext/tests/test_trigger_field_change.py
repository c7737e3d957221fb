"""The triggers “Field changes” and “On update only”."""

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestFieldChange(RuleCase):
    def field_rule(self, name, **vals):
        field = self.env["ir.model.fields"]._get(vals.get("model", "res.partner"), name)
        return self.make_rule(trigger="on_field_change", change_field_id=field.id, **vals)

    def fired(self, partners):
        """Return which partners the rule has run on, and forget."""
        found = [partner.ref == "hit" for partner in partners]
        partners.with_context(automation_skip=True).write({"ref": False})
        return found

    def test_from_one_value_to_another(self):
        """Both ends decide, written in one statement or one by one."""
        self.field_rule("function", change_from="draft", change_to="won")
        partners = self.make_partners(3, function="draft")
        partners[1].function = "open"
        partners.write({"function": "won"})
        self.assertEqual(self.fired(partners), [True, False, True])
        partners.write({"function": "won"})
        self.assertEqual(self.fired(partners), [False] * 3)

    def test_any_change(self):
        """Without values every real change fires, and a new record does not."""
        self.field_rule("function")
        partners = self.make_partners(2, function="a")
        self.assertEqual(self.fired(partners), [False, False])
        partners[0].function = "b"
        partners.write({"function": "b"})
        self.assertEqual(self.fired(partners), [True, True])

    def test_new_records_count_if_wanted(self):
        self.field_rule("function", change_to="won", change_on_create=True)
        partners = self.make_partners(1, function="won") + self.make_partners(1, function="open")
        self.assertEqual(self.fired(partners), [True, False])

    def test_relation_by_external_id_and_id(self):
        """A record is named like in a mapped value."""
        belgium, france = self.env.ref("base.be"), self.env.ref("base.fr")
        self.field_rule("country_id", change_from="base.be", change_to=f"{france.id}, base.de")
        partners = self.make_partners(2)
        partners[0].country_id = belgium
        self.assertEqual(self.fired(partners), [False, False])
        partners.country_id = france
        self.assertEqual(self.fired(partners), [True, False])

    def test_records_added_and_removed(self):
        """A field that holds several records looks at what came and went."""
        vip, other = self.env["res.partner.category"].create([{"name": "VIP"}, {"name": "Other"}])
        added = self.field_rule("category_id", change_movement="added", change_to=str(vip.id))
        partner = self.make_partners(1)
        partner.category_id = other
        self.assertEqual(self.fired(partner), [False])
        partner.category_id = other + vip
        self.assertEqual(self.fired(partner), [True])
        added.change_movement = "removed"
        partner.category_id = vip
        self.assertEqual(self.fired(partner), [False])
        partner.category_id = False
        self.assertEqual(self.fired(partner), [True])

    def test_selection_and_computed_stored_field(self):
        """A stored field that is recomputed changes like any other."""
        self.field_rule("commercial_company_name", change_to="Acme")
        partner = self.make_partners(1, is_company=True)
        self.fired(partner)
        partner.name = "Acme"
        self.env.flush_all()
        self.assertEqual(self.fired(partner), [True])

    def test_filter_still_applies(self):
        self.field_rule("function", filter_domain="[('email', '!=', False)]")
        partners = self.make_partners(2, function="a")
        partners[0].email = "a@example.com"
        partners.write({"function": "b"})
        self.assertEqual(self.fired(partners), [True, False])

    def test_other_fields_cost_no_statement(self):
        """A write of another field reads and runs nothing."""
        self.field_rule("function", change_to="won")
        partners = self.make_partners(5, function="won")
        partners.write({"comment": "a"})
        without = self.queries_of(
            lambda: partners.with_context(automation_skip=True).write({"comment": "b"})
        )
        self.assertEqual(self.queries_of(lambda: partners.write({"comment": "c"})), without)

    def test_value_that_is_none_of_the_field_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“lila” is no value"):
            self.field_rule("type", change_to="lila")

    def test_field_is_needed(self):
        with self.assertRaisesRegex(ValidationError, "choose a field"):
            self.make_rule(trigger="on_field_change")

    def test_update_only(self):
        """New records do not count, unchanged values neither."""
        self.make_rule(trigger="on_update", fields=["function"])
        partner = self.make_partners(1, function="a")
        self.assertEqual(self.fired(partner), [False])
        partner.write({"function": "a"})
        self.assertEqual(self.fired(partner), [False])
        partner.function = "b"
        self.assertEqual(self.fired(partner), [True])

    def test_update_only_keeps_its_fields_in_the_form(self):
        """The author's fields survive the computations of stock's form."""
        rule = self.make_rule(trigger="on_update", fields=["function"])
        with Form(rule) as form:
            form.filter_domain = "[('email', '!=', False)]"
        self.assertEqual(rule.trigger_field_ids.mapped("name"), ["function"])
