"""The texts of a new type's files; `{key}`, `{label}` and `{title}` are filled in."""

MODEL = '''"""Type ``{key}``: {label}."""

from odoo import api, fields, models


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("{key}", "{label}"), ("multi",)],
        ondelete={{"{key}": lambda actions: actions._on_type_removed("{key}")}},
    )
    {key}_text = fields.Text(
        string="Text",
        help="What a person who sets up the action has to know about this field.",
    )

    @api.model
    def _get_type_cards(self):
        card = {{"icon": "fa-cube", "help": self.env._("One sentence on what the action does.")}}
        return {{**super()._get_type_cards(), "{key}": card}}

    def _warning_depends(self):
        return [*super()._warning_depends(), "{key}_text"]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "{key}" and not (self.{key}_text or "").strip():
            warnings.append(self.env._("Fill in the text."))
        return warnings

    def _run_action_{key}_multi(self, eval_context=None):
        """Run on all of ``eval_context["records"]`` at once; it may be empty.

        :returns: False, or an action for the client
        """
        return False
'''

VIEW = """<?xml version="1.0" encoding="UTF-8" ?>
<odoo>
    <!-- Type: {key}. -->
    <record id="view_server_action_form_{key}" model="ir.ui.view">
        <field name="name">ir.actions.server.form.inherit.{key}</field>
        <field name="model">ir.actions.server</field>
        <field name="inherit_id" ref="base.view_server_action_form" />
        <field name="arch" type="xml">
            <xpath expr="//t[@name='action_content']//notebook" position="before">
                <group invisible="state != '{key}'">
                    <field name="{key}_text" required="state == '{key}'" />
                </group>
            </xpath>
        </field>
    </record>
</odoo>
"""

TEST = '''"""Type ``{key}``: {label}."""

from odoo.tests import tagged

from {common} import EngineCase


@tagged("post_install", "-at_install")
class TestType{title}(EngineCase):
    def test_missing_text_is_a_warning(self):
        """An action that is not set up says so in its form."""
        action = self.new_action("{key}")
        self.assertIn("Fill in the text.", action.warning)

    def test_what_it_does(self):
        """State here what the action changes on its records, before writing it."""
        action = self.new_action("{key}", {key}_text="Something")
        self.run_on(action, self.partners)
        self.fail("The type {key} does nothing yet: assert what it is to change, then write it.")
'''
