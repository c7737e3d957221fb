"""How often a rule fires: once per chain of events, or on every change."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RuleCase

COUNT = "record.write({'ref': str(int(record.ref or 0) + 1)})"


@tagged("post_install", "-at_install")
class TestFireMode(RuleCase):
    def count_rule(self, **vals):
        """A rule that counts its firings on a record."""
        return self.make_rule(self.code(COUNT), **{"fields": ["function"], "sequence": 1, **vals})

    def nested_rule(self, **vals):
        """A rule that is started by the counting one, and changes the watched field once more."""
        source = "record.write({'function': 'c'}) if record.function == 'b' else None"
        return self.make_rule(self.code(source), **{"fields": ["ref"], "sequence": 2, **vals})

    def test_number_of_firings(self):
        """Two changes in one chain, of which the second is caused by another rule."""
        for mode, expected in (("once", "1"), ("every", "2")):
            with self.subTest(mode=mode):
                rules = self.count_rule(fire_mode=mode, trigger="on_update")
                rules += self.nested_rule()
                partner = self.make_partners(1, function="a")
                partner.function = "b"
                self.assertEqual(partner.ref, expected)
                self.assertEqual(partner.function, "c")
                rules.active = False

    def test_every_change_means_every_real_change(self):
        """Without watched fields any value that changes counts, and unchanged ones do not."""
        self.count_rule(fire_mode="every", fields=[], filter_domain="[('ref', '=', False)]")
        partner = self.make_partners(1, function="a")
        self.assertEqual(partner.ref, "1")
        partner.with_context(automation_skip=True).ref = False
        partner.write({"function": "a"})
        self.assertFalse(partner.ref)
        partner.write({"function": "b"})
        self.assertEqual(partner.ref, "1")

    def test_creation_is_one_change(self):
        """What the filter of a rule has computed meanwhile does not count a second time."""
        self.count_rule(
            fire_mode="every",
            filter_domain="[('commercial_partner_id', '!=', False)]",
            fields=["commercial_partner_id"],
        )
        self.assertEqual(self.make_partners(1).ref, "1")

    def test_loop_ends_with_the_chain_in_the_error(self):
        """Rules that start each other without end are stopped, and the error names them."""
        partner = self.make_partners(1, color=0)
        self.make_rule(
            self.code("record.write({'color': record.color + 1})"),
            name="Counts up",
            fields=["color", "function"],
            fire_mode="every",
            max_chain_depth=4,
        )
        message = "more than 4.*Counts up .res.partner. → Counts up.*Add a filter"
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            partner.function = "x"

    def test_loop_does_not_block_when_the_rule_must_not(self):
        """The deepest link of the chain is left out; the user saves."""
        partner = self.make_partners(1, color=0)
        self.make_rule(
            self.code("record.write({'color': record.color + 1})"),
            fields=["color", "function"],
            fire_mode="every",
            max_chain_depth=4,
            on_error="isolate",
        )
        with self.assertLogs("odoo.addons.base_automation_ext", "WARNING") as logs:
            partner.function = "x"
        self.assertEqual((partner.function, partner.color), ("x", 4))
        self.assertIn("start each other without end", logs.output[0])

    def test_default_depth_names_rules_and_not_actions(self):
        """Without a depth of its own a loop of rules is stopped as one of rules."""
        partner = self.make_partners(1, color=0)
        self.make_rule(
            self.code("record.write({'color': record.color + 1})"),
            fields=["color", "function"],
            fire_mode="every",
        )
        with self.assertRaisesRegex(UserError, "Automation rules start each other.*than 30"):
            with self.env.cr.savepoint():
                partner.function = "x"
        # The chain is left as it was: the next change starts a new one.
        with self.assertRaisesRegex(UserError, "than 30"), self.env.cr.savepoint():
            partner.function = "y"


@tagged("post_install", "-at_install")
class TestStopOthers(RuleCase):
    def mark(self, letter, **vals):
        source = f"record.write({{'ref': (record.ref or '') + '{letter}'}})"
        return self.make_rule(self.code(source), **{"fields": ["function"], **vals})

    def test_later_rules_leave_out_the_records_it_ran_on(self):
        """Only records the stopping rule took, only rules after it, only this change."""
        self.mark("a", sequence=1)
        stopping = self.mark(
            "b", sequence=2, stop_others=True, filter_domain="[('city', '=', 'Mons')]"
        )
        self.mark("c", sequence=3)
        partners = self.make_partners(2, city="Mons")
        partners.with_context(automation_skip=True).ref = False
        partners[1].city = False
        partners.write({"function": "x"})
        self.assertEqual(partners.mapped("ref"), ["ab", "ac"])
        stopping.stop_others = False
        partners.write({"ref": False, "function": "y"})
        self.assertEqual(partners.mapped("ref"), ["abc", "ac"])

    def test_rule_that_does_not_run_stops_nothing(self):
        """A limit or a field that did not change keeps a rule from running, and from stopping."""
        self.mark("a", sequence=1, stop_others=True, limit_per_record=1, trigger="on_update")
        self.mark("b", sequence=2, trigger="on_update")
        partner = self.make_partners(1)
        partner.function = "x"
        self.assertEqual(partner.ref, "a")
        partner.function = "y"
        self.assertEqual(partner.ref, "ab")

    def test_on_creation_and_deletion(self):
        """The same for new records, and for those that are about to be deleted."""
        self.mark("a", sequence=1, stop_others=True, trigger="on_create")
        self.mark("b", sequence=2, trigger="on_create")
        partner, note = self.make_partners(2)
        self.assertEqual(partner.ref, "a")
        for number in (1, 2):
            self.make_rule(
                self.code(f"env['res.partner'].browse({note.id}).write({{'comment': '{number}'}})"),
                trigger="on_unlink",
                stop_others=True,
                sequence=number,
            )
        partner.unlink()
        self.assertIn("1", note.comment)
