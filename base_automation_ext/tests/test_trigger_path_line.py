"""The trigger “Lines change”."""

from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user, tagged

from .path_case import PathCase


class LineCase(PathCase):
    """Contacts are the lines of their company."""

    def line_rule(self, line_event="any", line_fields=(), name="child_ids", **vals):
        IrField = self.env["ir.model.fields"]
        field = IrField._get("res.partner", name)
        watched = [IrField._get(field.relation, one).id for one in line_fields]
        return self.make_rule(
            trigger="on_line_change",
            line_field_id=field.id,
            line_event=line_event,
            line_field_ids=[(6, 0, watched)],
            **vals,
        )


@tagged("post_install", "-at_install")
class TestLineChange(LineCase):
    def changes(self, company, other):
        """Return what can happen to the lines of a company: name → (function, kind)."""
        first, second = company.child_ids
        return {
            "changed": (lambda: first.write({"function": "a"}), "changed"),
            "same value": (lambda: first.write({"function": "a"}), None),
            "computed": (lambda: other.child_ids.write({"function": "a"}), None),
            "created": (lambda: self.make_partners(1, parent_id=company.id), "added"),
            "archived": (lambda: first.write({"active": False}), "removed"),
            "changed in the archive": (lambda: first.write({"function": "b"}), None),
            "brought back": (lambda: first.write({"active": True}), "added"),
            "moved away": (lambda: second.write({"parent_id": other.id}), "removed"),
            "moved here": (lambda: second.write({"parent_id": company.id}), "added"),
            "deleted": (lambda: second.unlink(), "removed"),
        }

    def test_what_happens_to_lines(self):
        """Each event hears its own kind of change, and “any” all of them."""
        for event in ("any", "added", "changed", "removed"):
            self.env["base.automation"].search([]).unlink()
            self.line_rule(event)
            companies, _contacts = self.make_families(2, 2)
            company, other = companies
            self.fired(companies)
            for what, (change, kind) in self.changes(company, other).items():
                with self.subTest(event=event, what=what):
                    expected = kind is not None and event in ("any", kind)
                    self.assertFires(company, change, expected)

    def test_line_moved_concerns_both(self):
        """Old and new record fire, in one run."""
        rule = self.line_rule()
        companies, contacts = self.make_families(3, 1)
        runs = self.count_runs(rule)
        contacts[0].parent_id = companies[1]
        self.assertEqual([sorted(ids) for ids in runs], [companies[:2].ids])

    def test_watched_fields_of_the_line(self):
        self.line_rule("changed", ["email"])
        companies, contacts = self.make_families(1, 2)
        self.assertFires(companies, lambda: contacts[0].write({"function": "a"}), False)
        self.assertFires(companies, lambda: contacts[0].write({"email": "a@example.com"}))

    def test_computed_field_counts_if_it_is_named(self):
        """Recomputed values do not count as edited lines, unless they are what is watched."""
        rule = self.line_rule("changed")
        companies, contacts = self.make_families(1, 1)
        self.assertFires(companies, lambda: companies.write({"name": "Renamed"}), False)
        named = self.env["ir.model.fields"]._get("res.partner", "commercial_company_name")
        rule.line_field_ids = named
        self.assertFires(companies, lambda: companies.write({"name": "Again"}))
        self.assertEqual(contacts.commercial_company_name, "Again")

    def test_saving_many_lines_is_one_change(self):
        """New, changed and deleted lines of one form run the rule once."""
        rule = self.line_rule()
        companies, contacts = self.make_families(1, 3)
        runs = self.count_runs(rule)
        companies.write(
            {
                "child_ids": [
                    (0, 0, {"name": "New"}),
                    (1, contacts[0].id, {"function": "a"}),
                    (1, contacts[1].id, {"function": "b"}),
                    (2, contacts[2].id),
                ]
            }
        )
        self.assertEqual(runs, [companies.ids])
        runs.clear()
        with Form(companies) as form:
            with form.child_ids.edit(0) as line:
                line.function = "c"
            with form.child_ids.edit(1) as line:
                line.function = "d"
        self.assertEqual(runs, [companies.ids])

    def test_taken_back_in_one_save_is_no_change(self):
        """What counts is the difference between before and after."""
        rule = self.line_rule()
        companies, contacts = self.make_families(1, 1)
        runs = self.count_runs(rule)
        commands = [(1, contacts.id, {"function": "a"}), (1, contacts.id, {"function": False})]
        companies.write({"child_ids": commands})
        self.assertEqual(runs, [])

    def test_first_lines_of_a_new_record_count_if_wanted(self):
        rule = self.line_rule("added")
        self.assertEqual(self.fired(self.make_families(2, 2)[0]), [False, False])
        rule.change_on_create = True
        self.assertEqual(self.fired(self.make_families(2, 2)[0]), [True, True])
        self.assertEqual(self.fired(self.make_families(2, 0)[0]), [False, False])

    def test_new_record_with_lines_is_one_change(self):
        """Its creation and that of its lines start the rule once, when all are there."""
        rule = self.line_rule("any", change_on_create=True)
        runs = self.count_runs(rule)
        companies, _contacts = self.make_families(2, 3)
        self.assertEqual(runs, [companies.ids])

    def test_tags_are_lines_too(self):
        """Records of a field with two sides, linked from either of them."""
        self.line_rule("added", name="category_id")
        tag = self.env["res.partner.category"].create({"name": "A"})
        partners = self.make_partners(2)
        self.assertFires(partners, lambda: partners.write({"category_id": [(4, tag.id)]}))
        self.assertFires(partners, lambda: partners.write({"category_id": [(5,)]}), False)
        self.assertFires(partners, lambda: tag.write({"partner_ids": [(6, 0, partners.ids)]}))

    def test_archived_record(self):
        """A record in the archive has lines like any other."""
        self.line_rule()
        companies, contacts = self.make_families(1, 1)
        companies.active = False
        self.assertFires(companies, lambda: contacts.write({"function": "a"}))

    def test_old_lines_are_at_hand(self):
        """Code that asks for them finds the lines from before."""
        self.line_rule(
            action=self.code(
                "record['ref'] = '%s>%s' % (len(old.child_ids), len(record.child_ids))"
            )
        )
        companies, contacts = self.make_families(1, 3)
        contacts[0].unlink()
        self.assertEqual(companies.ref, "3>2")
        contacts[1].parent_id = False
        self.assertEqual(companies.ref, "2>1")

    def test_own_consequences_do_not_start_it_again(self):
        """An action that adds a line runs once."""
        rule = self.line_rule()
        runs = self.count_runs(rule)
        code = rule.action_server_ids.code
        added = "records.write({'child_ids': [(0, 0, {'name': 'Added'})]})"
        rule.action_server_ids.code = f"{code}\n{added}"
        companies, contacts = self.make_families(1, 1)
        contacts.function = "a"
        self.assertEqual(runs, [companies.ids])

    def test_ordinary_user_who_may_not_see_the_record(self):
        """Who edits a line needs no rights on its record."""
        self.line_rule()
        user = new_test_user(self.env, "line_user", "base.group_user,base.group_partner_manager")
        companies, contacts = self.make_families(1, 1)
        self.env["ir.rule"].create(
            {
                "name": "Contacts only",
                "model_id": self.partner_model.id,
                "domain_force": "[('is_company', '=', False)]",
            }
        )
        self.assertFalse(companies.with_user(user)._filtered_access("read"))
        self.assertFires(companies, lambda: contacts.with_user(user).write({"function": "a"}))

    def test_switched_off(self):
        rule = self.line_rule()
        companies, contacts = self.make_families(1, 1)
        skipping = contacts.with_context(automation_skip=True)
        self.assertFires(companies, lambda: skipping.write({"function": "a"}), False)
        rule.paused = True
        self.assertFires(companies, lambda: contacts.write({"function": "b"}), False)

    def test_collected_changes_fire_once(self):
        """Several lines in one transaction are one firing at its end."""
        rule = self.line_rule(fire_mode="collapse")
        companies, contacts = self.make_families(1, 3)
        runs = self.count_runs(rule)
        for contact in contacts:
            contact.function = "a"
        self.assertEqual(runs, [])
        self.env.cr.flush()
        self.assertEqual(runs, [companies.ids])

    def test_in_words(self):
        """What happens to the lines, and which fields of them count."""
        cases = {
            ("added", ()): "something is added to the contact of a contact",
            ("removed", ("email",)): "something is removed from the contact of a contact",
            ("changed", ()): "something in the contact of a contact is changed",
            ("changed", ("email",)): "the email of the contact of a contact changes",
            ("any", ()): "something in the contact of a contact is added, changed or removed",
            ("any", ("email",)): "something is added to or removed from the contact of a contact, "
            "or the email there changes",
        }
        for (event, names), said in cases.items():
            with self.subTest(event=event, names=names):
                sentence = self.line_rule(event, names).sentence
                self.assertTrue(sentence.startswith(f"When {said}, "), sentence)

    def test_made_in_the_form(self):
        """Fields of the line go with the field that holds the lines."""
        IrField = self.env["ir.model.fields"]
        with Form(self.env["base.automation"]) as form:
            form.name = "Made in the form"
            form.model_id = self.partner_model
            form.trigger = "on_line_change"
            form.line_field_id = IrField._get("res.partner", "child_ids")
            form.line_event = "changed"
            form.line_field_ids.add(IrField._get("res.partner", "email"))
        self.assertEqual(form.record.line_field_ids.name, "email")
        with Form(form.record) as form:
            form.line_field_id = IrField._get("res.partner", "category_id")
        self.assertFalse(form.record.line_field_ids)

    def test_configuration_is_checked(self):
        with self.assertRaisesRegex(ValidationError, "choose the field"):
            self.make_rule(trigger="on_line_change")

    def test_configuration_of_another_model_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "choose the field"):
            self.line_rule(model="res.users")


