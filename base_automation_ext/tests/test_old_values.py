"""``old``, ``new`` and ``changed`` in the code and conditions of rules."""

from odoo.tests import tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestOldValues(RuleCase):
    def test_code_compares_old_and_new(self):
        """Code reads the value before the change, and an unwritten field as it is."""
        partners = self.make_partners(2, function="clerk", phone="1")
        partners[1].function = "chef"
        self.make_rule(
            self.code(
                "record.write({'ref': '%s>%s %s' % (old.function, new.function, old.phone)})"
            ),
            fields=["function"],
        )
        partners.write({"function": "boss"})
        self.assertEqual(partners.mapped("ref"), ["clerk>boss 1", "chef>boss 1"])

    def test_condition_on_the_change_itself(self):
        """A condition of an action may ask what has changed, per record."""
        country = self.env.ref("base.be")
        partners = self.make_partners(3)
        partners[1].country_id = country
        self.make_rule(
            {
                "state": "object_write",
                "update_path": "ref",
                "evaluation_type": "value",
                "value": "moved",
                "condition": "changed('country_id') and not old.country_id",
            },
            trigger="on_write",
        )
        partners[:2].write({"country_id": country.id, "function": "x"})
        partners[2].write({"function": "x"})
        self.assertEqual(partners.mapped("ref"), ["moved", False, False])

    def test_creation_has_no_old_values(self):
        """On creation everything has changed, and there is nothing old."""
        self.make_rule(
            self.code(
                "record.write({'ref': '%s %s %s' % (bool(old), old.function, changed('phone'))})"
            ),
            trigger="on_create",
        )
        self.assertEqual(self.make_partners(1, function="x").ref, "False False True")

    def test_unknown_field_is_named_in_the_error(self):
        """Asking for the old value of a field that does not exist says which one."""
        partner = self.make_partners(1)
        self.make_rule(self.code("x = old.nothing"), fields=["function"])
        with self.assertRaisesRegex(ValueError, "nothing"):
            partner.write({"function": "x"})


