"""Definition files of OpenERP 5 to Odoo 10, and definitions made by plain create."""

import io

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.convert import convert_xml_import

from .common import WorkflowCase

OLD_FILE = """<?xml version="1.0" encoding="utf-8"?>
<openerp>
    <data>
        <record model="workflow" id="wkf_partner">
            <field name="name">Old partner flow</field>
            <field name="osv">res.partner</field>
            <field name="on_create">True</field>
        </record>
        <record model="workflow.activity" id="act_draft">
            <field name="wkf_id" ref="wkf_partner"/>
            <field name="flow_start">True</field>
            <field name="name">draft</field>
        </record>
        <record model="workflow.activity" id="act_open">
            <field name="wkf_id" ref="wkf_partner"/>
            <field name="name">open</field>
            <field name="kind">function</field>
            <field name="split_mode">OR</field>
            <field name="action">write({'ref': 'open'})</field>
        </record>
        <record model="workflow.activity" id="act_done">
            <field name="wkf_id" ref="wkf_partner"/>
            <field name="name">done</field>
            <field name="flow_stop" eval="True"/>
            <field name="kind">stopall</field>
        </record>
        <record model="workflow.transition" id="trans_open">
            <field name="act_from" ref="act_draft"/>
            <field name="act_to" ref="act_open"/>
            <field name="signal">partner_open</field>
            <field name="group_id" ref="base.group_user"/>
        </record>
        <record model="workflow.transition" id="trans_done">
            <field name="act_from" ref="act_open"/>
            <field name="act_to" ref="act_done"/>
            <field name="condition">comment</field>
        </record>
    </data>
</openerp>
"""


@tagged("post_install", "-at_install")
class TestLoading(WorkflowCase):
    def load(self, text, mode="init"):
        stream = io.BytesIO(text.encode())
        stream.name = "old_workflow.xml"
        idref = {}
        convert_xml_import(self.env, "workflow_engine", stream, idref, mode)
        return self.env.ref("workflow_engine.wkf_partner")

    def test_an_old_file_loads_and_publishes_itself_on_first_use(self):
        workflow = self.load(OLD_FILE)
        self.assertEqual((workflow.state, workflow.draft_version_id.number), ("draft", 1))
        partner = self.partners()
        self.assertEqual((workflow.state, workflow.profile), ("published", "openerp"))
        self.assertEqual(self.where(partner), ["draft"])
        self.assertEqual(
            self.instances(partner).workitem_ids.act_id, self.env.ref("workflow_engine.act_draft")
        )
        partner.signal_workflow("partner_open")
        self.assertEqual((self.where(partner), partner.ref), (["open"], "open"))
        partner.comment = "go"
        self.assertEqual((self.where(partner), self.state(partner)), (["done"], ["complete"]))

    def test_the_order_of_rows_becomes_the_sequence(self):
        workflow = self.load(OLD_FILE)
        transitions = workflow.draft_version_id.transition_ids.sorted("id")
        self.assertEqual(transitions.mapped("sequence"), [10, 20])

    def test_loading_a_file_again_changes_nothing(self):
        workflow = self.load(OLD_FILE)
        self.partners()
        self.load(OLD_FILE, "update")
        self.assertEqual(workflow.version_ids.mapped("state"), ["published"])

    def test_a_changed_file_becomes_the_version_of_later_records(self):
        """Records on their way keep the version they have started with."""
        workflow = self.load(OLD_FILE)
        early = self.partners()
        self.load(OLD_FILE.replace(">partner_open<", ">partner_go<"), "update")
        self.assertEqual(
            workflow.version_ids.sorted("number").mapped("state"), ["published", "draft"]
        )
        late = self.partners()
        self.assertEqual(
            workflow.version_ids.sorted("number").mapped("state"), ["retired", "published"]
        )
        (early | late).signal_workflow("partner_open")
        self.assertEqual((self.where(early), self.where(late)), (["open"], ["draft"]))
        (early | late).signal_workflow("partner_go")
        self.assertEqual((self.where(early), self.where(late)), (["open"], ["open"]))

    def test_what_is_not_finished_starts_nothing(self):
        """A definition without a start waits for its author."""
        workflow = self.env["workflow"].create({"name": "Unfinished", "osv": "res.partner"})
        self.env["workflow.activity"].create({"name": "a", "wkf_id": workflow.id})
        partner = self.partners()
        self.assertFalse(self.instances(partner, workflow))
        self.assertEqual(workflow.state, "draft")

    def test_a_definition_in_one_create(self):
        """Activities may be made together with their workflow."""
        workflow = self.env["workflow"].create(
            {
                "name": "Whole",
                "osv": "res.partner",
                "activities": [(0, 0, {"name": "only", "flow_start": True, "flow_stop": True})],
            }
        )
        partner = self.partners()
        self.assertEqual(self.instances(partner, workflow).state, "complete")

    def test_a_cycle_of_an_old_file_is_only_a_warning(self):
        workflow = self.flow("a* -> b; b -> a", publish=False)
        draft = workflow.draft_version_id
        self.assertIn("taken without end", draft.problem_text)
        self.assertEqual(draft._problems()[0].severity, "warning")
        with self.assertRaisesRegex(UserError, "goes round in a cycle"), self.env.cr.savepoint():
            self.partners()
