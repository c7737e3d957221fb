from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..core.errors import ExpressionError
from .common import EngineCase


@tagged("post_install", "-at_install")
class TestConditions(EngineCase):
    def test_condition_is_applied_per_record(self):
        """Only the records for which the expression is true are touched."""
        action = self.new_action(
            "code", code="records.write({'ref': 'hit'})", condition="record.color > 1"
        )
        self.run_on(action, self.partners)
        self.assertEqual(self.partners.mapped("ref"), [False, False, "hit", "hit"])

    def test_condition_domain_is_applied_per_record(self):
        """The filter is an ordinary domain and may use the names of expressions."""
        action = self.new_action(
            "code",
            code="records.write({'ref': 'hit'})",
            condition_domain="[('color', '>', 0), ('create_uid', '=', uid)]",
            condition="object.color < 3",
        )
        self.run_on(action, self.partners)
        self.assertEqual(self.partners.mapped("ref"), [False, "hit", "hit", False])

    def test_condition_domain_may_name_the_record(self):
        """A filter that looks at the record at hand is another one for each record."""
        action = self.new_action(
            "code",
            code="records.write({'ref': 'hit'})",
            condition_domain="[('name', '=', 'Partner %s' % record.color), ('color', '>', 1)]",
        )
        self.run_on(action, self.partners)
        self.assertEqual(self.partners.mapped("ref"), [False, False, "hit", "hit"])

    def test_filtered_records_are_gone_from_the_context(self):
        """Stock runners read ``active_ids``; they see the remaining records only."""
        action = self.new_action(
            "object_write", update_path="ref", value="x", condition="record.color == 3"
        )
        self.run_on(action, self.partners)
        self.assertEqual(self.partners.mapped("ref"), [False, False, False, "x"])

    def test_always_true_needs_no_evaluation(self):
        """What OpenERP stored for "no condition" is no condition."""
        action = self.new_action("code", code="records.write({'ref': 'x'})", condition="True")
        self.assertFalse(action._has_condition())
        self.run_on(action, self.partners)
        self.assertEqual(set(self.partners.mapped("ref")), {"x"})

    def test_broken_condition_is_refused_when_saved(self):
        """A text that is no expression is not accepted."""
        with self.assertRaisesRegex(ValidationError, "not a valid expression"):
            self.new_action("code", condition="record.color >")
        with self.assertRaisesRegex(ValidationError, "does not fit the model"):
            self.new_action("code", condition_domain="[('no_such_field', '=', 1)]")
        for broken in ("[('color', '=', ", "[('color', '=', uid]", "1", "[('color', '=')]"):
            with (
                self.subTest(broken=broken),
                self.assertRaisesRegex(ValidationError, "does not fit the model"),
            ):
                self.new_action("code", condition_domain=broken)

    def test_failing_condition_names_action_expression_and_cause(self):
        """A condition that fails at run time is a configuration error in plain words."""
        action = self.new_action("code", code="x = 1", condition="record.no_such_field")
        with self.assertRaises(ExpressionError) as caught:
            self.run_on(action, self.partner)
        for text in ("condition", "Test action", "record.no_such_field", "AttributeError"):
            self.assertIn(text, str(caught.exception))

    def test_condition_without_records(self):
        """An action started without records asks its condition once."""
        action = self.new_action("code", code="action = {'type': 'done'}", condition="uid == -5")
        self.assertFalse(action.run())
        action.condition = "not record"
        self.assertEqual(action.run(), {"type": "done"})
