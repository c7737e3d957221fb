"""Builders for the tests of automation rules."""

from odoo.tests import TransactionCase


class RuleCase(TransactionCase):
    """Works on partners that no other rule concerns."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["base.automation"].search([]).active = False
        cls.partner_model = cls.env["ir.model"]._get("res.partner")

    def make_rule(self, action=None, fields=None, **vals):
        """Create a rule on partners.

        :param action: values of its only action; default writes the reference ``"hit"``
        :param fields: names of the watched fields
        """
        model = vals.pop("model", "res.partner")
        model_id = self.env["ir.model"]._get(model).id
        action = action or {
            "state": "object_write",
            "update_path": "ref",
            "evaluation_type": "value",
            "value": "hit",
        }
        actions = action if isinstance(action, list) else [action]
        if fields is not None:
            names = [self.env["ir.model.fields"]._get(model, name).id for name in fields]
            vals["trigger_field_ids"] = [(6, 0, names)]
        return self.env["base.automation"].create(
            {
                "name": "Test rule",
                "model_id": model_id,
                "trigger": "on_create_or_write",
                "action_server_ids": [
                    (0, 0, {"name": "Test action", "model_id": model_id, **values})
                    for values in actions
                ],
                **vals,
            }
        )

    def make_partners(self, count, **vals):
        """Create partners and write everything to the database."""
        partners = self.env["res.partner"].create(
            [{"name": f"Partner {number}", **vals} for number in range(count)]
        )
        self.env.flush_all()
        return partners

    def queries_of(self, function):
        """Return the number of SQL statements ``function`` causes, all changes written."""
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def code(self, source, **vals):
        """Return the values of a code action."""
        return {"state": "code", "code": source, **vals}
