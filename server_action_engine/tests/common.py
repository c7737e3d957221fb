"""Builders shared by the tests of the engine."""

from odoo.tests import TransactionCase


class EngineCase(TransactionCase):
    """Actions on partners, with as few lines per test as possible."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_model = cls.env["ir.model"]._get("res.partner")
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Partner {number}", "color": number} for number in range(4)]
        )
        cls.partner = cls.partners[0]

    @classmethod
    def new_action(cls, state, **values):
        """Create a server action; on partners unless ``model_id`` says otherwise."""
        return cls.env["ir.actions.server"].create(
            {"name": "Test action", "model_id": cls.partner_model.id, "state": state, **values}
        )

    @classmethod
    def field(cls, name, model="res.partner"):
        """Return the ``ir.model.fields`` record of a field."""
        return cls.env["ir.model.fields"]._get(model, name)

    @staticmethod
    def run_on(action, records, **context):
        """Run ``action`` on ``records`` as a client does."""
        return action.with_context(
            active_model=records._name,
            active_ids=records.ids,
            active_id=records[:1].id,
            **context,
        ).run()
