"""What the web client asks: diagrams, the strip of a form, signals from a list."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import WorkflowCase

#: Of a record in one workflow, nothing cached but the definition.
STRIP_STATEMENTS = 12


class InterfaceCase(WorkflowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env.ref("base.group_system")
        cls.workflow = cls.flow(
            "draft* -submit-> check; check -> legal; check -> money;"
            "legal -legal_ok-> done!; money -money_ok-> done!; draft -cancel-> off!",
            values={"name": "Approval"},
            edges={
                "draft>check": {"label": "Submit"},
                "money>done": {"group_id": cls.group.id},
                "draft>off": {"condition": "ref == 'a very long reason to cancel it'"},
            },
            check={"split_mode": "AND"},
            done={"join_mode": "AND"},
            off={"kind": "stopall"},
        )
        cls.version = cls.workflow.current_version_id

    def place(self, data, name):
        """Return an activity of a diagram by its name."""
        [found] = [
            one
            for one in data["activities"]
            if any(line["kind"] == "name" and line["text"] == name for line in one["lines"])
        ]
        return found

    def edge(self, data, source, target):
        ends = (self.place(data, source)["id"], self.place(data, target)["id"])
        [found] = [one for one in data["transitions"] if (one["source"], one["target"]) == ends]
        return found


@tagged("post_install", "-at_install")
class TestDiagram(InterfaceCase):
    def test_everything_is_in_the_picture(self):
        data = self.version.diagram_data()
        self.assertEqual(len(data["activities"]), 6)
        self.assertEqual(len(data["transitions"]), 6)
        draft, check = self.place(data, "draft"), self.place(data, "check")
        self.assertTrue(draft["start"])
        self.assertLess(draft["y"] + draft["height"], check["y"])
        self.assertEqual((check["split"], draft["split"]), ("AND", "XOR"))
        done, off = self.place(data, "done"), self.place(data, "off")
        self.assertEqual((done["join"], done["stop"], off["kind"]), ("AND", True, "stopall"))
        for one in data["activities"]:
            self.assertLessEqual(one["x"] + one["width"], data["width"])
            self.assertLessEqual(one["y"] + one["height"], data["height"])

    def test_transitions_say_what_they_wait_for(self):
        data = self.version.diagram_data()
        submit = self.edge(data, "draft", "check")
        self.assertEqual([line["text"] for line in submit["lines"]], ["Submit"])
        self.assertIn("Signal: submit", submit["title"])
        cancel = self.edge(data, "draft", "off")
        self.assertEqual(
            [line["text"] for line in cancel["lines"]],
            ["cancel", "ref == 'a very long reason to…"],
        )
        self.assertIn("ref == 'a very long reason to cancel it'", cancel["title"])
        money = self.edge(data, "money", "done")
        self.assertEqual([line["kind"] for line in money["lines"]], ["signal", "role"])
        self.assertIn(self.group.display_name, money["title"])
        self.assertFalse(self.edge(data, "check", "legal")["label"])

    def test_live_tokens_are_counted(self):
        partners = self.partners(3)
        partners[:2].signal_workflow("submit")
        data = self.version.diagram_data()
        counts = {name: self.place(data, name)["tokens"] for name in ("draft", "legal", "money")}
        self.assertEqual(counts, {"draft": 1, "legal": 2, "money": 2})
        self.assertIn("Here now: 2", self.place(data, "legal")["title"])
        partners[:2].signal_workflow("legal_ok")
        partners[:2].with_user(self.env.ref("base.user_admin")).signal_workflow("money_ok")
        data = self.version.diagram_data()
        self.assertEqual(self.place(data, "done")["tokens"], 0, "they are no longer on their way")

    def test_published_version_and_draft(self):
        self.workflow.action_new_draft()
        self.workflow.draft_version_id.activity_ids[0].name = "begin"
        published, draft = self.workflow.diagram_data()
        self.assertEqual((published["state"], draft["state"]), ("published", "draft"))
        self.place(published, "draft")
        self.place(draft, "begin")

    def test_a_record_with_the_way_it_took(self):
        partner = self.partners()
        partner.signal_workflow("submit")
        [found] = partner.workflow_diagrams()
        data = found["diagram"]
        present = [one["id"] for one in data["activities"] if one["tokens"]]
        self.assertCountEqual(
            present, [self.place(data, "legal")["id"], self.place(data, "money")["id"]]
        )
        self.assertTrue(self.edge(data, "draft", "check")["taken"])
        self.assertFalse(self.edge(data, "draft", "off")["taken"])

    def test_what_failed_is_marked(self):
        workflow = self.flow(
            "a* -go-> b!",
            values={"name": "Fails"},
            b={"kind": "function", "action": "1 / 0", "on_error": "incident"},
        )
        partner = self.partners()
        with self.assertLogs("odoo.addons.workflow_engine"):
            partner.signal_workflow("go")
        [data] = workflow.diagram_data()
        self.assertEqual(self.place(data, "b")["failed"], 1)


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
            [("Refused", "", "cancel"), ("Entered", "draft", ""), ("Started", "", "")],
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
        self.assertIn("No activity", report["lines"][0]["message"])

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

    def test_what_a_diagram_costs(self):
        self.version.diagram_data()
        self.env.invalidate_all()
        small = self.queries_of(self.version.diagram_data)
        names = ";".join(f"n{number} -go-> n{number + 1}" for number in range(60))
        large = self.flow(f"n0*; {names}; n60!", values={"name": "Large"}).current_version_id
        self.env.invalidate_all()
        self.assertLessEqual(self.queries_of(large.diagram_data), small)


@tagged("post_install", "-at_install")
class TestInterfaceRights(InterfaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "wkf_reader", groups="base.group_portal")
        cls.record = cls.user.partner_id
        cls.other = cls.partners()

    def test_who_reads_only_the_record_sees_its_strip_and_diagram(self):
        """A portal user may read no model of workflows, and the own partner."""
        record = self.record.with_user(self.user)
        with self.assertRaises(AccessError):
            self.version.with_user(self.user).read(["number"])
        self.record.create_workflow()
        panel = record.workflow_panel()
        self.assertEqual([one["name"] for one in panel["instances"][0]["activities"]], ["draft"])
        [found] = record.workflow_diagrams()
        self.assertEqual(len(found["diagram"]["activities"]), 6)
        self.assertFalse(found["diagram"]["can_open"])
        self.assertTrue(record.workflow_history())
        [submit] = [one for one in record.workflow_mass_signals() if one["signal"] == "submit"]
        self.assertTrue(submit["allowed"])

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
