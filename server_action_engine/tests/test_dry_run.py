import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..core.frames import state_of
from .common import EngineCase


class DryRunCase(EngineCase):
    """Dry runs on the test's partners."""

    def dry_run(self, action, records=None):
        """Return the report, which must be plain data."""
        report = action._dry_run(self.partners if records is None else records)
        return json.loads(json.dumps(report))

    def values(self, report, record, part="changed"):
        """Return ``{field: (before, after)}`` of one record in the report."""
        for entry in report[part]:
            if (entry["model"], entry["id"]) == (record._name, record.id):
                return {row["name"]: (row["before"], row["after"]) for row in entry["fields"]}
        return {}

    def sent(self, report, kind):
        return [item for item in report["outgoing"] if item["kind"] == kind]


@tagged("post_install", "-at_install")
class TestDryRun(DryRunCase):
    def test_values_before_and_after_without_a_change(self):
        """Every record's value is shown, and none of them is different afterwards."""
        self.partners[0].ref = "old"
        action = self.new_action("object_write", update_path="ref", value="new")
        report = self.dry_run(action)
        self.assertEqual(self.values(report, self.partners[0]), {"ref": ("old", "new")})
        self.assertEqual(self.values(report, self.partners[3]), {"ref": (None, "new")})
        self.assertEqual(self.partners.mapped("ref"), ["old", False, False, False])
        self.env.cr.execute("SELECT ref FROM res_partner WHERE id = %s", [self.partner.id])
        self.assertEqual(self.env.cr.fetchone(), ("old",))

    def test_values_are_shown_as_people_read_them(self):
        """Names of related records, labels of choices, yes and no, plain text of HTML."""
        country = self.env.ref("base.be")
        action = self.new_action(
            "code",
            code=f"record.write({{'country_id': {country.id}, 'is_company': True, "
            "'comment': '<p>Hello <b>you</b></p>', 'type': 'invoice'})",
        )
        values = self.values(self.dry_run(action, self.partner), self.partner)
        self.assertEqual(values["country_id"], (None, country.display_name))
        self.assertEqual(values["is_company"], ("No", "Yes"))
        self.assertIn("Hello *you*", values["comment"][1])
        label = dict(self.partner._fields["type"]._description_selection(self.env))["invoice"]
        self.assertEqual(values["type"][1], label)

    def test_records_chosen_by_company(self):
        """Such a column holds a value per company; shown is that of the reader's."""
        self.env["ir.model.fields"].create(
            {
                "name": "x_country_id",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "many2one",
                "relation": "res.country",
                "company_dependent": True,
                "state": "manual",
            }
        )
        country = self.env.ref("base.be")
        code = f"record.write({{'x_country_id': {country.id}}})"
        report = self.dry_run(self.new_action("code", code=code), self.partner)
        values = self.values(report, self.partner)
        self.assertEqual(values["x_country_id"], (None, country.display_name))

    def test_raw_sql_is_seen_as_well(self):
        """The database is asked, not the ORM; savepoints inside do not hide a row."""
        action = self.new_action(
            "code",
            code="env.cr.execute('SAVEPOINT x')\n"
            "env.cr.execute('UPDATE res_partner SET ref = %s WHERE id = %s', ['raw', record.id])\n"
            "env.cr.execute('RELEASE SAVEPOINT x')",
        )
        report = self.dry_run(action, self.partner)
        self.assertEqual(self.values(report, self.partner), {"ref": (None, "raw")})

    def test_only_the_dry_run_is_shown(self):
        """Rows the transaction wrote before are not; a value written back is no change."""
        self.partners[1].ref = "before the dry run"
        action = self.new_action("code", code="record.write({'ref': record.ref})")
        report = self.dry_run(action)
        self.assertEqual(report["changed"], [])
        self.assertEqual(self.partners[1].ref, "before the dry run")

    def test_created_records_are_shown_and_gone(self):
        """With the values they would have."""
        action = self.new_action(
            "code", code="env['res.partner'].create({'name': 'Child', 'parent_id': record.id})"
        )
        before = self.env["res.partner"].search_count([])
        report = self.dry_run(action, self.partner)
        [entry] = [row for row in report["created"] if row["model"] == "res.partner"]
        self.assertIn("Child", entry["name"])
        fields = {row["name"]: row["after"] for row in entry["fields"]}
        self.assertEqual(fields["name"], "Child")
        self.assertIn(self.partner.name, fields["parent_id"])
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_deleted_records_are_shown_and_still_there(self):
        """By name, with what would be lost."""
        action = self.new_action("code", code="record.unlink()")
        report = self.dry_run(action, self.partner)
        entries = [row for row in report["deleted"] if row["model"] == "res.partner"]
        self.assertEqual([row["id"] for row in entries], self.partner.ids)
        self.assertTrue(self.partner.exists())

    def test_links_are_shown_as_changes_of_the_field(self):
        """Tables of many-to-many fields have no ids, but a meaning."""
        one, two = self.env["res.partner.category"].create([{"name": "One"}, {"name": "Two"}])
        self.partner.category_id = one
        action = self.new_action(
            "code", code=f"record.write({{'category_id': [(6, 0, [{two.id}])]}})"
        )
        report = self.dry_run(action, self.partner)
        values = self.values(report, self.partner)
        self.assertEqual(values, {"category_id": (None, "+ Two, − One")})
        self.assertEqual(self.partner.category_id, one)

    def test_conditions_say_who_is_left_out_and_why(self):
        """Which of the two conditions refused which record."""
        action = self.new_action(
            "code",
            code="x = 1",
            condition_domain="[('color', '<', 3)]",
            condition="record.color > 0",
        )
        [condition] = self.dry_run(action)["conditions"]
        self.assertEqual([row["id"] for row in condition["kept"]], self.partners[1:3].ids)
        reasons = {row["id"]: row["reason"] for row in condition["left_out"]}
        self.assertIn("Applies to", reasons[self.partners[3].id])
        self.assertIn("condition", reasons[self.partners[0].id])
        self.assertEqual(condition["kept"][0]["name"], "Partner 1")

    def test_an_error_is_reported_and_undone(self):
        """What would fail fails in the report only."""
        action = self.new_action(
            "code", code="record.write({'ref': 'x'})\nraise UserError('it breaks')"
        )
        report = self.dry_run(action)
        self.assertEqual((report["state"], report["error"]["type"]), ("failed", "UserError"))
        self.assertIn("it breaks", report["error"]["message"])
        self.assertIn("Traceback", report["error"]["traceback"])
        self.assertFalse(self.partner.ref)

    def test_a_database_error_is_survived(self):
        """The transaction goes on after a failed statement."""
        action = self.new_action("code", code="env.cr.execute('SELECT * FROM no_such_table')")
        with self.assertLogs("odoo.sql_db", "ERROR"):
            report = self.dry_run(action, self.partner)
        self.assertIn("no_such_table", report["error"]["message"])
        self.assertTrue(self.partner.exists())

    def test_cost_is_measured(self):
        """SQL statements and time of the run, without those of the report."""
        action = self.new_action("code", code="env.cr.execute('SELECT 1')")
        report = self.dry_run(action, self.partner)
        self.assertGreater(report["sql_count"], 0)
        self.assertLess(report["sql_count"], 40)
        self.assertGreater(report["duration_ms"], 0)

    def test_steps_are_shown(self):
        """The same timeline as in the run log."""
        action = self.new_action("code", name="Only step", code="log('hello')")
        report = self.dry_run(action, self.partner)
        self.assertEqual([step["name"] for step in report["steps"]], ["Only step"])
        self.assertTrue(any("hello" in text for text in report["steps"][0]["messages"]))
        self.assertTrue(any("log()" in text for text in report["warnings"]))

    def test_a_dry_run_leaves_no_run(self):
        """Neither of an action that works nor of one that fails."""
        for code in ("x = 1", "raise UserError('no')"):
            action = self.new_action("code", code=code)
            self.dry_run(action)
            self.env.cr.postcommit.run()
            self.assertFalse(self.env["server.action.run"].search([("action_id", "=", action.id)]))

    def test_stored_computed_fields_are_part_of_the_picture(self):
        """Values that follow from the written ones, on other records too."""
        child = self.env["res.partner"].create({"name": "Child", "parent_id": self.partner.id})
        action = self.new_action("object_write", update_path="name", value="Renamed")
        report = self.dry_run(action, self.partner)
        self.assertIn("complete_name", self.values(report, child))
        self.assertIn("Partner 0", child.complete_name)

    def test_secret_values_are_hidden(self):
        """It is told that they change, not how."""
        user = new_test_user(self.env, "dry_secret", "base.group_user", password="hunter2-old")
        action = self.env["ir.actions.server"].create(
            {
                "name": "Secret",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "state": "code",
                "code": "record.write({'password': 'swordfish-new'})",
            }
        )
        report = self.dry_run(action, user)
        self.assertNotIn("swordfish-new", json.dumps(report))
        self.assertEqual(self.values(report, user)["password"], ("•••", "•••"))

    def test_only_administrators_may_dry_run(self):
        """An action is code; a dry run of it runs that code."""
        user = new_test_user(self.env, "dry_plain", "base.group_user")
        action = self.new_action("code", code="x = 1")
        with self.assertRaises(AccessError):
            action.with_user(user)._dry_run(self.partner.with_user(user))
        with self.assertRaises(AccessError):
            self.env["server.action.dry.run"].with_user(user).create({"action_id": action.id})

    def test_records_of_another_model_are_refused(self):
        """With the names of both models."""
        action = self.new_action("code", code="x = 1")
        with self.assertRaisesRegex(UserError, "works on"):
            action._dry_run(self.env.user)

    def test_a_dry_run_does_not_start_another(self):
        """Not even from within the code of the action."""
        action = self.new_action("code", code="action = None\nrecord.env['ir.actions.server']")
        action.code = f"env['ir.actions.server'].browse({action.id})._dry_run(record)"
        error = self.dry_run(action, self.partner)["error"]
        self.assertTrue(error)
        self.assertIsNone(state_of(self.env.cr).dry_run)


