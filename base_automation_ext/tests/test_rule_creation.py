"""A new record fires a rule once, with the values it has in the end."""

from odoo.tests import tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestRuleCreation(RuleCase):
    """Partners compute their full name and their commercial entity one by one."""

    def setUp(self):
        super().setUp()
        self.seen = self.env["res.partner.category"]
        self.counting = self.code(
            "env['res.partner.category'].create("
            "[{'name': 'seen %s' % record.complete_name} for record in records])"
        )

    def count(self, since):
        """Return how often the counting action has run on a record after the first ``since``."""
        self.env.flush_all()
        found = self.seen.search([("name", "like", "seen ")], order="id")
        return found.mapped("name")[since:]

    def test_creation_fires_once(self):
        """Neither the computed fields nor a filter on them make it two or three (T4)."""
        for domain in (False, "[('complete_name', '!=', False)]"):
            since = len(self.count(0))
            rule = self.make_rule(self.counting, filter_domain=domain)
            self.env["res.partner"].create([{"name": "One"}, {"name": "Two"}])
            self.assertEqual(self.count(since), ["seen One", "seen Two"], domain)
            rule.unlink()

    def test_later_change_of_a_computed_field_fires(self):
        """A change in the same transaction is one, whatever was pending when it was created."""
        self.make_rule(self.counting, fields=["complete_name"])
        partner = self.env["res.partner"].create({"name": "One"})
        self.assertEqual(self.count(0), ["seen One"])
        partner.name = "Uno"
        self.assertEqual(self.count(1), ["seen Uno"])

    def test_update_trigger_does_not_take_computations_for_changes(self):
        """“On update only” is silent for everything that belongs to the creation."""
        self.make_rule(self.counting, trigger="on_update")
        partner = self.env["res.partner"].create({"name": "One"})
        self.assertEqual(self.count(0), [])
        partner.comment = "go"
        self.assertEqual(self.count(0), ["seen One"])

    def test_statements_of_a_bulk_creation(self):
        """As many for forty records as for four, though their fields are computed one by one."""
        self.make_rule()

        def create(count):
            vals = [{"name": f"Partner {number}"} for number in range(count)]
            return self.queries_of(lambda: self.env["res.partner"].create(vals))

        create(4)
        self.assertEqual(create(40), create(4))
