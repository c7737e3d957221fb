"""For whom rules fire, and the switch for all of them."""

from io import BytesIO

from odoo.tests import new_test_user, tagged
from odoo.tools.convert import convert_xml_import

from .common import RuleCase

CLERK = "base.group_user,base.group_partner_manager"


@tagged("post_install", "-at_install")
class TestRuleScope(RuleCase):
    def fired(self, partners):
        found = [partner.ref == "hit" for partner in partners]
        partners.with_context(automation_skip=True).sudo().write({"ref": False})
        return found

    def test_companies(self):
        """Records of the companies; those without count as records of the current one."""
        mine, other = self.env.company, self.env["res.company"].create({"name": "Other"})
        self.make_rule(fields=["function"], trigger="on_update", company_ids=[(6, 0, other.ids)])
        partners = self.make_partners(3)
        partners[0].company_id, partners[1].company_id = mine, other
        partners.write({"function": "x"})
        self.assertEqual(self.fired(partners), [False, True, False])
        partners.with_company(other).write({"function": "y"})
        self.assertEqual(self.fired(partners), [False, True, True])

    def test_companies_of_models_without_company(self):
        """There the company the user works in decides; a company is its own."""
        other = self.env["res.company"].create({"name": "Other"})
        action = {
            "state": "code",
            "code": "record.write({'name': record.name + '!'})",
        }
        scope = {"company_ids": [(6, 0, other.ids)], "trigger": "on_update"}
        self.make_rule(action, model="res.partner.category", fields=["color"], **scope)
        tag = self.env["res.partner.category"].create({"name": "Tag"})
        tag.color = 1
        self.assertEqual(tag.name, "Tag")
        tag.with_company(other).color = 2
        self.assertEqual(tag.name, "Tag!")
        self.make_rule(action, model="res.company", fields=["sequence"], **scope)
        (self.env.company + other).sequence = 3
        self.assertEqual(other.name, "Other!")
        self.assertFalse(self.env.company.name.endswith("!"))

    def test_who_sees_rules_of_a_company(self):
        """Administrators see rules of their companies and of all; the others run all the same."""
        mine, other = self.env.company, self.env["res.company"].create({"name": "Other"})
        admin = new_test_user(
            self.env,
            "admin_of_one",
            groups=f"base.group_system,{CLERK}",
            company_id=mine.id,
            company_ids=[(6, 0, mine.ids)],
        )
        vals = {"fields": ["function"], "trigger": "on_update"}
        here = self.make_rule(company_ids=[(6, 0, (mine + other).ids)], **vals)
        there = self.make_rule(company_ids=[(6, 0, other.ids)], **vals)
        everywhere = self.make_rule(self.code("pass"), **vals)
        rules = here + there + everywhere
        seen = self.env["base.automation"].with_user(admin).search([("id", "in", rules.ids)])
        self.assertEqual(seen, here + everywhere)
        here.paused = True
        partner = self.make_partners(1, company_id=False)
        partner.with_user(admin).function = "x"
        self.assertEqual(self.fired(partner), [False])
        partner.company_id = other
        partner.with_user(admin).sudo().function = "y"
        self.assertEqual(self.fired(partner), [True])

    def test_groups_of_the_acting_user(self):
        """Superuser mode changes the rights and not the user."""
        group = self.env["res.groups"].create({"name": "Sellers"})
        seller = new_test_user(self.env, "seller", groups=CLERK)
        seller.group_ids += group
        clerk = new_test_user(self.env, "clerk", groups=CLERK)
        self.make_rule(fields=["function"], trigger="on_update", only_group_ids=[(6, 0, group.ids)])
        partner = self.make_partners(1)
        for number, (env, expected) in enumerate(
            [
                (seller, True),
                (clerk, False),
                (self.env(su=True).user, False),
            ]
        ):
            partner.with_user(env).write({"function": str(number)})
            self.assertEqual(self.fired(partner), [expected], env.login)
        partner.with_user(clerk).sudo().write({"function": "sudo"})
        self.assertEqual(self.fired(partner), [False])
        partner.with_user(seller).sudo().write({"function": "sudo seller"})
        self.assertEqual(self.fired(partner), [True])

    def test_out_of_scope_reads_nothing(self):
        """A rule for another group costs no statement, whatever it would read."""
        group = self.env["res.groups"].create({"name": "Sellers"})
        partners = self.make_partners(3)
        self.make_rule(
            only_group_ids=[(6, 0, group.ids)], filter_change="old.country_id.code == 'BE'"
        )
        partners.write({"function": "warm"})
        counts = []
        for skip in (True, False):
            self.env.invalidate_all()
            partners.mapped("function")
            skipping = partners.with_context(automation_skip=skip)
            counts.append(
                self.queries_of(lambda records=skipping: records.write({"function": str(records)}))
            )
            partners.with_context(automation_skip=True).function = "changed"
        self.assertEqual(*counts)

    def test_import_and_installation(self):
        """Imports and installations are known by the context Odoo gives them."""
        self.make_rule(fields=["function"], trigger="on_update", skip_import=True)
        partner = self.make_partners(1)
        cases = [({"import_file": True}, False), ({"install_mode": True}, True), ({}, True)]
        for number, (context, expected) in enumerate(cases):
            partner.with_context(**context).write({"function": f"import {number}"})
            self.assertEqual(self.fired(partner), [expected], context)
        self.env["base.automation"].search([]).write({"skip_import": False, "skip_install": True})
        cases = [
            ({"import_file": True}, True),
            ({"install_mode": True}, False),
            ({"module": "sale"}, False),
        ]
        for number, (context, expected) in enumerate(cases):
            partner.with_context(**context).write({"function": f"install {number}"})
            self.assertEqual(self.fired(partner), [expected], context)

    def test_real_import(self):
        """``load`` sets what the rule looks for, when called by the import wizard."""
        self.make_rule(trigger="on_create", skip_import=True)
        other = self.make_rule(
            {
                "state": "object_write",
                "update_path": "city",
                "evaluation_type": "value",
                "value": "seen",
            },
            trigger="on_create",
        )
        self.assertTrue(other)
        result = (
            self.env["res.partner"]
            .with_context(import_file=True)
            .load(["name"], [["Imported 1"], ["Imported 2"]])
        )
        partners = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(partners.mapped("ref"), [False, False])
        self.assertEqual(partners.mapped("city"), ["seen", "seen"])

    def test_real_data_of_a_module(self):
        """Records that come with a module start only the rules that are meant for that."""
        self.make_rule(trigger="on_create", skip_install=True)
        self.make_rule(self.code("record.write({'city': 'seen'})"), trigger="on_create")
        data = BytesIO(
            b"<odoo><record id='installed' model='res.partner'>"
            b"<field name='name'>Installed</field></record></odoo>"
        )
        data.name = "partners.xml"
        convert_xml_import(self.env, "base_automation_ext", data, {}, "init")
        partner = self.env.ref("base_automation_ext.installed")
        self.assertEqual((partner.ref, partner.city), (False, "seen"))

    def test_rule_called_directly_keeps_its_scope(self):
        """Stock's webhooks and schedule call ``_process``; the scope holds there too."""
        rule = self.make_rule(
            company_ids=[(6, 0, self.env["res.company"].create({"name": "O"}).ids)]
        )
        partner = self.make_partners(1)
        rule._process(partner)
        self.assertEqual(self.fired(partner), [False])
        rule.company_ids = False
        rule._process(partner)
        self.assertEqual(self.fired(partner), [True])