@tagged("post_install", "-at_install")
class TestOldValuesEverywhere(RuleCase):
    """Whatever an author can write about a record can also be written about its change."""

    def value_line(self, name, value_type, value):
        field = self.env["ir.model.fields"]._get("res.partner", name)
        return (0, 0, {"field_id": field.id, "value_type": value_type, "value": value})

    def check(self, action, expected, **vals):
        """Change two partners under a rule with the action; compare what it has written."""
        rule = self.make_rule(action, **{"fields": ["function"], "trigger": "on_update", **vals})
        partners = self.make_partners(2, function="a", city="Mons")
        partners[1].with_context(automation_skip=True).function = "A"
        partners.write({"function": "b"})
        self.assertEqual(partners.mapped("ref"), expected)
        rule.active = False

    def test_conditions(self):
        """As expression on the action, and as domain with names."""
        write = {
            "state": "object_write",
            "update_path": "ref",
            "evaluation_type": "value",
            "value": "x",
        }
        for vals in (
            {"condition": "old.function == 'a' and changed('function') and not changed('city')"},
            {
                "condition_domain": "[('function', '!=', old.function), ('id', '>', 0)]",
                "condition": "old.function == 'a'",
            },
        ):
            with self.subTest(**vals):
                self.check({**write, **vals}, ["x", False])

    def test_mapped_values(self):
        """Every kind of value that is evaluated."""
        cases = [
            ("equation", "old.function + '>' + new.function if changed() else ''"),
            ("template", "[[ old.function ]]>[[ new.function ]]"),
            ("template", "{{ old.function }}>{{ new.function }}"),
            ("template", "{{ old['function'] }}[[ '>' if changed('function') else '' ]]b"),
        ]
        for value_type, value in cases:
            with self.subTest(value=value):
                lines = [self.value_line("ref", value_type, value)]
                action = {"state": "object_write", "value_line_ids": lines}
                self.check(action, ["a>b", "A>b"])

    def test_created_records(self):
        """The values of a record the action creates."""
        for state in ("object_create", "object_upsert"):
            with self.subTest(state=state):
                fields = self.env["ir.model.fields"]
                action = {
                    "state": state,
                    "crud_model_id": self.partner_model.id,
                    "value_line_ids": [
                        self.value_line("name", "template", f"{state} [[ old.function ]]"),
                        self.value_line("city", "equation", "new.function"),
                    ],
                }
                if state == "object_upsert":
                    key = fields._get("res.partner", "name")
                    action["upsert_field_ids"] = [(6, 0, key.ids)]
                self.check(action, [False, False])
                found = self.env["res.partner"].search([("name", "like", state)])
                self.assertEqual(sorted(found.mapped("name")), [f"{state} A", f"{state} a"])
                self.assertEqual(set(found.mapped("city")), {"b"})

    def test_code(self):
        """Code for each record, code as in stock, and code for all of them."""
        source = "record.write({'ref': '%s>%s' % (old.function, new.function)})"
        for scope in ("record", False):
            with self.subTest(scope=scope):
                self.check(self.code(source, code_scope=scope), ["a>b", "A>b"])
        self.check(
            self.code(
                "for one in records:\n"
                "    one.write({'ref': env.context['old_values'][one.id]['function']})",
                code_scope="batch",
            ),
            ["a", "A"],
        )

    def test_parts_of_an_action(self):
        """Branches, several actions, and loops: there the record of the change is the parent."""
        write = {
            "model_id": self.partner_model.id,
            "state": "object_write",
            "value_line_ids": [self.value_line("ref", "equation", "old.function")],
        }
        then = self.env["ir.actions.server"].create({"name": "Then", **write})
        branch = {
            "state": "branch",
            "branch_condition": "old.function == 'a'",
            "branch_then_id": then.id,
        }
        self.check(branch, ["a", False])
        self.check({"state": "multi", "child_ids": [(0, 0, {"name": "P", **write})]}, ["a", "A"])

    def test_message(self):
        """The message of an action that only logs."""
        self.check({"state": "dummy", "dummy_message": "from [[ old.function ]]"}, [False, False])
        step = self.env["server.action.step"].search([("action_type", "=", "dummy")], limit=1)
        self.assertIn("from a", step.messages)
        self.assertIn("from A", step.messages)

    def test_other_records_have_not_changed(self):
        """Records of another model the action comes to have no old values, whatever their ids."""
        partner = self.make_partners(1, function="a")
        self.env["res.partner.category"].search([]).unlink()
        self.env.cr.execute(
            "INSERT INTO res_partner_category (id, name, active) VALUES (%s, %s, TRUE)",
            [partner.id, '{"en_US": "T"}'],
        )
        tag = self.env["res.partner.category"].browse(partner.id)
        inner = self.env["ir.actions.server"].create(
            {
                "name": "Inner",
                "model_id": self.env["ir.model"]._get_id(tag._name),
                "state": "code",
                "code": "record.write({'color': 7 if changed() or changed('name') else 5})",
                "code_scope": "record",
            }
        )
        self.make_rule(
            {
                "state": "loop",
                "loop_expression": f"env['res.partner.category'].browse({tag.id})",
                "loop_action_id": inner.id,
            },
            trigger="on_update",
            filter_change="changed('name')",
        )
        partner.name = "Other"
        self.assertEqual(tag.color, 5)

    def check_in_background(self, code, expected, **vals):
        self.make_rule(
            self.code(code, execution="task", **vals), fields=["function"], trigger="on_update"
        )
        partners = self.make_partners(2, function="a")
        partners[1].with_context(automation_skip=True).function = "A"
        partners.write({"function": "b"})
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env["server.action.task"]._drain()
        self.env.invalidate_all()
        self.assertEqual(partners.mapped("ref"), expected)

    def test_in_the_background_per_record(self):
        """An action that runs as a task still knows what the change was, in its condition too."""
        self.check_in_background(
            "record.write({'ref': '%s>%s' % (old.function, new.function)})",
            ["a>b", False],
            code_scope="record",
            condition="old.function == 'a'",
        )

    def test_in_the_background_all_at_once(self):
        """One task for all records knows the old values of each of them."""
        self.check_in_background(
            "records.write({'ref': '%s of %s' % (old.function, len(records))})",
            ["a of 2", "a of 2"],
            code_scope="batch",
        )