@tagged("post_install", "-at_install")
class TestLineChangeCost(LineCase):
    def import_lines(self, tags, number):
        tags.create(
            [
                {"name": f"Line {number}.{at}", "parent_id": tag.id}
                for tag in tags
                for at in range(9)
            ]
        )

    def test_import_of_many_lines(self):
        """Ten times the records, with nine lines each, cost not one statement more."""
        lines = self.env["ir.model.fields"]._get("res.partner.category", "child_ids")
        rule = self.make_rule(
            self.code("pass"),
            model="res.partner.category",
            trigger="on_line_change",
            line_field_id=lines.id,
        )
        runs = self.count_runs(rule)
        ten, hundred = self.make_trees(10, 1), self.make_trees(100, 1)
        # Defaults of fields and the like are asked for once per process.
        self.cost_of(self.import_lines, ten, runs, ten)
        costs = [self.cost_of(self.import_lines, tags, runs, tags) for tags in (ten, hundred)]
        self.assertEqual(costs[1], costs[0])

    def test_import_of_records_with_lines(self):
        """The same for a file that brings records together with their lines."""
        lines = self.env["ir.model.fields"]._get("res.partner.category", "child_ids")
        rule = self.make_rule(
            self.code("pass"),
            model="res.partner.category",
            trigger="on_line_change",
            line_field_id=lines.id,
            change_on_create=True,
        )
        runs = self.count_runs(rule)

        def load(count, **context):
            rows = [
                [f"Tree {number}" if not at else "", f"Branch {number}.{at}", 5]
                for number in range(count)
                for at in range(4)
            ]
            names = ["name", "child_ids/name", "child_ids/color"]
            model = self.env["res.partner.category"].with_context(**context)
            result = model.load(names, rows)
            self.assertEqual(len(result["ids"]), count)
            return result["ids"]

        def cost(count):
            alone = self.cold_queries_of(lambda: load(count, automation_skip=True))
            runs.clear()
            ruled = self.cold_queries_of(lambda: load(count))
            self.assertEqual([len(ids) for ids in runs], [count])
            return ruled - alone

        cost(3)
        self.assertEqual(cost(50), cost(5))

    def test_fields_nobody_watches_cost_nothing(self):
        """Lines pay only when a watched field is written."""
        self.line_rule("changed", ["email"])
        _companies, contacts = self.make_families(2, 2)
        contacts.write({"function": "warm"})
        alone = self.queries_of(
            lambda: contacts.with_context(automation_skip=True).write({"function": "a"})
        )
        self.assertEqual(self.queries_of(lambda: contacts.write({"function": "b"})), alone)
