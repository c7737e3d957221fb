"""Odoo's own triggers: each fires when it should, and not when it should not."""

from odoo.tests import tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestStockTriggers(RuleCase):
    def custom_field(self, name, ttype, **vals):
        return self.env["ir.model.fields"].create(
            {
                "name": name,
                "model_id": self.partner_model.id,
                "field_description": name,
                "ttype": ttype,
                **vals,
            }
        )

    def selection_field(self, name):
        values = [(0, 0, {"value": value, "name": value.title()}) for value in ("new", "won")]
        return self.custom_field(name, "selection", selection_ids=values)

    def fired(self, partner):
        """Tell whether the rule has run on the partner since the last time."""
        hit = partner.ref == "hit"
        partner.with_context(automation_skip=True).ref = False
        return hit

    def assert_fires(self, on, *others, start=(), again=False, **vals):
        """Check one trigger.

        :param on: values that fire it when they are written
        :param others: values that do not, written first
        :param start: values of the record before
        :param again: whether writing the values of ``on`` once more fires it again
        """
        with self.subTest(vals["trigger"]):
            rule = self.make_rule(**vals)
            partner = self.make_partners(1, **dict(start))
            self.fired(partner)
            for values in others:
                partner.write(values)
                self.assertFalse(self.fired(partner), values)
            partner.write(on)
            self.assertTrue(self.fired(partner))
            partner.write(on)
            self.assertEqual(self.fired(partner), again)
            rule.unlink()

    def test_values_that_are_set(self):
        """Stage, tag, priority and status; each when it becomes the value, not when it stays."""
        priority, state = map(self.selection_field, ("x_studio_priority", "x_studio_state"))
        stages = self.env["res.partner.industry"].create([{"name": "New"}, {"name": "Won"}])
        tags = self.env["res.partner.category"].create([{"name": "Cold"}, {"name": "Hot"}])
        self.custom_field("x_studio_stage_id", "many2one", relation=stages._name)
        self.custom_field("x_studio_tag_ids", "many2many", relation=tags._name)
        won = {field.name: field.selection_ids[1].id for field in priority + state}
        self.assert_fires(
            {"x_studio_stage_id": stages[1].id},
            {"x_studio_stage_id": stages[0].id},
            {"function": "x"},
            trigger="on_stage_set",
            trg_field_ref=stages[1].id,
        )
        self.assert_fires(
            {"x_studio_tag_ids": [(4, tags[1].id)]},
            {"x_studio_tag_ids": [(4, tags[0].id)]},
            {"function": "x"},
            trigger="on_tag_set",
            trg_field_ref=tags[1].id,
        )
        for trigger, name in (
            ("on_priority_set", "x_studio_priority"),
            ("on_state_set", "x_studio_state"),
        ):
            self.assert_fires(
                {name: "won"},
                {name: "new"},
                {"function": "x"},
                trigger=trigger,
                trg_selection_field_id=won[name],
            )

    def test_user_and_archive(self):
        user = self.env.user
        self.assert_fires({"user_id": user.id}, {"function": "x"}, trigger="on_user_set")
        self.assert_fires({"active": False}, {"function": "x"}, trigger="on_archive")
        archived = {"active": False}
        self.assert_fires(
            {"active": True}, {"function": "x"}, start=archived, trigger="on_unarchive"
        )

    def test_save(self):
        """New or changed; the watched fields only, if there are any."""
        for trigger in ("on_create_or_write", "on_write"):
            self.assert_fires({"city": "x"}, {"function": "x"}, trigger=trigger, fields=["city"])
            # As in Odoo: without fields, every save counts.
            self.assert_fires({"city": "x"}, trigger=trigger, fields=[], again=True)

    def test_creation_only_and_update_only(self):
        for trigger, created, written in (
            ("on_create", True, False),
            ("on_create_or_write", True, True),
            ("on_write", False, True),
        ):
            with self.subTest(trigger):
                # Without fields "on write" hears what Odoo computes of a new record, too.
                rule = self.make_rule(trigger=trigger, fields=["function"])
                partner = self.make_partners(1)
                self.assertEqual(self.fired(partner), created)
                partner.function = "x"
                self.assertEqual(self.fired(partner), written)
                rule.unlink()

    def test_deletion(self):
        """Not archiving, nor any other change."""
        witness = self.make_partners(1)
        source = f"env['res.partner'].browse({witness.id}).write({{'ref': 'hit'}})"
        self.make_rule(self.code(source), trigger="on_unlink")
        partner = self.make_partners(1)
        partner.write({"function": "x", "active": False})
        self.assertFalse(self.fired(witness))
        partner.unlink()
        self.assertTrue(self.fired(witness))
