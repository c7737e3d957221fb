"""OCA's exceptions guard records beside automation rules."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import OrderCase


@tagged("post_install", "-at_install")
class TestBaseException(OrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exception = cls.env["exception.rule"].create(
            {
                "name": "The amount is negative",
                "model": "test.compat.order",
                "exception_type": "by_domain",
                "domain": "[('amount', '<', 0)]",
            }
        )

    def test_both_look_at_the_same_change(self):
        """A good order is saved and the rule runs; a bad one is refused with all its effects."""
        order = self.make_order()
        rule = self.order_rule(fields=["amount"])
        order.amount = 5
        self.assertEqual(order.note, "hit")
        order.note = False
        with self.assertRaisesRegex(ValidationError, "The amount is negative"):
            with self.env.cr.savepoint():
                order.amount = -1
        self.assertEqual((order.amount, order.note), (5, False))
        self.assertEqual(rule.run_count, 1, "nothing is logged of a change that never was")

    def test_exception_stops_what_a_rule_writes(self):
        """A rule cannot get around an exception; by its policy it keeps the user from saving."""
        order = self.make_order(amount=1)
        self.order_rule(self.update("amount", "-3"), fields=["name"])
        with self.assertRaisesRegex(ValidationError, "The amount is negative"):
            with self.env.cr.savepoint():
                order.name = "Renamed"
        self.assertEqual((order.name, order.amount), ("Order", 1))

    def test_isolated_rule_lets_the_user_save(self):
        """With “go on without the failing records” the exception undoes the rule's part only."""
        order = self.make_order(amount=1)
        self.order_rule(self.update("amount", "-3"), fields=["name"], on_error="isolate")
        order.name = "Renamed"
        self.assertEqual((order.name, order.amount), ("Renamed", 1))
        self.assertFalse(order.exception_ids)

    def test_isolation_leaves_out_the_refused_record_only(self):
        """Of several orders the rule changes those that no exception refuses."""
        self.exception.domain = "[('amount', '>', 100)]"
        orders = self.make_order(amount=5) + self.make_order(amount=50) + self.make_order(amount=7)
        action = self.code("record.write({'amount': record.amount * 10})")
        self.order_rule(action, fields=["note"], on_error="isolate")
        orders.write({"note": "go"})
        self.assertEqual(orders.mapped("amount"), [50, 50, 70])

    def test_rule_on_a_detected_exception(self):
        """The stored field the exceptions compute triggers rules."""
        self.order_rule(
            fields=["main_exception_id"], filter_domain="[('main_exception_id', '!=', False)]"
        )
        order = self.make_order()
        order.with_context(raise_exception=False).amount = -1
        self.env.flush_all()
        self.assertEqual(order.main_exception_id, self.exception)
        self.assertEqual(order.note, "hit")
