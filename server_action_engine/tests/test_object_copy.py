"""``object_copy``: duplicates with some values changed."""

from odoo import Command
from odoo.tests import tagged

from .common import EngineCase


@tagged("post_install", "-at_install", "server_action_engine")
class TestObjectCopy(EngineCase):
    """The template or the record itself is duplicated, mapped values on top."""

    def _line(self, name, value, value_type="value", **values):
        return Command.create(
            {"field_id": self.field(name).id, "value_type": value_type, "value": value, **values}
        )

    def _copies(self, action, records):
        before = self.env["res.partner"].search([])
        self.assertFalse(self.run_on(action, records))
        return (self.env["res.partner"].search([], order="id") - before).sorted("id")

    def test_stock_configuration_duplicates_the_template_per_record(self):
        """As in stock Odoo, and linked."""
        template = self.partners[3]
        action = self.new_action(
            "object_copy",
            resource_ref=f"res.partner,{template.id}",
            link_field_id=self.field("child_ids").id,
        )
        made = self._copies(action, self.partners[:2])
        self.assertEqual(made.mapped("name"), ["Partner 3 (copy)"] * 2)
        self.assertEqual([partner.child_ids for partner in self.partners[:2]], list(made))

    def test_values_replace_those_of_the_template(self):
        """Each duplicate gets the values of its record."""
        action = self.new_action(
            "object_copy",
            resource_ref=f"res.partner,{self.partners[3].id}",
            value_line_ids=[
                self._line("name", "Copy for [[ object.name ]]", "template"),
                self._line("ref", "same"),
            ],
        )
        made = self._copies(action, self.partners[:2])
        self.assertEqual(made.mapped("name"), ["Copy for Partner 0", "Copy for Partner 1"])
        self.assertEqual(made.mapped("ref"), ["same", "same"])
        self.assertEqual(made.mapped("color"), [3, 3])

    def test_without_a_template_the_record_itself_is_duplicated(self):
        """All records in one call when they get equal values."""
        calls = []
        original = type(self.env["res.partner"]).copy

        def counting(partners, default=None):
            calls.append(len(partners))
            return original(partners, default)

        self.patch(type(self.env["res.partner"]), "copy", counting)
        action = self.new_action(
            "object_copy",
            value_line_ids=[self._line("ref", "twin")],
            record_field_id=self.field("parent_id").id,
        )
        made = self._copies(action, self.partners[:3])
        self.assertEqual(calls, [3])
        self.assertEqual(made.mapped("color"), [0, 1, 2])
        self.assertEqual(self.partners[:3].mapped("parent_id"), made)

    def test_added_links_come_on_top_of_those_of_the_original(self):
        """Adding a tag keeps the tags that were copied."""
        old, new = self.env["res.partner.category"].create([{"name": "Old"}, {"name": "New"}])
        self.partner.category_id = old
        action = self.new_action(
            "object_copy", value_line_ids=[self._line("category_id", str(new.id))]
        )
        self.assertEqual(self._copies(action, self.partner).category_id, old | new)

    def test_nothing_to_duplicate_is_a_warning(self):
        """Another model without a template cannot be duplicated."""
        action = self.new_action(
            "object_copy", crud_model_id=self.env["ir.model"]._get_id("res.partner.category")
        )
        self.assertIn("Choose the record to duplicate", action.warning)
