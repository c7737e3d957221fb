"""Whose rights apply while mapped values are read and written."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import EngineCase


@tagged("post_install", "-at_install", "server_action_engine")
class TestValueRights(EngineCase):
    """``run_as`` decides: as system, as the user who starts the action, as a chosen user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            "mapping",
            groups="base.group_user,base.group_partner_manager",
            context={"no_reset_password": True},
        )
        cls.country_model = cls.env["ir.model"]._get("res.country")

    def _line(self, name, value, value_type="value", model="res.partner"):
        return Command.create(
            {"field_id": self.field(name, model).id, "value_type": value_type, "value": value}
        )

    def _run(self, action):
        return self.run_on(action.with_user(self.user), self.partner.with_user(self.user))

    def _make_country(self, run_as):
        return self.new_action(
            "object_create",
            crud_model_id=self.country_model.id,
            run_as=run_as,
            value_line_ids=[
                self._line("name", "Mappingland", model="res.country"),
                self._line("code", "M9", model="res.country"),
            ],
        )

    def test_as_system_the_user_needs_no_rights_on_the_target(self):
        """As in stock Odoo; the record carries the user's name."""
        self._run(self._make_country("stock"))
        country = self.env["res.country"].search([("code", "=", "M9")])
        self.assertEqual(country.create_uid, self.user)

    def test_as_the_user_creating_needs_rights(self):
        """A user who may not create countries cannot do it through an action."""
        with self.assertRaises(AccessError):
            self._run(self._make_country("trigger_user"))

    def test_as_the_user_writing_elsewhere_needs_rights(self):
        """A path to other records is no way around the rights on them."""
        self.partner.country_id = self.env.ref("base.us")
        action = self.new_action(
            "object_write",
            write_target="path",
            write_path="country_id",
            value_line_ids=[self._line("phone_code", "7", model="res.country")],
        )
        self._run(action)
        self.assertEqual(self.env.ref("base.us").phone_code, 7)
        action.run_as = "trigger_user"
        with self.assertRaises(AccessError):
            self._run(action)

    def test_as_a_chosen_user_that_users_rights_count(self):
        """The chosen user's rights, whoever starts the action."""
        action = self._make_country("user")
        action.run_as_user_id = self.env.ref("base.user_admin")
        self._run(action)
        country = self.env["res.country"].search([("code", "=", "M9")])
        self.assertEqual(country.create_uid, self.env.ref("base.user_admin"))

    def test_a_restricted_field_is_not_read_even_if_it_is_in_the_cache(self):
        """Paths respect the groups of each field they pass."""
        self.partner.ref = "secret"
        action = self.new_action(
            "object_write",
            run_as="trigger_user",
            value_line_ids=[self._line("function", "ref", "path")],
        )
        self.patch(self.env["res.partner"]._fields["ref"], "groups", "base.group_system")
        self.assertEqual(self.partner.ref, "secret")  # in the cache now
        with self.assertRaises(AccessError):
            self._run(action)
        action.run_as = "stock"
        self._run(action)
        self.assertEqual(self.partner.function, "secret")

    def test_a_restricted_field_is_not_written(self):
        """Groups of the target field count, too."""
        action = self.new_action(
            "object_write", run_as="trigger_user", value_line_ids=[self._line("ref", "x")]
        )
        self.patch(self.env["res.partner"]._fields["ref"], "groups", "base.group_system")
        with self.assertRaises(AccessError):
            self._run(action)

    def test_upsert_does_not_duplicate_what_the_user_cannot_see(self):
        """A hidden record is found; that the user may not change it is said."""
        hidden = self.env["res.partner.category"].create({"name": "Hidden", "color": 1})
        self.env["ir.rule"].create(
            {
                "name": "Hide",
                "model_id": self.env["ir.model"]._get_id("res.partner.category"),
                "domain_force": f"[('id', '!=', {hidden.id})]",
            }
        )
        action = self.new_action(
            "object_upsert",
            crud_model_id=self.env["ir.model"]._get_id("res.partner.category"),
            run_as="trigger_user",
            upsert_field_ids=[Command.set(self.field("name", "res.partner.category").ids)],
            value_line_ids=[
                self._line("name", "Hidden", model="res.partner.category"),
                self._line("color", "5", model="res.partner.category"),
            ],
        )
        with self.assertRaises(AccessError):
            self._run(action)
        self.assertEqual(
            self.env["res.partner.category"].search_count([("name", "=", "Hidden")]), 1
        )

    def test_only_administrators_see_and_change_the_values(self):
        """Mapped values hold expressions, like code."""
        action = self.new_action("object_write", value_line_ids=[self._line("ref", "x")])
        line = action.value_line_ids.with_user(self.user)
        with self.assertRaises(AccessError):
            line.read(["value"])
        with self.assertRaises(AccessError):
            line.write({"value": "y"})

    def test_the_run_log_keeps_no_restricted_values(self):
        """What was written is noted in short; values of restricted fields are hidden."""
        action = self.new_action(
            "object_write",
            log_level="all",
            value_line_ids=[self._line("ref", "secret"), self._line("function", "Boss")],
        )
        self.patch(self.env["res.partner"]._fields["ref"], "groups", "base.group_system")
        self.run_on(action, self.partners)
        step = self.env["server.action.step"].search(
            [("action_name", "=", "Test action")], order="id desc", limit=1
        )
        self.assertEqual(step.changed_values, {"ref": "•••", "function": "Boss"})
