"""``old``, ``new`` and ``changed`` in the code and conditions of rules."""

from odoo.tests import tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestOldValues(RuleCase):
    def test_code_compares_old_and_new(self):
        """Code reads the value before the change, and an unwritten field as it is."""
        partners = self.make_partners(2, function="clerk", phone="1")
        partners[1].function = "chef"
        self.make_rule(
            self.code(
                "record.write({'ref': '%s>%s %s' % (old.function, new.function, old.phone)})"
            ),
            fields=["function"],
        )
        partners.write({"function": "boss"})
        self.assertEqual(partners.mapped("ref"), ["clerk>boss 1", "chef>boss 1"])

    def test_condition_on_the_change_itself(self):
        """A condition of an action may ask what has changed, per record."""
        country = self.env.ref("base.be")
        partners = self.make_partners(3)
        partners[1].country_id = country
        self.make_rule(
            {
                "state": "object_write",
                "update_path": "ref",
                "evaluation_type": "value",
                "value": "moved",
                "condition": "changed('country_id') and not old.country_id",
            },
            trigger="on_write",
        )
        partners[:2].write({"country_id": country.id, "function": "x"})
        partners[2].write({"function": "x"})
        self.assertEqual(partners.mapped("ref"), ["moved", False, False])

    def test_creation_has_no_old_values(self):
        """On creation everything has changed, and there is nothing old."""
        self.make_rule(
            self.code(
                "record.write({'ref': '%s %s %s' % (bool(old), old.function, changed('phone'))})"
            ),
            trigger="on_create",
        )
        self.assertEqual(self.make_partners(1, function="x").ref, "False False True")

    def test_unknown_field_is_named_in_the_error(self):
        """Asking for the old value of a field that does not exist says which one."""
        partner = self.make_partners(1)
        self.make_rule(self.code("x = old.nothing"), fields=["function"])
        with self.assertRaisesRegex(ValueError, "nothing"):
            partner.write({"function": "x"})
