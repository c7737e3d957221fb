"""What the wizard reads of old files beside the records that load as they are."""

import pytest

from server_action_engine.core.openerp_import.values import Ref
from server_action_engine.core.openerp_import.xml_reader import read
from workflow_engine.core.openerp import collect, modern_lines

FILE = b"""<?xml version="1.0"?>
<openerp><data>
  <record model="workflow.transition" id="t1">
    <field name="act_from" ref="a"/><field name="act_to" ref="b"/>
    <field name="role_id" ref="boss"/>
  </record>
  <record model="workflow.activity" id="a"><field name="wkf_id" ref="w"/>
    <field name="name"> draft </field><field name="flow_start" eval="True"/></record>
  <record model="workflow" id="w"><field name="name">W</field>
    <field name="osv">res.partner</field></record>
  <record model="res.roles" id="boss"><field name="name">Boss</field></record>
  <record model="res.partner" id="p"><field name="name">x</field></record>
  <workflow model="res.partner" ref="p" action="go" uid="base.user_root"/>
  <record model="ir.ui.view" id="v"><field name="arch" type="xml"><form>
     <button name="order_confirm" states="draft,sent" string="Confirm"/>
     <button name="copy_quotation" type="object" states="cancel" attrs="{}"/>
     <button name="print" type="object"/>
     <button special="cancel" string="Close"/>
  </form></field></record>
</data></openerp>"""


def test_elements_come_in_the_order_they_need_each_other():
    found = collect(read(FILE))
    assert [(one.model, one.xml_id) for one in found.elements] == [
        ("res.roles", "boss"),
        ("workflow", "w"),
        ("workflow.activity", "a"),
        ("workflow.transition", "t1"),
    ]
    activity = found.elements[2]
    assert activity.values == {"wkf_id": Ref("w"), "name": "draft", "flow_start": True}


def test_tags_send_signals():
    [signal] = collect(read(FILE)).signals
    assert (signal.model, signal.ref, signal.signal) == ("res.partner", "p", "go")


def test_buttons_become_what_odoo_understands():
    """Signals go through the button method; states become a condition; others stay out."""
    confirm, copy = collect(read(FILE)).buttons
    assert confirm.signal == "order_confirm"
    assert confirm.new == (
        '<button name="action_workflow_signal" string="Confirm" type="object" '
        "args=\"[&quot;order_confirm&quot;]\" invisible=\"state not in ('draft', 'sent')\"/>"
    )
    assert 'states="draft,sent"' in confirm.old
    assert copy.signal == ""
    assert 'name="copy_quotation"' in copy.new
    assert "invisible=\"state != 'cancel'\"" in copy.new


@pytest.mark.parametrize(
    ("text", "modern", "problems"),
    [
        ("a <> b", "a != b", 0),
        ("write({'x': 1})\n\nb()", "write({'x': 1})\nb()", 0),
        ("wf_service.trg_validate(uid, 'x', 1, 'go', cr)", None, 1),
        ("a ++", None, 1),
    ],
)  # fmt: skip
def test_python_of_old_files(text, modern, problems):
    source, found = modern_lines(text)
    assert len(found) == problems
    assert source == (text if modern is None else modern)
