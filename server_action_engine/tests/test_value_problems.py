"""Mistakes in mapped values are refused when saved, and shown when they arise later."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import EngineCase

#: field, type of value, text, part of the message
_REFUSED = [
    ("color", "value", "many", "“many” is not a whole number"),
    ("is_company", "value", "maybe", "neither yes nor no"),
    ("partner_latitude", "value", "1,5", "not a number"),
    ("type", "value", "nonsense", "not one of the possible values: contact, invoice"),
    ("country_id", "value", "Atlantis", "there is no Country named “Atlantis”"),
    ("country_id", "value", "999999", "there is no Country with the id 999999"),
    ("country_id", "value", "base.main_company", "is a record of Companies"),
    ("country_id", "reference", "base.nothing_here", "no record with the external id"),
    ("country_id", "reference", "United States", "is no external id"),
    ("country_id", "path", "nothing.here", "has no field “nothing”"),
    ("country_id", "path", "name.here", "goes on after “name”"),
    ("country_id", "path", "parent_id", "leads to Contact, but the field wants Country"),
    ("country_id", "path", "name", "type char, which does not fit into a field of type many2one"),
    ("color", "path", "name", "type char, which does not fit into a field of type integer"),
    ("ref", "path", "image_1920", "type binary"),
    ("ref", "path", "", "choose the field the value is taken from"),
    ("ref", "equation", "record.", "invalid syntax"),
    ("ref", "equation", "", "write an expression"),
    ("ref", "equation", "'{0.__class__}'.__class__", "__class__"),
    ("ref", "template", "Hello [[ object. ]]", "object."),
    ("ref", "sequence", "no.such.code", "there is no sequence “no.such.code”"),
    ("ref", "sequence", "", "there is no sequence"),
    ("is_company", "sequence", "mail.x", "cannot go into a field of type boolean"),
    ("category_id", "value", "[[9, 9]]", "neither a list of records"),
    ("category_id", "value", "Nowhere", "there is no Partner Tags named “Nowhere”"),
    ("properties", "value", "{color", "not valid JSON"),
    ("image_1920", "value", "AAAA", "because a file is no text"),
    ("create_date", "value", "today", "Odoo fills this field itself"),
    ("display_name", "value", "x", "Odoo fills this field itself"),
    ("commercial_partner_id", "path", "parent_id", "Odoo computes this field"),
]


@tagged("post_install", "-at_install", "server_action_engine")
class TestValueProblems(EngineCase):
    """Every message names the field, the action and the cause."""

    def _lines(self, *lines):
        return [
            Command.create(
                {"field_id": self.field(name).id, "value_type": value_type, "value": value}
            )
            for name, value_type, value in lines
        ]

    def test_mistakes_are_refused_when_saved(self):
        """Each line of the table cannot be saved."""
        for name, value_type, text, message in _REFUSED:
            with (
                self.subTest(name=name, value_type=value_type, text=text),
                self.assertRaises(ValidationError) as caught,
                self.cr.savepoint(),
            ):
                self.new_action(
                    "object_write",
                    name="Wrong",
                    value_line_ids=self._lines((name, value_type, text)),
                )
            said = str(caught.exception)
            self.assertIn(f"“{self.field(name).field_description}” in the action “Wrong”", said)
            self.assertIn(message, said)

    def test_a_field_of_another_model_is_refused(self):
        """The field belongs to the model the action changes."""
        with self.assertRaisesRegex(ValidationError, "not a field of Contact"):
            self.new_action(
                "object_write",
                value_line_ids=[
                    Command.create({"field_id": self.field("code", "res.country").id, "value": "x"})
                ],
            )

    def test_another_model_needs_other_lines(self):
        """Changing the model of the action checks its lines again."""
        action = self.new_action("object_create", value_line_ids=self._lines(("ref", "value", "x")))
        with self.assertRaisesRegex(ValidationError, "not a field of Country"):
            action.crud_model_id = self.env["ir.model"]._get_id("res.country")

    def test_a_field_is_set_once(self):
        """Two lines for one field contradict each other."""
        with self.assertRaisesRegex(ValidationError, "sets “Reference” twice"):
            self.new_action(
                "object_write",
                value_line_ids=self._lines(("ref", "value", "a"), ("ref", "value", "b")),
            )

    def test_a_target_that_is_not_clear_is_refused(self):
        """Path, expression and filter are checked when saved."""
        for values, message in [
            ({"write_target": "path", "write_path": "nothing"}, "has no field “nothing”"),
            ({"write_target": "path", "write_path": "name"}, "does not lead to records"),
            ({"write_target": "expression"}, "write an expression"),
            ({"write_expression": "record."}, "invalid syntax"),
            ({"write_target": "domain"}, "write a filter"),
            ({"write_domain": "[('nothing', '=', 1)]"}, "nothing"),
        ]:
            with (
                self.subTest(**values),
                self.assertRaisesRegex(ValidationError, message),
                self.cr.savepoint(),
            ):
                self.new_action("object_write", **values)

    def test_a_record_that_vanishes_is_a_warning_and_stops_the_action(self):
        """The warning names field, action and cause; the action refuses to run."""
        tag = self.env["res.partner.category"].create({"name": "Short-lived"})
        action = self.new_action(
            "object_write",
            name="Tags",
            value_line_ids=self._lines(("category_id", "value", str(tag.id))),
        )
        self.assertFalse(action.warning)
        tag_id = tag.id
        tag.unlink()
        action.invalidate_recordset()
        self.assertIn(f"there is no Partner Tags with the id {tag_id}", action.warning)
        self.assertIn("“Tags” in the action “Tags”", action.warning)
        with self.assertRaises(UserError):
            self.run_on(action, self.partner)

    def test_a_field_that_vanishes_is_a_warning(self):
        """The line stays and says which field it was for."""
        added = self.env["ir.model.fields"].create(
            {
                "name": "x_gone",
                "ttype": "char",
                "model_id": self.partner_model.id,
                "field_description": "Gone",
            }
        )
        action = self.new_action(
            "object_write",
            value_line_ids=self._lines(("x_gone", "value", "x"), ("ref", "value", "y")),
        )
        self.env.flush_all()
        added.unlink()
        action.invalidate_recordset()
        self.assertIn("the field “x_gone” no longer exists", action.warning)
        self.assertEqual(len(action.value_line_ids), 2)

    def test_required_fields_without_a_value_are_pointed_out(self):
        """A hint, not an error: Odoo or another addon may fill them."""
        action = self.new_action(
            "object_create",
            crud_model_id=self.env["ir.model"]._get_id("res.country"),
            value_line_ids=[
                Command.create({"field_id": self.field("name", "res.country").id, "value": "X"})
            ],
        )
        self.assertIn("Country Code", action.mapping_hint)
        self.assertNotIn("Name", action.mapping_hint)

    def test_values_are_shown_in_words(self):
        """The list shows labels and names instead of keys and ids."""
        tag = self.env["res.partner.category"].create({"name": "VIP"})
        action = self.new_action(
            "object_write",
            value_line_ids=self._lines(
                ("country_id", "value", str(self.env.ref("base.us").id)),
                ("category_id", "value", str(tag.id)),
                ("type", "value", "delivery"),
                ("is_company", "value", "true"),
                ("ref", "path", "parent_id.country_id"),
                ("color", "equation", "1 + 1"),
            ),
        )
        self.assertEqual(
            action.value_line_ids.mapped("value_label"),
            ["United States", "Add: VIP", "Delivery", "Yes", "Related Company › Country", "1 + 1"],
        )
