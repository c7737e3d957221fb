"""Many rules on one model are looked at together, and decide as if each were asked in its turn."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ..models.environments import _UNUSED
from ..models.event_view import EventView
from .common import RuleCase


@tagged("post_install", "-at_install")
class TestRulePlan(RuleCase):
    def setting(self, field, value, **vals):
        """Create a rule on updates that adds a letter to the reference and sets a field."""
        source = (
            f"for record in records:\n"
            f"    record.write({{'ref': (record.ref or '') + {value!r}, {field!r}: {value!r}}})"
        )
        vals.setdefault("trigger", "on_update")
        return self.make_rule(self.code(source), **vals)

    def noise(self, number=10):
        for value in range(number):
            self.make_rule(filter_domain=f"[('city', '=', 'nowhere {value}')]", trigger="on_update")

    def test_what_one_rule_does_is_seen_by_the_next(self):
        """Also where its value had already been looked at, and in their order."""

        def waiting(letter, domain, sequence):
            # For the city only: what the others write is no event of its own.
            vals = {"filter_domain": domain, "sequence": sequence, "fields": ["city"]}
            self.setting("street", letter, **vals)

        waiting("c", "[('street', '=', 'b')]", 30)
        waiting("a", "[('city', '=', 'go')]", 10)
        self.noise()
        waiting("b", "[('street', '=', 'a')]", 20)
        waiting("z", "[('street', '=', 'a')]", 40)
        for count in (1, 3):
            partners = self.make_partners(count + 1)
            partners[:count].write({"city": "go"})
            self.assertEqual(partners.mapped("ref"), ["abc"] * count + [False])

    def test_each_record_its_own_rule(self):
        """Of records written together each gets the rule that wants its value."""
        for letter in "abc":
            self.setting("street", letter, filter_domain=f"[('city', 'in', ['{letter}', 'all'])]")
        self.setting("street", "e", filter_domain="[('city', '=', False)]")
        self.noise()
        partners = self.make_partners(6)
        for partner, city in zip(partners, ["a", "b", "c", "all", False, "none"], strict=True):
            partner.with_context(automation_skip=True).city = city
        partners.write({"function": "x"})
        self.assertEqual(partners.mapped("ref"), ["a", "b", "c", "abc", "e", False])

    def test_both_filters(self):
        """The one before the change is looked at together as well."""
        for before, after, letter in (("a", "b", "1"), ("b", "c", "2"), ("a", "c", "3")):
            self.setting(
                "street",
                letter,
                filter_pre_domain=f"[('city', '=', '{before}')]",
                filter_domain=f"[('city', '=', '{after}')]",
            )
        partners = self.make_partners(3)
        for partner, city in zip(partners, "aba", strict=True):
            partner.with_context(automation_skip=True).city = city
        partners[:2].write({"city": "c"})
        partners[2].write({"city": "b"})
        self.assertEqual(partners.mapped("ref"), ["3", "2", "1"])

    def test_beside_rules_that_are_not_meant(self):
        """A rule out of its scope, one that is traced, one that ends the others."""
        group = self.env["res.groups"].create({"name": "Nobody"})
        # What they write themselves is nothing they wait for.
        matching = {"filter_domain": "[('city', '=', 'go')]", "fields": ["city"]}
        self.setting("street", "a", only_group_ids=[(6, 0, group.ids)], sequence=1, **matching)
        self.setting("street", "b", sequence=2, **matching).action_trace()
        self.setting("street", "c", sequence=3, stop_others=True, fields=["city"])
        self.setting("street", "d", sequence=4, **matching)
        partner = self.make_partners(1)
        partner.city = "go"
        self.assertEqual(partner.ref, "bc")

    def test_stored_value_that_is_yet_to_be_computed(self):
        self.setting(
            "street", "a", fields=["name"], filter_domain="[('complete_name', '=', 'Renamed')]"
        )
        self.noise()
        partner = self.make_partners(1)
        partner.name = "Renamed"
        self.env.flush_all()
        self.assertEqual(partner.ref, "a")

    def test_only_plain_values_are_looked_at_early(self):
        """None that is computed when it is read, is yet to be, or is another one elsewhere."""
        partner = self.make_partners(1)
        for name, plain in (("city", True), ("display_name", False), ("barcode", False)):
            self.assertEqual(EventView(partner).is_plain(name), plain, name)
        self.assertTrue(EventView(partner).is_plain("complete_name"))
        self.env.add_to_compute(partner._fields["complete_name"], partner)
        self.assertFalse(EventView(partner).is_plain("complete_name"))

    def test_next_chain_knows_nothing_of_the_last(self):
        """Also where a rule has run while the filter of another one was being evaluated."""
        self.make_rule(fields=["name"], filter_domain="[('complete_name', '=', 'nobody')]")
        self.setting("street", "a", fields=["complete_name"])
        partner = self.make_partners(1)
        for number in range(1, 4):
            partner.name = f"Renamed {number}"
            self.env.flush_all()
            self.assertEqual(partner.ref, "a" * number)

    def test_environment_taken_off_the_list_is_not_used_again(self):
        """Odoo tells only those on its list of what has changed."""
        self.noise(1)
        partner = self.make_partners(1)
        partner.city = "a"
        listed = self.env.transaction.envs
        before = list(listed)
        self.addCleanup(listed.update, before)
        listed.clear()
        listed.add(self.env)
        partner.city = "b"
        _done, _outside, inside = self.env.cr.__dict__[_UNUSED]
        self.assertIn(inside, listed)
        self.assertNotIn(inside, before)

    def test_same_change_after_the_rules_changed(self):
        """What was worked out for a kind of change is forgotten with the rules."""
        rule = self.setting("street", "a", filter_domain="[('city', '=', 'a')]")
        partner = self.make_partners(1)
        partner.city = "b"
        self.assertFalse(partner.ref)
        rule.filter_domain = "[('city', '=', 'b')]"
        partner.city = "c"
        partner.city = "b"
        self.assertEqual(partner.ref, "a")
        self.setting("street", "d", filter_domain="[('city', '=', 'b')]")
        partner.city = "c"
        partner.city = "b"
        self.assertEqual(partner.ref, "aad")
        rule.paused = True
        partner.city = "c"
        partner.city = "b"
        self.assertEqual(partner.ref, "aadd")

    def test_relative_dates_move_on(self):
        """A date in a filter is that of the moment, whatever was worked out before."""
        for domain in (
            "[('create_date', '>', 'today -3d')]",
            "[('create_date', '>', now - datetime.timedelta(days=3))]",
        ):
            with self.subTest(domain):
                rule = self.setting("street", "a", filter_domain=domain)
                partner = self.make_partners(1)
                partner.city = "a"
                self.assertEqual(partner.ref, "a")
                with freeze_time(fields.Datetime.now() + timedelta(days=5)):
                    partner.city = "b"
                    self.assertEqual(partner.ref, "a")
                rule.unlink()
