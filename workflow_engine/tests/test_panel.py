"""The strip of a form, and signals from a list."""

from odoo.tests import tagged

from .common import InterfaceCase

#: Of a record in one workflow, nothing cached but the definition.
STRIP_STATEMENTS = 12


@tagged("post_install", "-at_install")
class TestPanel(InterfaceCase):
    def test_where_it_is_and_what_is_possible(self):
        partner = self.partners()
        panel = partner.workflow_panel()
        [instance] = panel["instances"]
        self.assertEqual(instance["workflow"], "Approval")
        self.assertEqual([one["name"] for one in instance["activities"]], ["draft"])
        signals = {one["signal"]: one for one in panel["signals"]}
        self.assertEqual(
            (signals["submit"]["label"], signals["submit"]["allowed"]), ("Submit", True)
        )
        self.assertFalse(signals["cancel"]["allowed"])
        self.assertIn("condition", signals["cancel"]["message"])

    def test_an_ended_workflow_is_shown_until_it_is_started_again(self):
        partner = self.partners(ref="a very long reason to cancel it")
        partner.signal_workflow("cancel")
        panel = partner.workflow_panel()
        self.assertEqual([one["state_label"] for one in panel["instances"]], ["Complete"])
        self.assertEqual(panel["signals"], [])
        partner.create_workflow()
        panel = partner.workflow_panel()
        self.assertEqual([one["state"] for one in panel["instances"]], ["active"])

    def test_a_record_outside_of_all_workflows(self):
        partner = self.partners()
        partner.delete_workflow()
        self.assertEqual(partner.workflow_panel(), {"instances": [], "signals": []})
        self.assertEqual(partner.workflow_diagrams(), [])

    def test_actions_come_back_in_order(self):
        notify = "{'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {'n': %s}}"
        self.flow(
            "a* -go-> b; b -> c!",
            values={"name": "Two"},
            b={"kind": "function", "action": notify % 1},
            c={"kind": "function", "action": notify % 2},
        )
        answer = self.partners().workflow_panel_signal("go")
        self.assertTrue(answer["accepted"])
        shown = answer["action"]["params"]["actions"]
        self.assertEqual([one["params"]["n"] for one in shown], [1, 2])

    def test_one_action_is_ready_for_the_client(self):
        window = (
            "{'type': 'ir.actions.act_window', 'res_model': 'res.partner', 'view_mode': 'form'}"
        )
        self.flow("a* -go-> b!", values={"name": "One"}, b={"kind": "function", "action": window})
        action = self.partners().workflow_panel_signal("go")["action"]
        self.assertEqual(action["views"], [(False, "form")])

    def test_a_refused_signal_says_why(self):
        answer = self.partners().workflow_panel_signal("cancel")
        self.assertEqual((answer["accepted"], answer["action"]), (False, False))
        self.assertEqual(answer["message"], "The condition of this step is not met.")

    def test_history_is_the_log_for_people(self):
        partner = self.partners()
        partner.signal_workflow("cancel")
        lines = partner.workflow_history()
        self.assertEqual(
            [(one["event_label"], one["activity"], one["signal"]) for one in lines],
            [("Refused", "", "cancel"), ("Started", "draft", "")],
        )
        self.assertEqual(lines[0]["reason"], "Condition not met")
        self.assertEqual(lines[0]["user"], self.env.user.name)

    def test_many_records_at_once(self):
        partners = self.partners(3)
        partners[0].signal_workflow("submit")
        found = {one["signal"]: one for one in partners.workflow_mass_signals()}
        self.assertEqual((found["submit"]["allowed"], found["submit"]["refused"]), (2, 0))
        self.assertEqual((found["cancel"]["allowed"], found["cancel"]["refused"]), (0, 2))
        report = partners.workflow_mass_signal("submit")
        self.assertEqual((report["moved"], report["refused"]), (2, 1))
        self.assertEqual(
            [(one["id"], one["accepted"]) for one in report["lines"]],
            [(partners[0].id, False), (partners[1].id, True), (partners[2].id, True)],
        )
        self.assertIn("No present activity", report["lines"][0]["message"])

    def test_one_of_many_that_fails_leaves_the_others_alone(self):
        self.flow(
            "a* -go-> b!",
            values={"name": "Fails", "raise_refused": True},
            b={"kind": "function", "action": "write({'color': 7 / len(ref or '')})"},
        )
        partners = self.partners(3, ref="x")
        partners[1].ref = False
        partners[2].workflow_signal_report("go")
        report = partners.workflow_mass_signal("go")
        self.assertEqual((report["moved"], report["refused"]), (1, 2))
        lines = {one["id"]: one for one in report["lines"]}
        self.assertIn("division by zero", lines[partners[1].id]["message"])
        self.assertFalse(lines[partners[2].id]["accepted"])
        self.assertEqual(partners.mapped("color"), [7, 0, 7])

    def test_what_a_failed_attempt_promised_is_taken_back(self):
        """What leaves after the commit leaves once, and only for records that have moved."""
        self.flow(
            "a* -go-> b!",
            values={"name": "Promises"},
            b={
                "kind": "function",
                "action": "cr.postcommit.add(len)\nwrite({'color': 7 / len(ref or '')})",
            },
        )
        partners = self.partners(3, ref="x")
        partners[1].ref = False
        report = partners.workflow_mass_signal("go")
        self.assertEqual((report["moved"], report["refused"]), (2, 1))
        self.assertEqual(self.env.cr.postcommit._funcs.count(len), 2)

    def test_what_the_strip_costs(self):
        """It does not grow with the number of activities or signals."""
        self.version.activity_ids.invalidate_recordset()
        partner = self.partners()
        partner.workflow_panel()
        self.env.invalidate_all()
        small = self.queries_of(partner.workflow_panel)
        partner.signal_workflow("submit")
        self.env.invalidate_all()
        large = self.queries_of(partner.workflow_panel)
        self.assertLessEqual(large, small + 1)
        self.assertLessEqual(large, STRIP_STATEMENTS)
