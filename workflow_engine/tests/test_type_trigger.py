"""Type ``trigger``: send a signal to the workflows of records."""

from odoo.tests import tagged

from .common import WorkflowCase


@tagged("post_install", "-at_install")
class TestTypeTrigger(WorkflowCase):
    def signal_action(self, signal, **vals):
        return self.env["ir.actions.server"].create(
            {
                "name": "Send",
                "model_id": self.partner_model.id,
                "state": "trigger",
                "trigger_name": signal,
                **vals,
            }
        )

    def run_on(self, action, records):
        return action.with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id
        ).run()

    def test_the_record_itself(self):
        answer = "{'type': 'ir.actions.act_url'}"
        self.flow("a* -go-> b!", b={"kind": "function", "action": answer})
        partners = self.partners(2)
        action = self.signal_action("go")
        self.assertFalse(action.warning)
        self.assertEqual(action.trigger_signals, ["go"])
        self.assertEqual(self.run_on(action, partners)["type"], "ir.actions.act_url")
        self.assertEqual([self.where(one) for one in partners], [["b"], ["b"]])

    def test_a_linked_record_as_openerp_had_it(self):
        self.flow("a* -go-> b!")
        company, other = self.partners(2)
        child = self.env["res.partner"].create({"name": "Child", "parent_id": company.id})
        link = self.env["ir.model.fields"]._get("res.partner", "parent_id")
        action = self.signal_action(
            "go", wkf_model_id=self.partner_model.id, trigger_obj_id=link.id
        )
        self.run_on(action, child)
        self.run_on(action, other)
        self.assertEqual(self.where(company), ["b"])
        self.assertEqual((self.where(child), self.where(other)), (["a"], ["a"]))

    def test_a_path_and_a_filter(self):
        self.flow("a* -go-> b; b -go-> c!")
        company = self.partners(ref="target")
        child = self.env["res.partner"].create({"name": "Child", "parent_id": company.id})
        path = self.signal_action("go", trigger_target="path", trigger_path="child_ids.parent_id")
        self.run_on(path, company)
        self.assertEqual((self.where(company), self.where(child)), (["b"], ["a"]))
        domain = self.signal_action(
            "go",
            trigger_target="domain",
            wkf_model_id=self.partner_model.id,
            trigger_domain="[('ref', '=', record.ref)]",
        )
        self.run_on(domain, company)
        self.assertEqual((self.where(company), self.where(child)), (["c"], ["a"]))

    def test_wrong_settings_are_warnings(self):
        self.flow("a* -go-> b!")
        self.flow("a* -login-> b!", model="res.users")
        self.assertIn("waits for the signal “login”", self.signal_action("login").warning)
        self.assertIn("Choose the signal", self.signal_action(False).warning)
        path = self.signal_action("go", trigger_target="path", trigger_path="name")
        self.assertIn("does not lead to records", path.warning)

    def test_refusals_stand_in_the_run_log(self):
        self.flow("a* -go-> b!")
        partner = self.partners()
        partner.signal_workflow("go")
        action = self.signal_action("go")
        self.run_on(action, partner)
        run = self.env["server.action.run"].search([("action_id", "=", action.id)])
        self.assertIn("The workflow of the record has ended", str(run.step_ids.mapped("messages")))
