"""``object_write``: many fields, many records, other records."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import EngineCase


@tagged("post_install", "-at_install", "server_action_engine")
class TestObjectWrite(EngineCase):
    """Mapped values are written in as few calls as possible, where they belong."""

    @classmethod
    def line(cls, name, value, value_type="value", model="res.partner", **values):
        """Return the command that adds a mapped value."""
        return Command.create(
            {
                "field_id": cls.field(name, model).id,
                "value_type": value_type,
                "value": value,
                **values,
            }
        )

    def _count_writes(self, action, records):
        """Return how many ``write`` calls on partners the action makes."""
        calls = []
        original = type(self.env["res.partner"]).write

        def counting(partners, vals):
            calls.append((len(partners), vals))
            return original(partners, vals)

        self.patch(type(self.env["res.partner"]), "write", counting)
        self.run_on(action, records)
        return calls

    def test_many_fields_are_one_write(self):
        """Constant values on many records make one call with all of them."""
        action = self.new_action(
            "object_write",
            value_line_ids=[
                self.line("color", "9"),
                self.line("function", "Boss"),
                self.line("country_id", "base.us", "reference"),
            ],
        )
        calls = self._count_writes(action, self.partners)
        self.assertEqual([count for count, _vals in calls], [4])
        self.assertEqual(set(calls[0][1]), {"color", "function", "country_id"})
        self.assertEqual(self.partners.mapped("color"), [9] * 4)

    def test_equal_values_share_a_write(self):
        """Computed values are written in groups."""
        action = self.new_action(
            "object_write", value_line_ids=[self.line("ref", "record.color % 2", "equation")]
        )
        calls = self._count_writes(action, self.partners)
        self.assertEqual([count for count, _vals in calls], [2, 2])
        self.assertEqual(self.partners.mapped("ref"), ["0", "1", "0", "1"])

    def test_the_number_of_queries_does_not_grow_with_the_batch(self):
        """Ten times the records take as many queries."""
        action = self.new_action(
            "object_write",
            value_line_ids=[self.line("ref", "x"), self.line("function", "name", "path")],
            log_level="off",
        )
        Partner = self.env["res.partner"]
        few = Partner.create([{"name": "Same"} for _number in range(5)])
        many = Partner.create([{"name": "Same"} for _number in range(50)])
        self.env.flush_all()
        self.run_on(action, many[:1])  # fills the caches of the configuration
        counts = []
        for records in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.run_on(action, records)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_a_path_leads_to_the_records_to_update(self):
        """The records a path leads to get the values, each once."""
        parent, other = self.partners[:2]
        children = self.partners[2:]
        children.parent_id = parent
        action = self.new_action(
            "object_write",
            write_target="path",
            write_path="parent_id",
            value_line_ids=[self.line("ref", "parent")],
        )
        calls = self._count_writes(action, children)
        self.assertEqual([call for call in calls if "ref" in call[1]], [(1, {"ref": "parent"})])
        self.assertEqual(parent.ref, "parent")
        self.assertFalse(other.ref)

    def test_an_expression_yields_the_records_to_update(self):
        """Recordsets, ids, ids as text and lists of ids are understood, as OpenERP did."""
        target = self.partners[1]
        for expression in (
            f"env['res.partner'].browse({target.id})",
            str(target.id),
            f"'{target.id}'",
            f"[{target.id}]",
            f"record.browse({target.id}).id",
        ):
            with self.subTest(expression=expression):
                target.ref = False
                action = self.new_action(
                    "object_write",
                    write_expression=expression,
                    value_line_ids=[self.line("ref", "record.name", "equation")],
                )
                self.assertEqual(action.write_target, "expression")
                self.run_on(action, self.partner)
                self.assertEqual(target.ref, self.partner.name)

    def test_an_expression_may_yield_records_of_another_model(self):
        """The model to update says which records are meant."""
        category = self.env["res.partner.category"].create({"name": "Before"})
        self.partner.category_id = category
        action = self.new_action(
            "object_write",
            write_target="expression",
            write_expression="record.category_id",
            crud_model_id=self.env["ir.model"]._get_id("res.partner.category"),
            value_line_ids=[self.line("name", "After", model="res.partner.category")],
        )
        self.run_on(action, self.partners)
        self.assertEqual(category.name, "After")

    def test_an_expression_that_yields_something_else_is_named(self):
        """The error says which expression of which action yields what."""
        action = self.new_action(
            "object_write",
            name="Wrong target",
            write_expression="user",
            value_line_ids=[self.line("ref", "x")],
        )
        with self.assertRaisesRegex(UserError, r"Wrong target.*\(user\).*Contact.*not User"):
            self.run_on(action, self.partner)

    def test_each_record_is_the_active_one_while_its_values_are_computed(self):
        """Equations may look at the context, as they may in stock Odoo."""
        action = self.new_action(
            "object_write",
            write_expression="context['active_id']",
            value_line_ids=[
                self.line("ref", "env.context['active_id']", "equation"),
                self.line("function", "[[ env.context['active_ids'] ]]", "template"),
            ],
        )
        self.run_on(action, self.partners)
        ids = [str(partner_id) for partner_id in self.partners.ids]
        self.assertEqual(self.partners.mapped("ref"), ids)
        self.assertEqual(self.partners.mapped("function"), ids)

    def test_a_filter_finds_the_records_to_update(self):
        """A filter may use the record at hand."""
        self.partners[2:].parent_id = self.partner
        action = self.new_action(
            "object_write",
            write_target="domain",
            write_domain="[('parent_id', '=', record.id)]",
            value_line_ids=[self.line("ref", "found")],
        )
        self.run_on(action, self.partner)
        self.assertEqual(self.partners.mapped("ref"), [False, False, "found", "found"])

    def test_several_sources_of_one_target_end_as_if_one_after_the_other(self):
        """The last value wins, links add up."""
        tags = self.env["res.partner.category"].create([{"name": "T1"}, {"name": "T2"}])
        parent, *children = self.partners[:3]
        for child, tag in zip(children, tags, strict=True):
            child.write({"parent_id": parent.id, "category_id": [Command.set(tag.ids)]})
        action = self.new_action(
            "object_write",
            write_target="path",
            write_path="parent_id",
            value_line_ids=[
                self.line("ref", "name", "path"),
                self.line("category_id", "category_id", "path"),
            ],
        )
        self.run_on(action, self.partners[1:3])
        self.assertEqual(parent.ref, self.partners[2].name)
        self.assertEqual(parent.category_id, tags)

    def test_nothing_is_written_where_nothing_is_found(self):
        """A record that leads nowhere is left alone."""
        action = self.new_action(
            "object_write",
            write_target="path",
            write_path="parent_id",
            value_line_ids=[self.line("ref", "x")],
        )
        self.assertEqual(self._count_writes(action, self.partners), [])

    def test_a_value_that_does_not_fit_names_field_action_and_cause(self):
        """A computed result of the wrong kind is explained."""
        action = self.new_action(
            "object_write",
            name="Bad number",
            value_line_ids=[self.line("color", "record.name", "equation")],
        )
        with self.assertRaisesRegex(
            UserError,
            r"“Color Index” in the action “Bad number”.*“Partner 0” is not a whole number",
        ):
            self.run_on(action, self.partner)

    def test_an_equation_that_fails_names_field_action_and_cause(self):
        """The error of an expression is explained, too."""
        action = self.new_action(
            "object_write",
            name="Bad sum",
            value_line_ids=[self.line("color", "record.nothing", "equation")],
        )
        with self.assertRaisesRegex(ValueError, r"“Color Index”.*“Bad sum”.*AttributeError"):
            self.run_on(action, self.partner)

    def test_a_form_being_edited_gets_the_values(self):
        """On a form nothing is saved."""
        action = self.new_action("object_write", value_line_ids=[self.line("ref", "typed")])
        draft = self.env["res.partner"].new({"name": "Draft"}, origin=self.partner)
        action.with_context(onchange_self=draft, active_model="res.partner").run()
        self.assertEqual(draft.ref, "typed")
        self.assertFalse(self.partner.ref)

    def test_a_copied_action_keeps_its_values(self):
        """Duplicating an action duplicates the mapping."""
        action = self.new_action("object_write", value_line_ids=[self.line("ref", "x")])
        self.assertEqual(action.copy().value_line_ids.mapped("value"), ["x"])
