"""Server actions on activities, and rules about workflows."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import WorkflowCase


@tagged("post_install", "-at_install")
class TestActions(WorkflowCase):
    def test_an_action_runs_in_one_batch_with_the_instance_as_origin(self):
        action = self.code_action("record.write({'ref': record.name})", code_scope="record")
        workflow = self.flow("a* -go-> b!", b={"action_id": action.id})
        partners = self.partners(3)
        partners.signal_workflow("go")
        self.assertEqual(partners.mapped("ref"), partners.mapped("name"))
        run = self.env["server.action.run"].search([("action_id", "=", action.id)])
        self.assertEqual((len(run), run.record_count), (1, 3))
        self.assertEqual((run.trigger_kind, run.origin_model), ("workflow", "workflow.instance"))
        self.assertEqual(run.origin_id, self.instances(partners[0], workflow).id)
        self.assertEqual(run.origin_name, "Test, activity b")

    def test_code_sees_workflow_instance_and_token(self):
        action = self.code_action(
            "record.write({'ref': '%s %s %s' % (workflow.name, instance.res_id == record.id, "
            "token.act_id.name)})",
            code_scope="record",
        )
        self.flow(
            "a* -go-> b; b -> c!",
            b={"action_id": action.id},
            c={
                "kind": "function",
                "action": "write({'function': token.act_id.name, 'comment': instance.state})",
            },
            edges={"b>c": {"condition": "token.act_id.name == 'b' and workflow.name == 'Test'"}},
        )
        partners = self.partners(2)
        partners.signal_workflow("go")
        self.assertEqual(partners.mapped("ref"), ["Test True b"] * 2)
        self.assertEqual(partners.mapped("function"), ["c", "c"])

    def test_an_action_of_another_model_is_refused(self):
        action = self.code_action("1", model_id=self.env["ir.model"]._get("res.users").id)
        workflow = self.flow("a* -> b!", publish=False, b={"action_id": action.id})
        with self.assertRaisesRegex(UserError, "its server action is for res.users"):
            workflow.action_publish()

    def test_a_failing_server_action_names_its_activity(self):
        action = self.code_action("raise UserError('No stock')")
        self.flow("a* -go-> b!", b={"action_id": action.id})
        partner = self.partners()
        with (
            self.assertRaisesRegex(UserError, "Test, activity b: No stock"),
            self.env.cr.savepoint(),
        ):
            partner.signal_workflow("go")
        self.assertEqual(self.where(partner), ["a"])

    def test_what_code_undoes_the_engine_forgets(self):
        """A signal inside a savepoint that is rolled back has never happened."""
        action = self.code_action("", state="multi")
        self.code_action(
            "record.child_ids.signal_workflow('go')\nraise UserError('no')",
            code_scope="record",
            on_error="isolate",
            parent_id=action.id,
            sequence=1,
        )
        self.code_action(
            "record.child_ids.signal_workflow('other')",
            code_scope="record",
            parent_id=action.id,
            sequence=2,
        )
        self.flow("a* -go-> b; a -other-> c; a -parent-> d!", d={"action_id": action.id})
        company = self.partners()
        child = self.env["res.partner"].create({"name": "Child", "parent_id": company.id})
        company.signal_workflow("parent")
        self.assertEqual((self.where(company), self.where(child)), (["d"], ["c"]))


@tagged("post_install", "-at_install")
class TestRulesAboutWorkflows(WorkflowCase):
    def rule(self, trigger, **vals):
        model_id = self.partner_model.id
        note = f"record.write({{'ref': (record.ref or '') + '{trigger[12:]} '}})"
        line = {"name": "Note", "model_id": model_id, "state": "code", "code": note}
        return self.env["base.automation"].create(
            {
                "name": trigger,
                "model_id": model_id,
                "trigger": trigger,
                "action_server_ids": [(0, 0, line)],
                **vals,
            }
        )

    def test_entered_left_finished_and_refused(self):
        workflow = self.flow("a* -go-> b; b -go-> c!")
        self.rule("on_workflow_entered", workflow_activity="b")
        self.rule("on_workflow_left", workflow_id=workflow.id, workflow_activity="a")
        self.rule("on_workflow_finished")
        self.rule("on_workflow_refused", workflow_signal="stop")
        partners = self.partners(2)
        self.assertEqual(partners.mapped("ref"), [False, False])
        partners.signal_workflow("go")
        self.assertEqual(partners.mapped("ref"), ["left entered "] * 2)
        partners.ref = False
        partners.signal_workflow("stop")
        partners.signal_workflow("other")
        self.assertEqual(partners.mapped("ref"), ["refused "] * 2)
        partners.ref = False
        partners[0].signal_workflow("go")
        self.assertEqual(partners.mapped("ref"), ["finished ", False])

    def test_a_rule_about_another_workflow_does_not_run(self):
        self.flow("a* -go-> b!")
        other = self.flow("x* -> y!", values={"name": "Other", "on_create": False})
        self.rule("on_workflow_entered", workflow_id=other.id)
        partner = self.partners()
        partner.signal_workflow("go")
        self.assertFalse(partner.ref)
