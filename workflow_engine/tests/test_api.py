"""The workflow methods of every record."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import WorkflowCase


@tagged("post_install", "-at_install")
class TestApi(WorkflowCase):
    def test_refused_signals_say_why_and_leave_a_line(self):
        self.flow(
            "a* -go-> b; a -lead-> b; b -back-> a",
            edges={
                "a>b": {"condition": "ref"},
                "b>a": {"group_id": self.env.ref("base.group_system").id},
            },
        )
        user = new_test_user(self.env, "wkf_user", groups="base.group_user")
        partner, other = self.partners(2)
        report = partner.workflow_signal_report("go")[partner.id]
        self.assertEqual((report["accepted"], report["reason"]), (False, "condition"))
        self.assertIn("condition of this step is not met", report["message"])
        self.assertEqual(
            partner.workflow_signal_report("nothing")[partner.id]["reason"], "no_token"
        )
        partner.ref = "go"
        partner.signal_workflow("go")
        report = partner.with_user(user).sudo().workflow_signal_report("back")[partner.id]
        self.assertEqual(report["reason"], "role")
        self.assertEqual(
            self.log(partner, "refused"),
            [("refused", "go", "condition"), ("refused", "nothing", "no_token"),
             ("refused", "back", "role")],
        )  # fmt: skip
        partner.signal_workflow("back")
        self.assertEqual(self.where(partner), ["a"])
        self.assertEqual(self.where(other), ["a"])

    def test_no_record_starts_an_archived_workflow(self):
        """Whatever the context of the call."""
        self.flow("a* -go-> b!").active = False
        partner = self.partners()
        partner.with_context(active_test=False).create_workflow()
        self.assertFalse(self.instances(partner))

    def test_a_record_outside_of_all_workflows(self):
        partner = self.partners()
        report = partner.workflow_signal_report("go")[partner.id]
        self.assertEqual(report["reason"], "no_instance")
        self.assertEqual(self.log(partner), [("refused", "go", "no_instance")])

    def test_a_definition_can_ask_for_an_error(self):
        self.flow("a* -go-> b!", values={"raise_refused": True})
        partner = self.partners()
        message = "“stop” was refused for Partner 0: No present activity"
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            partner.signal_workflow("stop")
        self.assertFalse(self.log(partner, "refused"))
        # What Odoo does after it has rolled the request back.
        with self.enter_registry_test_mode():
            self.env.cr.postrollback.run()
        self.assertEqual(self.log(partner, "refused"), [("refused", "stop", "no_token")])

    def test_a_button_tells_the_user_about_each_record(self):
        self.flow("a* -go-> b!", edges={"a>b": {"condition": "ref"}})
        good, bad = self.partners(2)
        good.ref = "x"
        answer = (good | bad).action_workflow_signal("go")
        self.assertEqual(answer["tag"], "display_notification")
        self.assertIn("Partner 1: The condition", answer["params"]["message"])
        self.assertEqual((self.where(good), self.where(bad)), (["b"], ["a"]))

    def test_the_first_client_action_is_the_result(self):
        action = self.code_action("action = {'type': 'ir.actions.act_window', 'name': record.name}")
        self.flow(
            "a* -go-> b; b -> c!",
            b={"kind": "function", "action_id": action.id},
            c={"kind": "function", "action": "{'type': 'ir.actions.act_url'}"},
        )
        partner = self.partners()
        report = partner.workflow_signal_report("go")[partner.id]
        self.assertEqual(report["result"]["name"], "Partner 0")
        self.assertEqual(
            [one["type"] for one in report["results"]],
            ["ir.actions.act_window", "ir.actions.act_url"],
        )

    def test_a_window_nobody_waits_for_becomes_an_activity(self):
        action = "{'type': 'ir.actions.act_window', 'name': 'Look at ' + name}"
        self.flow(
            "a* -> b; b -go-> c!",
            b={"kind": "function", "action": action},
            c={"kind": "function", "action": action},
            edges={"a>b": {"condition": "ref"}},
        )
        partner = self.partners()
        partner.ref = "x"
        self.assertEqual(partner.activity_ids.mapped("summary"), ["Look at Partner 0"])
        self.assertEqual(partner.activity_ids.user_id, self.env.user)
        self.assertTrue(partner.signal_workflow("go")[partner.id])
        self.assertEqual(len(partner.activity_ids), 1)

    def test_available_signals(self):
        self.flow(
            "a* -go-> b!; a -stop-> c!; a -lead-> b",
            edges={
                "a>c": {"condition": "ref", "label": "Stop here"},
                "a>b": {"label": "Go on"},
            },
        )
        partner = self.partners()
        found = {one["signal"]: one for one in partner.workflow_available_signals()[partner.id]}
        self.assertEqual(set(found), {"go", "stop", "lead"})
        self.assertEqual((found["go"]["allowed"], found["go"]["label"]), (True, "Go on"))
        self.assertEqual((found["stop"]["allowed"], found["stop"]["reason"]), (False, "condition"))
        self.assertFalse(self.log(partner, "refused"))

    def test_looking_does_not_fail_with_a_condition(self):
        """Whoever opens a form is not stopped by what would stop the signal."""
        self.flow("a* -go-> b!; a -stop-> b", edges={"a>b": {"condition": "1 / len(ref or '')"}})
        partner = self.partners()
        found = partner.workflow_available_signals()[partner.id]
        self.assertEqual([one["allowed"] for one in found], [False, False])
        with self.assertRaisesRegex(UserError, "Test, transition a → b: ZeroDivisionError"):
            partner.signal_workflow("go")

    def test_status(self):
        workflow = self.flow("a* -> b; a -> c", a={"split_mode": "OR"})
        inside, outside = self.partners(2)
        outside.delete_workflow()
        status = (inside | outside).workflow_status()
        self.assertEqual(status[outside.id], [])
        [one] = status[inside.id]
        self.assertEqual((one["workflow_id"], one["state"]), (workflow.id, "active"))
        self.assertEqual([act["name"] for act in one["activities"]], ["b", "c"])
        self.assertTrue(one["activities"][0]["since"])

    def test_create_step_and_delete(self):
        workflow = self.flow("a* -> b", edges={"a>b": {"condition": "env.context.get('x') or ref"}})
        partner = self.partners()
        partner.delete_workflow()
        self.assertFalse(self.instances(partner))
        partner.create_workflow()
        partner.create_workflow()
        self.assertEqual(len(self.instances(partner, workflow)), 2)
        self.env.cr.execute("UPDATE res_partner SET ref = 'x' WHERE id = %s", [partner.id])
        partner.invalidate_recordset()
        partner.step_workflow()
        self.assertEqual(self.where(partner), ["b", "b"])

    def test_triggers_wake_who_waits_for_a_record(self):
        self.flow(
            "a* -> b!",
            edges={
                "a>b": {
                    "condition": "bool(parent_id.ref)",
                    "trigger_model": "res.partner",
                    "trigger_expr_id": "[parent_id.id]",
                }
            },
        )
        company = self.partners()
        person = self.env["res.partner"].create({"name": "Ada", "parent_id": company.id})
        # As another process would: a partner's own code writes on its contacts.
        self.env.cr.execute("UPDATE res_partner SET ref = 'x' WHERE id = %s", [company.id])
        self.env.invalidate_all()
        self.assertEqual(self.where(person), ["a"])
        company.trigger_workflow()
        self.assertEqual(self.where(person), ["b"])
        self.assertFalse(
            self.env["workflow.trigger"].search([("instance_id", "in", self.instances(person).ids)])
        )

    def test_redirect(self):
        child = self.flow("s* -end-> e!", values={"name": "Child", "on_create": False})
        parent = self.flow(
            "a* -> sub; sub -subflow.e-> done!",
            values={"name": "Parent", "on_create": False},
            sub={"kind": "subflow", "subflow_id": child.id, "action": "parent_id.id"},
        )
        old, new = self.partners(2)
        person = self.env["res.partner"].create({"name": "Ada", "parent_id": old.id})
        child.on_create = True
        (old | new).create_workflow()
        child.on_create, parent.on_create = False, True
        person.create_workflow()
        self.assertEqual(self.where(person, parent), ["sub"])
        self.env["res.partner"].redirect_workflow([(old.id, new.id)])
        old.signal_workflow("end")
        self.assertEqual(self.where(person, parent), ["sub"])
        new.signal_workflow("end")
        self.assertEqual(self.where(person, parent), ["done"])

    def test_jump_is_for_administrators_and_needs_a_reason(self):
        self.flow("a* -go-> b; b -go-> c!")
        user = new_test_user(
            self.env, "wkf_user", groups="base.group_user,base.group_partner_manager"
        )
        partner = self.partners()
        with self.assertRaises(AccessError):
            partner.with_user(user).workflow_jump("c", "because")
        with self.assertRaisesRegex(UserError, "Say why"):
            partner.workflow_jump("c", " ")
        with self.assertRaisesRegex(UserError, "has no activity “x”"):
            partner.workflow_jump("x", "because")
        partner.workflow_jump("c", "because")
        self.assertEqual((self.where(partner), self.state(partner)), (["c"], ["complete"]))
        partner.workflow_jump("a", "once more")
        self.assertEqual((self.where(partner), self.state(partner)), (["a"], ["active"]))
        partner.workflow_jump("c", "at last")
        lines = self.env["workflow.log"].search(
            [("res_id", "=", partner.id), ("event", "=", "jump")], order="id"
        )
        self.assertEqual(lines.mapped("detail"), ["because", "once more", "at last"])
        self.assertEqual(lines.uid, self.env.user)

    def test_deleting_a_record_deletes_its_instances(self):
        self.flow("a* -go-> b!")
        partner = self.partners()
        instance = self.instances(partner)
        partner.unlink()
        self.assertFalse(instance.exists())
        line = self.env["workflow.log"].search([("instance_id", "=", instance.id)], limit=1)
        self.assertEqual(line.event, "delete")

    def test_whoever_may_not_read_a_record_cannot_signal_it(self):
        self.flow("a* -go-> b!", model="res.users.log")
        log = self.env["res.users.log"].create({})
        user = new_test_user(self.env, "wkf_user", groups="base.group_portal")
        with self.assertRaises(AccessError):
            log.with_user(user).signal_workflow("go")
