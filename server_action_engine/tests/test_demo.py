"""Every example of the demo data does what it is there to show."""

import logging

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

DUMMY_LOGGER = "odoo.addons.server_action_engine.models.ir_actions_server_dummy"


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        convert_file(
            cls.env, "server_action_engine", "demo/server_action_demo.xml", {}, mode="init"
        )
        cls.customer = cls._ref("demo_customer")
        cls.contacts = cls.customer.child_ids

    @classmethod
    def _ref(cls, name):
        return cls.env.ref(f"server_action_engine.{name}")

    def _run(self, name, records=None):
        records = self.customer if records is None else records
        return (
            self._ref(f"demo_action_{name}")
            .with_context(
                active_model="res.partner", active_ids=records.ids, active_id=records[:1].id
            )
            .run()
        )

    def test_no_example_has_a_warning(self):
        """Each example is ready to run."""
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "server_action_engine"),
                ("model", "=", "ir.actions.server"),
                ("name", "like", "demo_action_"),
            ]
        )
        actions = self.env["ir.actions.server"].browse(data.mapped("res_id"))
        self.assertGreater(len(actions), 15)
        self.assertFalse(actions.filtered("warning"))

    def test_print(self):
        """The contact sheet is printed for the customer, and its template renders."""
        result = self._run("print")
        self.assertEqual(result["context"]["active_ids"], self.customer.ids)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            result["report_name"], self.customer.ids
        )
        self.assertIn(b"Gemini Furniture", html)

    def test_window_and_page(self):
        """A window for the contacts, a page with the city."""
        self.assertEqual(self._run("window")["context"]["default_parent_id"], self.customer.id)
        self.assertTrue(self._run("url")["url"].endswith("query=Fairfield"))

    def test_event_history(self):
        """Each contact gets a record of its own that it keeps."""
        self._run("history_all")
        self.assertEqual(
            self.contacts.category_id.mapped("name"),
            [f"Event of {contact.name}" for contact in self.contacts],
        )
        self.assertEqual(self.contacts.category_id.parent_id, self._ref("demo_tag_history"))

    def test_additional_information(self):
        """Two fields are written, one by an equation and one by a text."""
        self._run("information")
        self.assertEqual(self.customer.ref, f"C{self.customer.id:05d}")
        self.assertIn("United States", self.customer.comment)

    def test_print_and_mail_at_once(self):
        """The mail is queued, then the window and the report are played in order."""
        before = self.env["mail.mail"].search([])
        result = self._run("print_and_mail")
        self.assertEqual(
            [action["type"] for action in result["params"]["actions"]],
            ["ir.actions.act_window", "ir.actions.report"],
        )
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(mail.subject, f"Welcome, {self.customer.name}")

    def test_vip(self):
        """A value and a tag by its external id."""
        self._run("vip")
        self.assertEqual(self.customer.color, 2)
        self.assertIn(self._ref("demo_tag_vip"), self.customer.category_id)

    def test_customers_in_the_us(self):
        """Only records that match the domain are written."""
        other = self.customer.copy({"country_id": self.env.ref("base.be").id})
        self._run("us", self.customer | other)
        self.assertEqual(self.customer.user_id, self.env.ref("base.user_admin"))
        self.assertFalse(other.user_id)

    def test_plan_the_implementation(self):
        """An activity on the customer: a text, references, values of the record, a relative day."""
        self.customer.comment = "<p>Start with the stock</p>"
        self._run("task")
        activity = self.customer.activity_ids
        self.assertEqual(activity.summary, f"Implementation for {self.customer.name}")
        self.assertIn("Start with the stock", activity.note)
        self.assertEqual(activity.user_id, self.env.ref("base.user_admin"))
        due = fields.Date.add(fields.Date.context_today(self.customer), days=7)
        self.assertEqual(activity.date_deadline, due)

    def test_audit_trail(self):
        """One line for each record, with the user's name."""
        self._run("audit", self.contacts)
        lines = self.env["ir.logging"].search(
            [("name", "=", "audit"), ("path", "=", "res.partner")]
        )
        self.assertEqual(sorted(lines.mapped("line")), sorted(map(str, self.contacts.ids)))
        self.assertIn(f"{self.env.user.name} dealt with", lines[0].message)

    def test_branch(self):
        """One customer becomes a VIP, the other is noted in the log."""
        other = self.customer.copy({"country_id": self.env.ref("base.be").id})
        with self.assertLogs(DUMMY_LOGGER, logging.INFO) as logs:
            self._run("branch", self.customer | other)
        self.assertIn(other.name, logs.output[0])
        self.assertEqual((self.customer.color, other.color), (2, 0))

    def test_welcome_followers_and_call(self):
        """A mail is queued, the manager follows, a call is due in three days."""
        before = self.env["mail.mail"].search([])
        self._run("welcome")
        self.assertEqual(len(self.env["mail.mail"].search([]) - before), 1)
        self._run("followers")
        self.assertIn(self.env.ref("base.partner_admin"), self.customer.message_partner_ids)
        self._run("call")
        due = fields.Date.add(fields.Date.context_today(self.customer), days=3)
        self.assertEqual(self.customer.activity_ids.date_deadline, due)

    def test_code(self):
        """Code works on all records at once, and a warning stops a save."""
        before = self.customer.message_ids
        self._run("commission", self.customer | self.contacts)
        self.assertIn("2 contacts", (self.customer.message_ids - before).body)
        self._run("validate")
        self.customer.city = False
        with self.assertRaisesRegex(UserError, "Fill in the city"):
            self._run("validate")
