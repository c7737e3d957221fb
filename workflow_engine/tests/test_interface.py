"""Who may see what of the interface, and what the page brings along."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged

from .common import InterfaceCase


@tagged("post_install", "-at_install")
class TestInterfaceRights(InterfaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "wkf_reader", groups="base.group_portal")
        cls.record = cls.user.partner_id
        cls.other = cls.partners()

    def test_who_reads_only_the_record_sees_its_strip_and_history(self):
        """A portal user may read no model of workflows, and the own partner."""
        record = self.record.with_user(self.user)
        with self.assertRaises(AccessError):
            self.version.with_user(self.user).read(["number"])
        panel = record.workflow_panel()
        self.assertEqual([one["name"] for one in panel["instances"][0]["activities"]], ["draft"])
        with self.assertRaises(AccessError):
            record.workflow_diagrams()
        self.assertTrue(record.workflow_history())
        [submit] = [one for one in record.workflow_mass_signals() if one["signal"] == "submit"]
        self.assertTrue(submit["allowed"])

    def test_who_reads_definitions_sees_the_diagram(self):
        employee = new_test_user(self.env, "wkf_employee", groups="base.group_user")
        [found] = self.other.with_user(employee).workflow_diagrams()
        self.assertEqual(len(found["diagram"]["activities"]), 6)
        self.assertTrue(found["diagram"]["can_open"])

    def test_and_nothing_else(self):
        stranger = self.other.with_user(self.user)
        for method in ("workflow_panel", "workflow_diagrams", "workflow_history"):
            with self.assertRaises(AccessError, msg=method):
                getattr(stranger, method)()
        for method in ("workflow_panel_signal", "workflow_mass_signal"):
            with self.assertRaises(AccessError, msg=method):
                getattr(stranger, method)("submit")
        for definition in (self.version, self.workflow):
            with self.assertRaises(AccessError):
                definition.with_user(self.user).diagram_data()

    def test_numbers_of_records_are_for_administrators(self):
        employee = new_test_user(self.env, "wkf_employee", groups="base.group_user")
        data = self.version.with_user(employee).diagram_data()
        self.assertEqual({one["tokens"] for one in data["activities"]}, {0})
        self.assertTrue(self.place(self.version.diagram_data(), "draft")["tokens"])


@tagged("post_install", "-at_install")
class TestSession(InterfaceCase, HttpCase):
    def test_the_page_brings_the_models_that_have_workflows(self):
        names = self.env["workflow"].models_with_workflow()
        self.assertIn("res.partner", names)
        self.assertNotIn("res.bank", names)
        self.env["workflow"].create({"name": "x", "osv": "res.bank", "profile": "strict"})
        self.assertNotIn("res.bank", self.env["workflow"].models_with_workflow())
        self.env["workflow"].create({"name": "y", "osv": "res.bank"})
        self.assertIn("res.bank", self.env["workflow"].models_with_workflow())
        new_test_user(self.env, "wkf_web", groups="base.group_user", password="wkf_web_pw")
        self.authenticate("wkf_web", "wkf_web_pw")
        info = self.make_jsonrpc_request("/web/session/get_session_info", {})
        self.assertIn("res.partner", info["workflow_models"])


@tagged("post_install", "-at_install")
class TestAssets(TransactionCase):
    def test_the_strip_is_in_every_copy_of_the_template_of_forms(self):
        """Forms of tasks and projects copy it, with what comes before the copy in the bundle."""
        assets = self.env["ir.asset"]._get_asset_paths("web.assets_backend", {})
        paths = [asset[0].lstrip("/") for asset in assets]
        self.assertEqual(
            paths.index("workflow_engine/static/src/strip/form_view.xml"),
            paths.index("web/static/src/views/form/form_controller.xml") + 1,
        )
