"""Diagrams as data."""

from odoo.tests import tagged

from .common import InterfaceCase


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

    def test_activities_say_all_they_do(self):
        """Code and server action both, in the order they run in, and what they send."""
        action = self.code_action("pass", name="Tell the boss")
        flow = self.flow(
            "a* -> b!",
            b={
                "kind": "function",
                "action": "write({'ref': 'x'})",
                "action_id": action.id,
                "signal_send": "done",
            },
        )
        place = self.place(flow.current_version_id.diagram_data(), "b")
        self.assertEqual(
            [(line["kind"], line["text"]) for line in place["lines"]],
            [
                ("name", "b"),
                ("code", "write({'ref': 'x'})"),
                ("action", "Tell the boss"),
                ("send", "done"),
            ],
        )
        self.assertIn("Signal sent: done", place["title"])

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
        partner.signal_workflow("go")
        [data] = workflow.diagram_data()
        self.assertEqual(self.place(data, "b")["failed"], 1)

    def test_what_a_diagram_costs(self):
        """It does not grow with the number of activities."""
        names = ";".join(f"n{number} -go-> n{number + 1}" for number in range(60))
        large = self.flow(f"n0*; {names}; n60!", values={"name": "Large"}).current_version_id
        self.assertLessEqual(self.cost_of(large), self.cost_of(self.version))
        self.assertLessEqual(self.cost_of(large), 12)

    def cost_of(self, version):
        """Return the statements of a request that asks for a version not asked for before."""
        version.diagram_data()
        self.env.invalidate_all()
        return self.queries_of(version.browse(version.id).diagram_data)
