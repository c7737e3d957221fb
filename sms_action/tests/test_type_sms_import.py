"""Definitions of OpenERP 5–7 become SMS actions."""

from odoo.tests import tagged

from odoo.addons.server_action_engine.wizards.openerp_importer import OpenerpImporter

from .type_case import SmsTypeCase

FILE = """<?xml version="1.0"?>
<openerp><data>
    <record model="ir.actions.server" id="sms_field">
        <field name="name">SMS to the partner</field>
        <field name="model_id" ref="base.model_res_partner"/>
        <field name="state">sms</field>
        <field name="mobile">object.parent_id.mobile</field>
        <field name="sms">Dear [[ object.parent_id.name ]],
[[ object.street or 'call us' ]].</field>
    </record>
    <record model="ir.actions.server" id="sms_literal">
        <field name="name">SMS to us</field>
        <field name="model_id" ref="base.model_res_partner"/>
        <field name="state">sms</field>
        <field name="mobile">+32 470 99 99 99</field>
        <field name="sms">New: [[ object.name ]]</field>
    </record>
    <record model="ir.actions.server" id="sms_expression">
        <field name="name">SMS to one of two</field>
        <field name="model_id" ref="base.model_res_partner"/>
        <field name="state">sms</field>
        <field name="mobile">object.ref or '0470888888'</field>
        <field name="sms">Hi</field>
    </record>
</data></openerp>
"""


@tagged("post_install", "-at_install")
class TestSmsImport(SmsTypeCase):
    def test_old_definitions_send_what_they_say(self):
        """Expressions and literal numbers; the field that is gone is read from its successor."""
        result = OpenerpImporter(self.env).run(FILE.encode())
        field, literal, expression = result.actions.sorted("id")
        self.assertEqual(set(result.actions.mapped("state")), {"sms"})
        self.assertFalse(any(result.actions.mapped("warning")))
        self.assertEqual(field.sms_to, "object.parent_id.phone")
        self.partners[1].parent_id = self.partner
        message = self.messages_of(field, self.partners[1])
        self.assertEqual(message.number, "+32470123400")
        self.assertEqual(message.body, "Dear Partner 0,\ncall us.")
        message = self.messages_of(literal)
        self.assertEqual((message.number, message.body), ("+32470999999", "New: Partner 0"))
        self.assertEqual(self.messages_of(expression).number, "+32470888888")
