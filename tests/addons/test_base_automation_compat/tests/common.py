"""Builders for the tests beside other modules."""

from odoo.addons.base_automation_ext.tests.common import RuleCase


class OrderCase(RuleCase):
    """Works on orders which exceptions and reviews guard."""

    def make_order(self, **vals):
        """Create an order and write everything to the database."""
        order = self.env["test.compat.order"].create({"name": "Order", **vals})
        self.env.flush_all()
        return order

    def order_rule(self, action=None, **vals):
        """Create a rule on orders; its action notes ``"hit"`` unless another is given."""
        return self.make_rule(
            action or self.update("note", "hit"), model="test.compat.order", **vals
        )

    def update(self, path, value, **vals):
        """Return the values of an action that updates a field."""
        return {
            "state": "object_write",
            "update_path": path,
            "evaluation_type": "value",
            "value": value,
            **vals,
        }
