"""Type ``client``: what the web client is told to open."""

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestTypeClient(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create([{"name": "Ada"}, {"name": "Charles"}])
        cls.model_id = cls.env["ir.model"]._get_id("res.partner")
        cls.window = cls.env["ir.actions.act_window"].create(
            {
                "name": "Contacts of it",
                "res_model": "res.partner",
                "view_mode": "list,form",
                "domain": "[('parent_id', '=', active_id)]",
                "context": "{'default_parent_id': active_id, 'default_lang': 'en_US'}",
                "target": "new",
            }
        )

    def _action(self, target, **values):
        return self.env["ir.actions.server"].create(
            {
                "name": "Client",
                "model_id": self.model_id,
                "state": "client",
                "client_action_id": target.id,
                **values,
            }
        )

    def _run(self, action, records=None):
        records = self.partners if records is None else records
        return action.with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id
        ).run()

    def test_window_opens_with_the_active_records(self):
        """The window's own context is kept and gets the records of the run."""
        result = self._run(self._action(self.window))
        self.assertEqual(
            (result["type"], result["id"], result["target"]),
            ("ir.actions.act_window", self.window.id, "new"),
        )
        self.assertEqual(result["domain"], "[('parent_id', '=', active_id)]")
        context = result["context"]
        self.assertEqual(context["default_parent_id"], self.partners[0].id)
        self.assertEqual(context["default_lang"], "en_US")
        self.assertEqual(
            (context["active_model"], context["active_id"], context["active_ids"]),
            ("res.partner", self.partners[0].id, self.partners.ids),
        )

    def test_window_of_a_menu_keeps_working(self):
        """Contexts written for the web client are understood: dates, companies, the user."""
        self.window.context = (
            "{'search_default_late': 1, 'day': context_today().strftime('%Y-%m-%d'),"
            " 'companies': allowed_company_ids, 'me': uid, 'shown': true}"
        )
        context = self._run(self._action(self.window))["context"]
        self.assertEqual(context["companies"], self.env.companies.ids)
        self.assertEqual((context["me"], context["shown"]), (self.env.uid, True))

    def test_report_prints_the_records(self):
        """A report receives the ids and the model of the records."""
        report = self.env["ir.actions.report"].create(
            {
                "name": "Letter",
                "model": "res.partner",
                "report_type": "qweb-pdf",
                "report_name": "server_action_engine.test_letter",
            }
        )
        result = self._run(self._action(report))
        self.assertEqual(
            (result["type"], result["report_name"]),
            ("ir.actions.report", "server_action_engine.test_letter"),
        )
        self.assertEqual(result["context"]["active_ids"], self.partners.ids)
        self.assertEqual(result["context"]["active_model"], "res.partner")

    def test_url_is_merged_with_the_record(self):
        """A web page may name the record it is opened for."""
        url = self.env["ir.actions.act_url"].create(
            {
                "name": "Map",
                "url": "https://maps.example.com/?q=[[ object.name ]]&i={{ object.id }}",
            }
        )
        result = self._run(self._action(url))
        self.assertEqual(result["url"], f"https://maps.example.com/?q=Ada&i={self.partners[0].id}")

    def test_values_in_an_address_cannot_change_it(self):
        """A value with special characters stays one value; a whole address is kept."""
        self.partners[0].write({"name": "A&b=c d/é", "website": "https://example.com/a?b=c"})
        url = self.env["ir.actions.act_url"].create(
            {"name": "Map", "url": "https://maps.example.com/?q=[[ object.name ]]&z=1"}
        )
        action = self._action(url)
        self.assertEqual(
            self._run(action)["url"], "https://maps.example.com/?q=A%26b%3Dc%20d%2F%C3%A9&z=1"
        )
        url.url = "{{ object.website }}"
        self.assertEqual(self._run(action)["url"], "https://example.com/a?b=c")

    def test_client_action_keeps_its_parameters(self):
        """A client action runs with its tag and parameters, and the records."""
        client = self.env["ir.actions.client"].create(
            {
                "name": "Note",
                "tag": "display_notification",
                "params": {"message": "Done"},
            }
        )
        result = self._run(self._action(client))
        self.assertEqual(
            (result["tag"], result["params"]), ("display_notification", {"message": "Done"})
        )
        self.assertEqual(result["context"]["active_ids"], self.partners.ids)

    def test_without_records_nothing_is_carried(self):
        """Started without a record, the window opens as from a menu."""
        self.window.context = "{'default_lang': 'en_US'}"
        result = self._action(self.window).run()
        self.assertNotIn("active_id", result["context"])
        self.assertEqual(result["context"]["default_lang"], "en_US")

    def test_action_that_was_deleted_is_named(self):
        """A deleted target is an error that says what to do, before and while running."""
        action = self._action(self.window)
        self.window.unlink()
        action.invalidate_recordset()
        self.assertIn("does not exist any more", action.warning)
        with self.assertRaises(UserError):
            self._run(action)

    def test_nothing_chosen_is_an_error(self):
        """An action without a target cannot run."""
        action = self._action(self.env["ir.actions.actions"])
        self.assertIn("Choose the window", action.warning)
        with self.assertRaises(UserError):
            self._run(action)

    def test_report_of_another_model_is_refused(self):
        """A report for users cannot print partners."""
        report = self.env["ir.actions.report"].create(
            {"name": "Users", "model": "res.users", "report_name": "x.users"}
        )
        self.assertIn("res.users", self._action(report).warning)

    def test_server_action_is_no_client_action(self):
        """Running a server action is what Multi Actions is for."""
        other = self._action(self.window)
        self.assertIn("Multi Actions", self._action(other).warning)

    def test_user_without_technical_rights_can_open(self):
        """Like a menu, the action opens windows its user may not read as records."""
        user = self.env["res.users"].create(
            {
                "name": "U",
                "login": "client_type_user",
                "group_ids": [
                    (
                        6,
                        0,
                        [
                            self.env.ref("base.group_user").id,
                            self.env.ref("base.group_partner_manager").id,
                        ],
                    )
                ],
            }
        )
        result = self._run(self._action(self.window).with_user(user))
        self.assertEqual(result["id"], self.window.id)

    def test_wrong_context_is_named(self):
        """A context that cannot be evaluated is reported with the action's name."""
        self.window.context = "{'x': unknown_name}"
        with self.assertRaises(ValueError) as caught:
            self._run(self._action(self.window))
        self.assertIn("unknown_name", str(caught.exception))
