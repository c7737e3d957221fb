"""Drafts, publications that never change, and records that stay on theirs."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import WorkflowCase


@tagged("post_install", "-at_install")
class TestVersions(WorkflowCase):
    def test_a_published_version_cannot_be_changed(self):
        workflow = self.flow("a* -go-> b!")
        activity = workflow.current_version_id.activity_ids[0]
        transition = workflow.current_version_id.transition_ids
        for change in (
            lambda: activity.write({"name": "other"}),
            activity.unlink,
            lambda: transition.write({"signal": "stop"}),
            transition.unlink,
            lambda: workflow.current_version_id.write({"profile": "openerp"}),
            lambda: activity.create({"name": "c", "version_id": activity.version_id.id}),
        ):
            with self.assertRaisesRegex(UserError, "Test, version 1 is published"):
                change()
        activity.write({"name": activity.name, "kind": "dummy"})
        transition.label = "Go on"

    def test_running_instances_stay_on_their_version(self):
        workflow = self.flow("a* -go-> b!")
        early = self.partners()
        workflow.action_new_draft()
        draft = workflow.draft_version_id
        self.assertEqual(
            draft.activity_ids.mapped("key"), workflow.current_version_id.activity_ids.mapped("key")
        )
        draft.transition_ids.signal = "leave"
        middle = self.partners()
        workflow.action_publish()
        late = self.partners()
        (early | middle | late).signal_workflow("leave")
        self.assertEqual([self.where(one) for one in (early, middle, late)], [["a"], ["a"], ["b"]])
        self.assertEqual(
            workflow.version_ids.sorted("number").mapped("state"), ["retired", "published"]
        )
        self.assertEqual(workflow.profile, "strict")

    def test_a_retired_workflow_starts_no_more(self):
        workflow = self.flow("a* -go-> b!")
        early = self.partners()
        workflow.action_retire()
        late = self.partners()
        early.signal_workflow("go")
        self.assertEqual((self.where(early), self.where(late)), (["b"], []))
        self.assertEqual(workflow.state, "retired")

    def test_a_draft_with_errors_is_not_published(self):
        workflow = self.flow(
            "a* -> b; b -> c; c -> b",
            publish=False,
            edges={"a>b": {"condition": "1 +"}},
            c={"kind": "subflow"},
        )
        with self.assertRaises(ValidationError) as caught:
            workflow.action_publish()
        text = str(caught.exception)
        self.assertIn("Test, transition a → b: “1 +” cannot be evaluated", text)
        self.assertIn("Test, activity c: it is a subflow, but no workflow is set", text)

    def test_what_is_added_later_goes_into_a_draft(self):
        """Of a strict workflow, which somebody then publishes."""
        workflow = self.flow("a* -go-> b!")
        source = workflow.current_version_id.activity_ids[0]
        added = self.env["workflow.activity"].create({"name": "c", "wkf_id": workflow.id})
        transition = self.env["workflow.transition"].create(
            {"act_from": source.id, "act_to": added.id, "signal": "aside"}
        )
        draft = workflow.draft_version_id
        self.assertEqual((added | transition.act_from).version_id, draft)
        self.assertEqual(transition.act_from.key, source.key)
        self.assertFalse(draft.publishes_itself)
        self.partners()
        self.assertEqual(draft.state, "draft")

    def test_no_arrow_leads_into_another_workflow(self):
        first, second = self.flow("a* -> b", publish=False), self.flow("c* -> d", publish=False)
        transition = first.draft_version_id.transition_ids
        with self.assertRaisesRegex(ValidationError, "leads into another version"):
            transition.act_to = second.draft_version_id.activity_ids[0]

    def test_what_the_form_makes_waits_for_its_button(self):
        """A half-finished workflow must not take the records that are created meanwhile."""
        action = self.env["ir.actions.act_window"]._for_xml_id("workflow_engine.workflow_action")
        with Form(self.env["workflow"].with_context(default_profile="strict")) as form:
            form.name = "By hand"
            form.model_id = self.partner_model
        workflow = form.record
        self.assertIn("strict", action["context"])
        self.assertEqual((workflow.osv, workflow.profile), ("res.partner", "strict"))
        draft = self.env["workflow.version"].browse(workflow.action_open_draft()["res_id"])
        with Form(draft) as version, version.activity_ids.new() as activity:
            activity.name = "begin"
            activity.flow_start = True
        self.assertEqual(draft.activity_ids.wkf_id, workflow)
        partner = self.partners()
        self.assertFalse(self.instances(partner))
        workflow.action_publish()
        self.assertEqual(self.where(self.partners()), ["begin"])

    def test_nothing_is_published_twice(self):
        workflow = self.flow("a* -> b!")
        with self.assertRaisesRegex(UserError, "has no draft"):
            workflow.action_publish()

    def test_a_used_workflow_cannot_be_deleted(self):
        workflow = self.flow("a* -go-> b!")
        partner = self.partners()
        with self.assertRaisesRegex(UserError, "1 records are in the workflow"):
            workflow.unlink()
        partner.signal_workflow("go")
        workflow.unlink()
        self.assertFalse(self.instances(partner))

    def test_what_a_new_version_of_a_module_drops_leaves_records_alone(self):
        """The activity goes from the draft that new records will use."""
        workflow = self.flow("a* -go-> b!; b -> c", values={"profile": "openerp"})
        partner = self.partners()
        activity = workflow.current_version_id.activity_ids.filtered(lambda one: one.name == "a")
        activity.with_context(_force_unlink=True).unlink()
        self.assertTrue(activity.exists())
        self.assertEqual(self.where(partner), ["a"])
        self.assertEqual(workflow.draft_version_id.activity_ids.mapped("name"), ["b", "c"])

    def test_a_used_version_cannot_be_deleted(self):
        workflow = self.flow("a* -> b!")
        self.partners()
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            workflow.current_version_id.unlink()
