"""Rules and archived records: what happens to one is an event like any other (T15)."""

from odoo.tests import tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestArchivedRecords(RuleCase):
    def archived(self, **vals):
        partner = self.make_partners(1, **vals)
        partner.with_context(automation_skip=True).active = False
        self.env.flush_all()
        return partner.with_context(active_test=True)

    def test_events(self):
        """No trigger passes over a record because it is archived."""
        field = self.env["ir.model.fields"]._get
        city = field("res.partner", "city").id
        children = field("res.partner", "child_ids").id
        for vals, change in (
            ({"trigger": "on_update", "fields": ["city"]}, lambda one: one.write({"city": "x"})),
            ({"trigger": "on_create_or_write"}, lambda one: one.write({"city": "x"})),
            (
                {"trigger": "on_field_change", "change_field_id": city},
                lambda one: one.write({"city": "x"}),
            ),
            (
                {"trigger": "on_update", "fire_mode": "collapse"},
                lambda one: (one.write({"city": "x"}), self.env.cr.flush()),
            ),
            ({"trigger": "on_unarchive"}, lambda one: one.action_unarchive()),
            (
                {"trigger": "on_related_change", "related_path": "parent_id.city"},
                lambda one: one.parent_id.write({"city": "x"}),
            ),
            (
                {"trigger": "on_line_change", "line_field_id": children},
                lambda one: one.write({"child_ids": [(0, 0, {"name": "Line"})]}),
            ),
            (
                {"trigger": "on_webhook", "record_getter": "model.browse(payload['id'])"},
                lambda one: self.rule._execute_webhook({"id": one.id}),
            ),
        ):
            with self.subTest(trigger=vals["trigger"]):
                parent = self.make_partners(1, is_company=True)
                partner = self.archived(parent_id=parent.id)
                self.rule = self.make_rule(**vals)
                change(partner)
                self.env.flush_all()
                self.assertEqual(partner.ref, "hit")
                self.rule.unlink()

    def test_archiving(self):
        """The rule on it runs on the records, though they are archived by then."""
        self.make_rule(trigger="on_archive")
        partners = self.make_partners(2)
        partners.action_archive()
        self.assertEqual(partners.mapped("ref"), ["hit"] * 2)

    def test_filters(self):
        """They see archived records; a condition on it says which are meant."""
        self.make_rule(trigger="on_update", filter_domain="[('active', '=', True)]")
        partners = self.archived() + self.make_partners(1)
        partners.write({"city": "x"})
        self.assertEqual(partners.mapped("ref"), [False, "hit"])

    def test_archived_while_it_waits(self):
        """A record put aside is the same record when its turn comes."""
        rule = self.make_rule(trigger="on_update", fields=["city"], debounce_number=1)
        partner = self.make_partners(1)
        partner.city = "x"
        partner.with_context(automation_skip=True).active = False
        tasks = self.env["server.action.task"].search([("res_id", "=", partner.id)])
        tasks.write({"due_at": "2020-01-01 00:00:00"})
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env["server.action.task"]._drain()
        self.env.invalidate_all()
        self.assertTrue(rule)
        self.assertEqual(partner.ref, "hit")
