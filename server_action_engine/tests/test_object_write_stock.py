"""``object_write`` with the single value of stock Odoo, in bulk."""

from odoo import Command
from odoo.tests import tagged

from .common import EngineCase


@tagged("post_install", "-at_install", "server_action_engine")
class TestStockValue(EngineCase):
    """What stock Odoo can configure does what it did, with fewer calls."""

    def _update(self, path, records=None, **values):
        action = self.new_action("object_write", update_path=path, **values)
        calls = []
        original = type(self.env["res.partner"]).write

        def counting(partners, vals):
            if set(vals) & {"function", "ref"}:
                calls.append(len(partners))
            return original(partners, vals)

        self.patch(type(self.env["res.partner"]), "write", counting)
        self.run_on(action, self.partners if records is None else records)
        return calls

    def test_a_value_is_one_write(self):
        """All records at once."""
        self.assertEqual(self._update("function", value="Boss"), [4])
        self.assertEqual(self.partners.mapped("function"), ["Boss"] * 4)

    def test_an_equation_is_evaluated_per_record(self):
        """Equal results are written together."""
        calls = self._update(
            "function", evaluation_type="equation", value="'odd' if record.color % 2 else 'even'"
        )
        self.assertEqual(calls, [2, 2])
        self.assertEqual(self.partners.mapped("function"), ["even", "odd"] * 2)

    def test_an_equation_sees_its_own_record_in_the_context(self):
        """``active_id`` is the record at hand, as in stock Odoo."""
        self._update("ref", evaluation_type="equation", value="env.context['active_id']")
        self.assertEqual(self.partners.mapped("ref"), [str(one) for one in self.partners.ids])

    def test_a_sequence_gives_one_number_per_record(self):
        """Numbers are not shared."""
        sequence = self.env["ir.sequence"].create({"name": "S", "prefix": "S", "padding": 2})
        self._update("ref", evaluation_type="sequence", sequence_id=sequence.id)
        self.assertEqual(self.partners.mapped("ref"), ["S01", "S02", "S03", "S04"])

    def test_a_path_updates_the_records_it_leads_to(self):
        """Each of them once."""
        self.partners[1:].parent_id = self.partner
        self.assertEqual(self._update("parent_id.ref", self.partners[1:], value="P"), [1])
        self.assertEqual(self.partner.ref, "P")

    def test_the_operations_on_several_records(self):
        """Add, remove, set and clear work on every record of the batch."""
        tag, other = self.env["res.partner.category"].create([{"name": "A"}, {"name": "B"}])
        self.partners.category_id = other
        for operation, expected in [
            ("add", tag | other),
            ("remove", other),
            ("set", tag),
            ("clear", tag.browse()),
        ]:
            with self.subTest(operation=operation):
                self._update("category_id", update_m2m_operation=operation, value=str(tag.id))
                for partner in self.partners:
                    self.assertEqual(partner.category_id, expected)

    def test_an_action_without_active_model_works_on_its_own_model(self):
        """As in stock Odoo, the id alone is enough."""
        action = self.new_action("object_write", update_path="function", value="Alone")
        action.with_context(active_id=self.partner.id).run()
        self.assertEqual(self.partner.function, "Alone")

    def test_a_runner_of_another_module_is_used(self):
        """A module that changes how one record is updated is still heard."""
        seen = []

        def own(action, eval_context=None):
            seen.append(eval_context["record"])

        own.__module__ = "odoo.addons.somebody.models.action"
        self.patch(type(self.env["ir.actions.server"]), "_run_action_object_write", own)
        action = self.new_action("object_write", update_path="function", value="x")
        self.run_on(action, self.partners[:2])
        self.assertEqual(seen, [self.partners[0], self.partners[1]])

    def test_values_of_another_module_are_used(self):
        """A module that changes how the value is computed is still heard."""
        original = type(self.env["ir.actions.server"])._eval_value

        def own(actions, eval_context=None):
            return {key: f"<{value}>" for key, value in original(actions, eval_context).items()}

        self.patch(type(self.env["ir.actions.server"]), "_eval_value", own)
        self._update("function", evaluation_type="equation", value="record.name")
        self.assertEqual(self.partners[1].function, "<Partner 1>")

    def test_a_form_being_edited_gets_the_value(self):
        """As in stock Odoo, nothing is saved."""
        action = self.new_action("object_write", update_path="function", value="typed")
        draft = self.env["res.partner"].new({"name": "Draft"}, origin=self.partner)
        action.with_context(onchange_self=draft, active_model="res.partner").run()
        self.assertEqual(draft.function, "typed")
        self.assertFalse(self.partner.function)

    def test_values_of_a_mapping_replace_the_single_value(self):
        """The single value is ignored once there are lines."""
        action = self.new_action(
            "object_write",
            update_path="function",
            value="single",
            value_line_ids=[Command.create({"field_id": self.field("ref").id, "value": "line"})],
        )
        self.run_on(action, self.partner)
        self.assertEqual((self.partner.ref, self.partner.function), ("line", False))
