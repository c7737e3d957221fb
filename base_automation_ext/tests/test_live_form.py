"""Rules on forms that are being edited, without code."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestLiveForm(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "editor", groups="base.group_user,base.group_partner_manager"
        )

    def live(self, lines=None, watched="function", **vals):
        """Create a live rule with mapped values ``{field: (type, value)}``."""
        field = self.env["ir.model.fields"]._get("res.partner", watched)
        action = {
            "state": "object_write",
            "value_line_ids": [
                (
                    0,
                    0,
                    {
                        "field_id": self.env["ir.model.fields"]._get("res.partner", name).id,
                        "value_type": kind,
                        "value": value,
                    },
                )
                for name, (kind, value) in (lines or {}).items()
            ],
        }
        return self.make_rule(
            action if lines else [],
            trigger="on_change",
            on_change_field_ids=[(6, 0, field.ids)],
            **vals,
        )

    def form(self, record=None, user=None):
        env = self.env(user=user or self.user)
        return Form(record.with_env(env) if record else env["res.partner"])

    def test_sets_and_clears_values(self):
        """Literals, expressions over what is typed, records; empty clears; nothing is saved."""
        belgium = self.env.ref("base.be")
        self.live(
            {
                "ref": ("equation", "record.function.upper()"),
                "country_id": ("reference", "base.be"),
                "city": ("value", ""),
            },
            filter_domain="[('function', '!=', False)]",
        )
        partner = self.make_partners(1, city="Ghent")
        with self.form(partner) as form:
            form.function = "boss"
            self.assertEqual((form.ref, form.country_id, form.city), ("BOSS", belgium, False))
            partner.invalidate_recordset()
            self.assertEqual((partner.ref, partner.city), (False, "Ghent"))
            form.function = False
            self.assertEqual(form.ref, "BOSS")
        self.assertEqual((partner.ref, partner.country_id), ("BOSS", belgium))

    def test_scope(self):
        """Users outside its groups, and records of other companies, are left alone."""
        group = self.env["res.groups"].create({"name": "Sellers"})
        company = self.env["res.company"].create({"name": "Elsewhere"})
        rule = self.live({"ref": ("value", "typed")}, only_group_ids=[(6, 0, group.ids)])

        def typed():
            form = self.form()
            form.function = "boss"
            return form.ref

        self.assertFalse(typed())
        self.user.group_ids += group
        self.assertEqual(typed(), "typed")
        rule.company_ids = company
        self.assertFalse(typed())
        rule.company_ids += self.env.company
        self.assertEqual(typed(), "typed")

    def test_new_record(self):
        self.live({"ref": ("equation", "record.name")})
        with self.form() as form:
            form.name = "New one"
            self.assertFalse(form.ref)
            form.function = "x"
            self.assertEqual(form.ref, "New one")
        self.assertEqual(form.record.ref, "New one")

    def test_does_not_fire(self):
        """Another field, a record that does not match, a paused rule, no form."""
        rule = self.live({"ref": ("value", "hit")}, filter_domain="[('city', '=', 'Ghent')]")
        with self.form() as form:
            form.name = "New one"
            form.city = "Ghent"
            self.assertFalse(form.ref)
            form.city = "Paris"
            form.function = "x"
            self.assertFalse(form.ref)
            form.city = "Ghent"
            rule.paused = True
            form.function = "y"
            self.assertFalse(form.ref)
            rule.paused = False
        form.record.function = "z"
        self.assertFalse(form.record.ref)

    def test_records_in_a_many2many_field(self):
        """They are replaced by those named."""
        vip, other = self.env["res.partner.category"].create([{"name": "VIP"}, {"name": "Other"}])
        self.live({"category_id": ("value", str(vip.id))})
        partner = self.make_partners(1, category_id=[(6, 0, other.ids)])
        partner.with_user(self.user)
        result = partner.with_user(self.user).onchange(
            {"function": "x"}, ["function"], {"function": {}, "category_id": {"fields": {}}}
        )
        self.assertIn("category_id", result["value"])
        self.assertEqual(partner.category_id, other)

    def onchange(self, partner, value):
        return partner.with_user(self.user).onchange(
            {"function": value}, ["function"], {"function": {}, "name": {}, "ref": {}}
        )

    def test_warning(self):
        """A template over the record as it is being edited, for an ordinary user."""
        self.live(
            live_warning_title="Mind [[ object.name ]]",
            live_warning_message="[[ object.function ]] was typed by [[ user.login ]].",
            filter_domain="[('function', '=', 'odd')]",
        )
        partner = self.make_partners(1)
        warning = self.onchange(partner, "odd")["warning"]
        self.assertEqual(warning["title"], "Mind Partner 0")
        self.assertEqual(warning["message"], "odd was typed by editor.")
        self.assertNotIn("warning", self.onchange(partner, "even"))

    def test_warning_sees_what_the_actions_have_set(self):
        self.live({"ref": ("value", "set")}, live_warning_message="[[ object.ref or 'nothing' ]]")
        result = self.onchange(self.make_partners(1), "x")
        self.assertEqual(result["warning"]["message"], "set")
        self.assertEqual(result["warning"]["title"], "Warning")

    def test_broken_warning_names_the_rule(self):
        self.live(live_warning_message="[[ object.nothing ]]")
        with self.assertRaisesRegex(UserError, "Test rule"):
            self.onchange(self.make_partners(1), "x")

    def test_what_cannot_work_is_refused(self):
        """Other records, other types of actions, templates that are none."""
        rule = self.live({"ref": ("value", "hit")})
        action = rule.action_server_ids
        for vals in (
            {"write_target": "expression", "write_expression": "record.parent_id"},
            {"value_line_ids": [(5,)], "update_path": "parent_id.ref", "value": "x"},
        ):
            with self.subTest(vals), self.env.cr.savepoint() as savepoint:
                action.write(vals)
                with self.assertRaisesRegex(ValidationError, "something else"):
                    rule._validate_fields(["action_server_ids"])
                savepoint.rollback()
                self.env.invalidate_all()
        with self.assertRaisesRegex(ValidationError, "“Test action” does something else"):
            self.make_rule({"state": "object_create", "value": "x"}, trigger="on_change")
        with self.assertRaisesRegex(ValidationError, "cannot be used"):
            rule.live_warning_message = "[[ object. ]]"

    def test_form_of_the_rule_warns_only_of_what_cannot_work(self):
        rules = self.env["base.automation"]
        update = self.env["ir.actions.server"].new({"state": "object_write", "update_path": "ref"})
        create = self.env["ir.actions.server"].new({"state": "object_create"})
        fine = rules.new({"trigger": "on_change", "action_server_ids": [(6, 0, [])]})
        fine.action_server_ids = update
        self.assertIsNone(fine._onchange_trigger_or_actions())
        fine.action_server_ids = update + create
        self.assertTrue(fine._onchange_trigger_or_actions()["warning"])

    def test_views_ask_about_the_field(self):
        """The form tells the client to ask the server about the watched field."""
        self.live({"ref": ("value", "hit")}, watched="barcode")
        self.assertTrue(
            self.env["res.partner"]._has_onchange(self.env["res.partner"]._fields["barcode"], [])
        )
        self.assertNotEqual(self.env["base.automation"]._mark_of_views(), "")
