"""The wizard takes what Odoo's loader does not: roles, missing references, tags and buttons."""

import base64
from pathlib import Path

from odoo.tests import tagged

from .common import WorkflowCase

FIXTURES = Path(__file__).parents[2] / "tests" / "fixtures" / "openerp"
FILE = (FIXTURES / "workflow_wizard.xml").read_text()


@tagged("post_install", "-at_install")
class TestImport(WorkflowCase):
    def wizard(self, text=FILE, **vals):
        return self.env["server.action.import"].create(
            {"data_file": base64.b64encode(text.encode()), "module": "old_module", **vals}
        )

    def messages(self, wizard, kind=None):
        lines = wizard.line_ids.filtered(lambda line: kind in (None, line.kind))
        return "\n".join(lines.mapped("message"))

    def test_a_file_becomes_a_workflow(self):
        wizard = self.wizard()
        wizard.action_import()
        workflow = wizard.workflow_ids
        self.assertEqual((workflow.name, workflow.osv), ("Old", "res.partner"))
        understood = self.messages(wizard, "understood")
        self.assertIn("Workflow “Old” on res.partner, with 2 activities and 2 trans", understood)
        self.assertIn("Role “Boss”", understood)
        changed = self.messages(wizard, "changed")
        self.assertIn("res.partner.address is called res.partner here", changed)
        self.assertIn("write({'ref': 1 != 2 and 'b'})", changed)
        self.assertIn("invisible=\"state != 'draft'\"", changed)
        left_out = self.messages(wizard, "left_out")
        for text in ("nowhere", "old.group_gone", "“colour” is not known", "gone does not exist"):
            self.assertIn(text, left_out)
        self.assertNotIn("workflow.activity", left_out)
        partner = self.partners()
        partner.with_user(self.env.ref("base.user_admin")).signal_workflow("go")
        self.assertEqual(self.where(partner, workflow), ["a"])
        self.env.ref("old_module.boss").user_ids = self.env.ref("base.user_admin")
        partner.with_user(self.env.ref("base.user_admin")).signal_workflow("go")
        self.assertEqual((self.where(partner, workflow), partner.ref), (["b"], "b"))

    def test_a_missing_guard_keeps_everybody_out(self):
        """Until it is mapped, or its role has holders."""
        wizard = self.wizard()
        wizard.action_import()
        transition = self.env.ref("old_module.t2")
        self.assertFalse(transition.group_id)
        self.assertEqual(transition.role_id.name, "old.group_gone")
        self.assertFalse(transition.role_id.user_ids | transition.role_id.group_ids.user_ids)
        mapped = self.wizard(module="other", mapping="old.group_gone = base.group_system")
        mapped.action_import()
        self.assertEqual(self.env.ref("other.t2").group_id, self.env.ref("base.group_system"))

    def test_a_preview_changes_nothing(self):
        before = self.env["workflow"].search_count([])
        wizard = self.wizard()
        wizard.action_preview()
        self.assertEqual(self.env["workflow"].search_count([]), before)
        self.assertIn("Workflow “Old”", self.messages(wizard))
        self.partners()

    def test_an_import_again_updates(self):
        self.wizard().action_import()
        workflow = self.env.ref("old_module.wkf")
        self.partners()
        self.assertEqual(workflow.state, "published")
        wizard = self.wizard(FILE.replace(">go<", ">start<").replace('"go"', '"start"'))
        wizard.action_import()
        self.assertEqual(wizard.workflow_ids, workflow)
        self.assertEqual(
            workflow.version_ids.sorted("number").mapped("state"), ["published", "draft"]
        )
        self.assertEqual(
            workflow.draft_version_id.transition_ids.mapped("signal"), ["start", "back"]
        )

    def test_actions_that_send_signals(self):
        self.wizard().action_import()
        action = self.env.ref("old_module.send")
        self.assertEqual((action.state, action.trigger_name), ("trigger", "go"))
        self.assertEqual(action.trigger_obj_id.name, "parent_id")
        self.assertEqual(action.wkf_model_id.model, "res.partner")
