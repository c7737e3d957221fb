"""How rules come into the index: all at once, from a module's data, from an import."""

from io import BytesIO

from odoo.tests import tagged
from odoo.tools.convert import convert_xml_import

from .common import RuleCase

RULE_IN_XML = b"""<?xml version="1.0" encoding="UTF-8" ?>
<odoo>
    <record id="test_rule" model="base.automation">
        <field name="name">From a module</field>
        <field name="model_id" ref="base.model_res_partner" />
        <field name="trigger">on_create_or_write</field>
        <field name="filter_domain">[("name", "=", "Wanted")]</field>
    </record>
    <record id="test_rule_action" model="ir.actions.server">
        <field name="name">Mark</field>
        <field name="model_id" ref="base.model_res_partner" />
        <field name="base_automation_id" ref="test_rule" />
        <field name="state">code</field>
        <field name="code">record.write({"ref": "hit"})</field>
    </record>
</odoo>
"""


@tagged("post_install", "-at_install")
class TestRuleLoad(RuleCase):
    def test_rules_of_a_module_work_at_once(self):
        """A rule and its action that come with a module's data need no restart."""
        data = BytesIO(RULE_IN_XML)
        data.name = "rules.xml"
        convert_xml_import(self.env, "base_automation_ext", data, {}, "init")
        partners = self.env["res.partner"].create([{"name": "Wanted"}, {"name": "Other"}])
        self.assertEqual(partners.mapped("ref"), ["hit", False])

    def test_statements_do_not_grow_with_the_rules(self):
        """The index is read with as many statements for many rules on many models as for few."""
        names = [
            name
            for name in sorted(self.env.registry)
            if not self.env[name]._abstract and "create_date" in self.env[name]._fields
        ][:60]

        def make(count, start):
            for number in range(count):
                self.make_rule(
                    self.code("x = 1"),
                    model=names[(start + number) % len(names)],
                    filter_domain=f"[('id', '=', {number})]",
                    filter_pre_domain="[('id', '!=', 0)]",
                    fields=["create_date"],
                )

        def statements():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["base.automation.subscriber"]._event_subscriptions()
            return self.env.cr.sql_log_count - before

        make(6, 0)
        statements()
        few = statements()
        make(100, 6)
        statements()
        self.assertEqual(statements(), few)