@tagged("post_install", "-at_install")
class TestDryRunWizard(DryRunCase):
    def wizard(self, **values):
        action = self.new_action("object_write", update_path="ref", value="new")
        return self.env["server.action.dry.run"].create({"action_id": action.id, **values})

    def test_records_by_filter(self):
        """The filter finds the records, the limit bounds them, the report is shown."""
        wizard = self.wizard(record_domain=f"[('id', 'in', {self.partners.ids})]", record_limit=3)
        self.assertEqual(wizard.record_count, 4)
        action = wizard.action_dry_run()
        self.assertEqual((action["res_id"], action["target"]), (wizard.id, "new"))
        self.assertEqual(wizard.report["records"], 3)
        self.assertEqual(len(wizard.report["changed"]), 3)

    def test_records_by_id(self):
        """Separated by commas or blanks; anything else is refused."""
        wizard = self.wizard(choose_by="ids", record_ids_text=f"{self.partners[0].id}, 0")
        wizard.action_dry_run()
        self.assertEqual(wizard.report["records"], 1)
        wizard.record_ids_text = "seven"
        with self.assertRaisesRegex(UserError, "whole numbers"):
            wizard.action_dry_run()

    def test_no_record_is_a_clear_message(self):
        """A filter that finds nothing, and one that is no filter."""
        wizard = self.wizard(record_domain="[('id', '=', 0)]")
        with self.assertRaisesRegex(UserError, "No record matches"):
            wizard.action_dry_run()
        wizard.record_domain = "[('id', "
        with self.assertRaisesRegex(UserError, "cannot be understood"):
            wizard.action_dry_run()

    def test_a_scheduled_action_runs_without_records(self):
        """As its scheduler starts it; its commits are not."""
        cron = self.env["ir.cron"].create(
            {
                "name": "Nightly",
                "model_id": self.partner_model.id,
                "state": "code",
                "code": f"model.browse({self.partner.id}).write({{'ref': 'night'}})\n"
                "env.cr.commit()",
            }
        )
        wizard = (
            self.env["server.action.dry.run"]
            .with_context(active_model="ir.cron", active_id=cron.id)
            .create({})
        )
        self.assertEqual(wizard.action_id, cron.ir_actions_server_id)
        wizard.action_dry_run()
        self.assertEqual(self.values(wizard.report, self.partner), {"ref": (None, "night")})
        self.assertFalse(self.partner.ref)

    def test_opened_from_an_action(self):
        """The action of the form is proposed."""
        action = self.new_action("code", code="x = 1")
        values = (
            self.env["server.action.dry.run"]
            .with_context(active_model=action._name, active_id=action.id)
            .default_get(["action_id"])
        )
        self.assertEqual(values["action_id"], action.id)
