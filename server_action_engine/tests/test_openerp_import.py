"""Import of OpenERP data files: what becomes of each type, and what is said about it."""

import base64
import io
import sys
from contextlib import ExitStack
from pathlib import Path

from odoo.cli.command import find_command, load_addons_commands
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

FIXTURES = Path(__file__).parent.parent.parent / "tests" / "fixtures" / "openerp"
SAMPLE = """<openerp><data>%s</data></openerp>"""


@tagged("post_install", "-at_install")
class TestOpenerpImport(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = cls.env.ref("base.be")
        cls.parent = cls.env["res.partner"].create({"name": "Parent"})
        cls.partner = cls.env["res.partner"].create(
            {"name": "Ada", "parent_id": cls.parent.id, "email": "ada@example.com"}
        )

    def _wizard(self, content, **values):
        content = content.encode() if isinstance(content, str) else content
        return self.env["server.action.import"].create(
            {"data_file": base64.b64encode(content), **values}
        )

    def _import(self, content, **values):
        wizard = self._wizard(content, **values)
        wizard.action_import()
        return wizard

    def _sample(self, body, **values):
        return self._import(SAMPLE % body, **values)

    def _ref(self, name, module="__import_openerp__"):
        return self.env.ref(f"{module}.{name}")

    def _run(self, action, records=None):
        records = self.partner if records is None else records
        return action.with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id
        ).run()

    def _messages(self, wizard, record, kind=None):
        lines = wizard.line_ids.filtered(lambda line: line.record_id == record)
        if kind:
            lines = lines.filtered(lambda line: line.kind == kind)
        return "\n".join(lines.mapped("message"))

    # -- the sample of OpenERP 5 ------------------------------------------------------------------

    def _import_openerp5(self):
        return self._import((FIXTURES / "openerp5.xml").read_bytes())

    def test_code_and_condition_work_again(self):
        """Code runs as written, the old inequality sign is repaired and reported."""
        wizard = self._import_openerp5()
        action = self._ref("act_code")
        self.assertEqual(action.condition, "object.ref != 'done'")
        self.assertIn("Python 2", self._messages(wizard, "act_code", "changed"))
        self._run(action)
        self.assertEqual(self.partner.ref, "done")

    def test_code_of_the_old_interface_is_kept_as_comment(self):
        """Code that passes a cursor cannot run; it is kept, does nothing, and says why."""
        wizard = self._import_openerp5()
        action = self._ref("act_code_old_api")
        self.assertIn("# code: self.pool.get('res.partner').write(cr, uid", action.code)
        self.assertFalse([line for line in action.code.splitlines() if line[:1] not in ("#", "")])
        self._run(action)
        self.assertFalse(self.partner.ref)
        self.assertIn("OpenERP", self._messages(wizard, "act_code_old_api", "left_out"))

    def test_dummy_and_client_actions_become_their_new_types(self):
        """A dummy stays one; a client action opens the same window."""
        self._import_openerp5()
        self.assertEqual((self._ref("act_log").state, self._ref("act_log").sequence), ("dummy", 3))
        result = self._run(self._ref("act_open"))
        self.assertEqual(result["id"], self.env.ref("base.action_partner_form").id)

    def test_wizard_of_openerp_is_left_to_choose(self):
        """The action is there, says what is missing, and can be mapped in a second import."""
        wizard = self._import_openerp5()
        self.assertEqual(self._ref("act_wizard").state, "client")
        self.assertTrue(self._ref("act_wizard").warning)
        self.assertIn("wiz_old", self._messages(wizard, "act_wizard", "left_out"))
        self._import(
            (FIXTURES / "openerp5.xml").read_bytes(), mapping="wiz_old = base.action_partner_form"
        )
        self.assertFalse(self._ref("act_wizard").warning)

    def test_create_maps_its_values_and_keeps_the_record(self):
        """Both kinds of value and the field that keeps the new record are taken over."""
        self._import_openerp5()
        action = self._ref("act_create")
        self.assertEqual(action.state, "object_create")
        self._run(action)
        tag = self.partner.category_id
        self.assertEqual((tag.name, tag.color), ("Seen Ada", 4))

    def test_write_goes_to_the_record_of_the_expression(self):
        """write_id names the record, values are typed, references resolved."""
        self._import_openerp5()
        self._run(self._ref("act_write"))
        self.assertEqual((self.parent.ref, self.parent.country_id), ("Ada", self.country))

    def test_write_on_the_same_number_of_another_model_is_refused(self):
        """What nobody can have meant is not done."""
        wizard = self._import_openerp5()
        self.assertEqual(self._ref("act_write_same_id").state, "code")
        self.assertIn("same number", self._messages(wizard, "act_write_same_id", "left_out"))

    def test_loop_runs_its_body_over_a_renamed_field(self):
        """The addresses of OpenERP 5 are contacts now: the expression follows."""
        self._import_openerp5()
        loop = self._ref("act_loop")
        self.assertEqual(loop.loop_expression, "object.child_ids")
        self.assertEqual(loop.loop_action_id, self._ref("act_code"))
        self._run(loop, self.parent)
        self.assertEqual(self.partner.ref, "done")

    def test_types_of_missing_addons_are_kept_and_named(self):
        """E-mail, SMS and triggers are kept as comments that name the addon."""
        wizard = self._import_openerp5()
        for name, state, addon, text in (
            ("act_mail", "email", "smtp_mail_action", "# subject: Hello [[ object.name ]]"),
            ("act_sms", "sms", "sms_action", "# mobile: object.phone"),
            ("act_trigger", "trigger", "workflow_engine", "# trigger_name: invoice_open"),
        ):
            model = self.env.registry["ir.actions.server"]
            method = getattr(model, f"_import_openerp_{state}", None)
            if method and not method.__module__.startswith("odoo.addons.server_action_engine."):
                continue  # an addon brings the type back, and tests it
            with self.subTest(state):
                self.assertEqual(self._ref(name).state, "code")
                self.assertIn(text, self._ref(name).code)
                self.assertIn(addon, self._messages(wizard, name, "left_out"))

    def test_shared_child_is_copied(self):
        """Two multi actions with one child get one each, in the old order."""
        wizard = self._import_openerp5()
        first, second = self._ref("act_multi_one"), self._ref("act_multi_two")
        self.assertEqual(first.child_ids.mapped("name"), ["Do nothing", "Set the reference"])
        self.assertEqual(second.child_ids.mapped("name"), ["Do nothing", "Open the partners"])
        self.assertFalse(first.child_ids & second.child_ids)
        self.assertIn("copy", self._messages(wizard, "act_multi_two", "changed"))
        self.assertEqual(self._run(second)["type"], "ir.actions.act_window")

    def test_menu_entry_is_kept(self):
        """ir.values put the action into the Action menu; it is there again."""
        self._import_openerp5()
        self.assertEqual(self._ref("act_multi_one").binding_model_id.model, "res.partner")
        self.assertFalse(self._ref("act_multi_two").binding_model_id)

    def test_missing_model_is_named_and_can_be_mapped(self):
        """Without its model an action is kept; mapped, it lives on the new one."""
        wizard = self._import_openerp5()
        self.assertEqual(self._ref("act_gone").state, "code")
        self.assertIn("old.gone.thing", self._messages(wizard, "act_gone", "left_out"))
        self._import(
            (FIXTURES / "openerp5.xml").read_bytes(), mapping="old.gone.thing = res.partner"
        )
        self.assertEqual(
            (self._ref("act_gone").state, self._ref("act_gone").model_name),
            ("dummy", "res.partner"),
        )

    def test_every_record_of_the_file_is_in_the_report(self):
        """Nothing disappears without a line: each record and tag is accounted for."""
        wizard = self._import_openerp5()
        content = (FIXTURES / "openerp5.xml").read_text().splitlines()
        reported = set(wizard.line_ids.mapped("file_line"))
        for number, line in enumerate(content, 1):
            if any(tag in line for tag in ("<record", "<wizard", "<function")):
                self.assertIn(number, reported, line)

    def test_second_import_updates(self):
        """Importing again makes nothing twice, children and values included."""
        first = self._import_openerp5()
        count = self.env["ir.actions.server"].search_count([])
        ids = {name: self._ref(name).id for name in ("act_code", "act_multi_two", "act_create")}
        self._ref("act_code").name = "Renamed by hand"
        second = self._import_openerp5()
        self.assertEqual(self.env["ir.actions.server"].search_count([]), count)
        self.assertEqual((second.created_count, second.updated_count), (0, first.created_count))
        self.assertEqual({name: self._ref(name).id for name in ids}, ids)
        self.assertEqual(self._ref("act_code").name, "Set the reference")
        self.assertEqual(len(self._ref("act_create").value_line_ids), 2)
        self.assertEqual(len(self._ref("act_multi_two").child_ids), 2)

    # -- the sample of Odoo 10 --------------------------------------------------------------------

    def test_names_of_odoo_8_to_10_are_understood(self):
        """Created, written, copied and several at once, in another encoding."""
        self._import((FIXTURES / "odoo10.xml").read_bytes())
        self._run(self._ref("srv_cafe"))
        self.assertEqual(self.partner.ref, "café")
        self._run(self._ref("srv_multi"))
        self.assertEqual(self.partner.ref, "marked")
        self.assertEqual(self.partner.category_id.name, "Ada")
        self.assertFalse(self._ref("srv_create").condition)
        before = self.env["res.partner"].search([])
        self._run(self._ref("srv_copy"))
        self.assertEqual((self.env["res.partner"].search([]) - before).name, "Copy")

    def test_code_indented_in_its_file_runs(self):
        """As the documentation of Odoo 8 showed it: no type, the code inside the XML's indent."""
        wizard = self._sample(
            """<record id="c" model="ir.actions.server"><field name="name">C</field>
            <field name="model_id" ref="base.model_res_partner"/>
            <field name="code">
                for partner in records:
                    partner.write({'ref': 'indented'})
            </field></record>"""
        )
        self.assertEqual(self._messages(wizard, "c", "changed"), "")
        self._run(self._ref("c"))
        self.assertEqual(self.partner.ref, "indented")

    # -- single points ----------------------------------------------------------------------------

    def test_missing_field_is_named_with_a_line_to_map_it(self):
        """A value for a field that is gone keeps the action from running until it is mapped."""
        body = """<record id="w" model="ir.actions.server"><field name="name">W</field>
            <field name="model_id" ref="base.model_res_partner"/>
            <field name="state">object_write</field>
            <field name="fields_lines" eval="[(0,0,{'col1': ref('field_res_partner_oldref'),
                'type': 'value', 'value': 'x'})]"/></record>"""
        wizard = self._sample(body)
        self.assertEqual(self._ref("w").state, "code")
        self.assertIn("res.partner.oldref=", self._messages(wizard, "w", "left_out"))
        self._sample(body, mapping="res.partner.oldref=ref")
        self._run(self._ref("w"))
        self.assertEqual(self.partner.ref, "x")

    def test_missing_attribute_of_an_expression_is_reported(self):
        """An expression may still be right; what it names and is not there is said."""
        wizard = self._sample(
            """<record id="c" model="ir.actions.server"><field name="name">C</field>
            <field name="model_id" ref="base.model_res_partner"/><field name="state">dummy</field>
            <field name="condition">object.oldflag and object.parent_id.oldflag</field></record>"""
        )
        message = self._messages(wizard, "c", "left_out")
        self.assertIn("object.oldflag", message)
        self.assertIn("object.parent_id.oldflag", message)

    def test_cycle_of_loops_is_cut_and_reported(self):
        """Two loops that run each other are imported, the second link is refused."""
        loops = "".join(
            f"""<record id="{name}" model="ir.actions.server"><field name="name">{name}</field>
            <field name="model_id" ref="base.model_res_partner"/><field name="state">loop</field>
            <field name="expression">[object]</field>
            <field name="loop_action" ref="{other}"/></record>"""
            for name, other in (("la", "lb"), ("lb", "la"))
        )
        wizard = self._sample(loops)
        self.assertEqual(self._ref("la").loop_action_id, self._ref("lb"))
        self.assertFalse(self._ref("lb").loop_action_id)
        self.assertIn("itself", self._messages(wizard, "lb", "left_out"))

    def test_external_ids_of_installed_modules_are_not_taken(self):
        """A file cannot overwrite records of an installed module by using their ids."""
        self._sample(
            """<record id="base.model_res_partner" model="ir.actions.server">
            <field name="name">Thief</field><field name="state">dummy</field>
            <field name="model_id" ref="base.model_res_partner"/></record>"""
        )
        self.assertEqual(self.env.ref("base.model_res_partner")._name, "ir.model")
        self.assertEqual(self._ref("base__model_res_partner").name, "Thief")

    def test_chosen_module_names_the_external_ids(self):
        """The ids may be kept under the name of the old addon."""
        self._sample(
            """<record id="x" model="ir.actions.server"><field name="name">X</field>
            <field name="model_id" ref="base.model_res_partner"/></record>""",
            module="old_addon",
        )
        self.assertEqual(self._ref("x", "old_addon").state, "dummy")

    def test_groups_are_taken_over(self):
        """Groups that exist stay; missing ones are named."""
        wizard = self._sample(
            """<record id="g" model="ir.actions.server"><field name="name">G</field>
            <field name="model_id" ref="base.model_res_partner"/><field name="state">dummy</field>
            <field name="groups_id" eval="[(6,0,[ref('base.group_system'), ref('x.none')])]"/>
            </record>"""
        )
        self.assertEqual(self._ref("g").group_ids, self.env.ref("base.group_system"))
        self.assertIn("x.none", self._messages(wizard, "g", "left_out"))

    # -- the wizard -------------------------------------------------------------------------------

    def test_preview_changes_nothing(self):
        """The preview shows the whole report, and no action remains."""
        count = self.env["ir.actions.server"].search_count([])
        wizard = self._wizard((FIXTURES / "openerp5.xml").read_bytes())
        wizard.action_preview()
        self.assertEqual(wizard.state, "preview")
        self.assertGreater(wizard.created_count, 10)
        self.assertGreater(wizard.left_out_count, 3)
        self.assertEqual(self.env["ir.actions.server"].search_count([]), count)
        self.assertFalse(self.env.ref("__import_openerp__.act_log", raise_if_not_found=False))
        lines = wizard.line_ids.mapped("message")
        wizard.action_import()
        self.assertEqual(wizard.line_ids.mapped("message"), lines)
        self.assertEqual(len(wizard.action_ids), wizard.created_count)

    def test_unreadable_files_are_explained(self):
        """Broken XML, entities, another format and no file each say what to do."""
        for content, part in (
            ("<openerp>", "not valid XML"),
            ('<!DOCTYPE o [<!ENTITY a "b">]><odoo/>', "entity"),
            ("<html/>", "<html>"),
        ):
            with self.subTest(part), self.assertRaisesRegex(UserError, part):
                self._import(content)
        with self.assertRaisesRegex(UserError, "Choose"):
            self.env["server.action.import"].create({}).action_preview()

    def test_wrong_mapping_is_explained(self):
        """A mapping line without both sides is named."""
        with self.assertRaisesRegex(UserError, "Line 2"):
            self._sample("", mapping="a=b\nnonsense")

    # -- the command ------------------------------------------------------------------------------

    def _command(self, *arguments):
        """Run the command's work on a file in this test's transaction.

        :returns: (exit code, what it printed, what it complained about)
        """
        load_addons_commands("import_server_actions")
        command = find_command("import_server_actions")()
        parsed = command._arguments(["-d", self.env.cr.dbname, *map(str, arguments)])
        out, err = io.StringIO(), io.StringIO()
        with ExitStack() as stack:
            stack.enter_context(self.enter_registry_test_mode())
            self.patch(sys, "stdout", out)
            self.patch(sys, "stderr", err)
            code = command._import_file(self.env.cr.dbname, parsed.files[0], parsed)
        return code, out.getvalue(), err.getvalue()

    def test_command_imports_and_reports_each_line(self):
        """The command prints file, line, kind and record, and says if something was left out."""
        path = FIXTURES / "openerp5.xml"
        code, out, _err = self._command(path)
        self.assertEqual(code, 3)
        self.assertIn(f"{path}:12: understood: act_code:", out)
        self.assertIn("16 actions were created, 0 updated", out)
        self.assertEqual(self._ref("act_loop").state, "loop")

    def test_command_can_map_names_and_change_nothing(self):
        """A dry run reports under the mapping and leaves no action."""
        code, out, _err = self._command(
            "--dry-run", "--map", "old.gone.thing=res.partner", FIXTURES / "openerp5.xml"
        )
        self.assertEqual(code, 3)
        self.assertIn("The model old.gone.thing is called res.partner now", out)
        self.assertIn("would be created", out)
        self.assertFalse(self.env.ref("__import_openerp__.act_log", raise_if_not_found=False))

    def test_command_names_a_file_it_cannot_read(self):
        """A missing file, and one that is no data file, end with code 1 and a reason."""
        code, _out, err = self._command("/does/not/exist.xml")
        self.assertEqual(code, 1)
        self.assertIn("/does/not/exist.xml", err)
        code, _out, err = self._command(__file__)
        self.assertEqual(code, 1)
        self.assertIn("not valid XML", err)
