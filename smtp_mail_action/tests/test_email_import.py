"""Definitions of OpenERP 5–7 become e-mail actions."""

from odoo.tests import tagged

from odoo.addons.server_action_engine.wizards.openerp_importer import OpenerpImporter

from .common import EmailCase

FILE = """<?xml version="1.0"?>
<openerp><data>
    <record model="ir.actions.server" id="mail_field">
        <field name="name">Mail to the partner</field>
        <field name="model_id" ref="base.model_res_partner"/>
        <field name="state">email</field>
        <field name="email">object.parent_id.email</field>
        <field name="subject">Order of [[ object.name ]]</field>
        <field name="message">Dear [[ object.parent_id.name ]],

your address is [[ object.street or 'unknown' ]].</field>
    </record>
    <record model="ir.actions.server" id="mail_literal">
        <field name="name">Mail to us</field>
        <field name="model_id" ref="base.model_res_partner"/>
        <field name="state">email</field>
        <field name="email">me@example.com</field>
        <field name="subject">Hi</field>
        <field name="message">&lt;p&gt;Hello [[ object.name ]]&lt;/p&gt;</field>
    </record>
</data></openerp>
"""


@tagged("post_install", "-at_install")
class TestEmailImport(EmailCase):
    def test_old_definitions_send_as_they_did(self):
        """Expressions and literal addresses, plain text and HTML, all with [[ ]]."""
        result = OpenerpImporter(self.env).run(FILE.encode())
        field, literal = result.actions.sorted("id")
        self.assertEqual((field.state, literal.state), ("email", "email"))
        self.assertFalse(field.warning or literal.warning)
        self.partners[1].parent_id = self.partner
        mail = self.mails_of(field, self.partners[1])
        self.assertEqual(mail.email_to, '"Partner 0" <p0@example.com>')
        self.assertEqual(mail.subject, "Order of Partner 1")
        self.assertIn("Dear Partner 0,", mail.body_html)
        self.assertIn("your address is unknown.", mail.body_html)
        mail = self.mails_of(literal)
        self.assertEqual(mail.email_to, "me@example.com")
        self.assertEqual(mail.body_html, "<p>Hello Partner 0</p>")