@tagged("post_install", "-at_install")
class TestGlobalPause(RuleCase):
    def pause(self, value):
        self.env["ir.config_parameter"].set_param("base_automation_ext.paused", value)

    def test_parameter_stops_all_rules_at_once(self):
        """No rule fires, by whatever way, until the parameter is gone."""
        rule = self.make_rule(fields=["function"])
        hook = self.make_rule(trigger="on_webhook", record_getter="model.search([], limit=1)")
        partner = self.make_partners(1)
        partner.with_context(automation_skip=True).ref = False
        self.pause("True")
        self.assertTrue(rule._is_globally_paused())
        partner.function = "a"
        rule._process(partner)
        hook._execute_webhook({})
        self.assertFalse(partner.ref)
        self.assertNotIn("hit", self.env["res.partner"].search([]).mapped("ref"))
        self.pause("False")
        partner.function = "b"
        self.assertEqual(partner.ref, "hit")
        partner.ref = False
        self.pause("1")
        partner.function = "c"
        self.assertFalse(partner.ref)
        self.pause(False)
        partner.function = "d"
        self.assertEqual(partner.ref, "hit")

    def test_pause_costs_no_statement(self):
        """While everything is paused a write is as cheap as without rules."""
        partners = self.make_partners(2)
        partners.write({"function": "warm"})
        without = self.queries_of(lambda: partners.write({"function": "without"}))
        for _number in range(5):
            self.make_rule(filter_change="changed('function')")
        self.pause("1")
        partners.write({"function": "warm again"})
        self.assertEqual(self.queries_of(lambda: partners.write({"function": "with"})), without)
