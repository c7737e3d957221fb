"""The trigger “A computed value changes”."""

from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base_automation_ext.models import snapshot_fill

from .path_case import PathCase

SUM_OF_COLORS = "sum(record.child_ids.mapped('color'))"

#: Computed fields, as people add them to a model: name → (type, depends, code per record).
FIELDS = {
    "x_total": ("integer", "child_ids.color", SUM_OF_COLORS),
    "x_status": ("char", "x_total", "'big' if record.x_total > 100 else 'small'"),
    "x_biggest_id": (
        "many2one",
        "child_ids.color",
        "record.child_ids.sorted('color', reverse=True)[:1]",
    ),
    "x_code": ("char", "barcode", "record.barcode"),
    "x_share": ("float", "color", "1.0 / (13 - record.color)"),
    "x_mystery": ("integer", "", "record.color"),
    "x_outside": ("integer", "x_mystery", "record.x_mystery"),
}


class ComputedCase(PathCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, (kind, depends, code) in FIELDS.items():
            cls.add_field("res.partner", name, kind, depends, code)

    @classmethod
    def add_field(cls, model, name, kind, depends, code):
        """Add a computed field as people do, and return it."""
        return cls.env["ir.model.fields"].create(
            {
                "name": name,
                "field_description": name,
                "model_id": cls.env["ir.model"]._get(model).id,
                "ttype": kind,
                "relation": model if kind == "many2one" else False,
                "store": False,
                "readonly": True,
                "depends": depends,
                "compute": f"for record in self: record['{name}'] = {code}",
            }
        )

    def computed_rule(self, name, fill=True, **vals):
        field = self.env["ir.model.fields"]._get("res.partner", name)
        rule = self.make_rule(trigger="on_computed_change", computed_field_id=field.id, **vals)
        if fill:
            self.fill()
        return rule

    def fill(self):
        """Run the background tasks that are waiting, in transactions of their own."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            done, left = self.env["server.action.task"]._drain()
        self.assertFalse(left)
        self.env.invalidate_all()
        return done

    def known(self, rule):
        """Return the values the rule knows, by record."""
        rows = self.env["base.automation.snapshot"].search([("rule_id", "=", rule.id)])
        return {row.res_id: row.value for row in rows}


@tagged("post_install", "-at_install")
class TestComputedChange(ComputedCase):
    def test_value_that_becomes_another_one(self):
        """Whatever the value depends on: a field of a line, a line more or less."""
        companies, contacts = self.make_families(2, 2)
        self.computed_rule("x_total")
        company = companies[0]
        self.assertFires(company, lambda: contacts[0].write({"color": 5}))
        self.assertFires(company, lambda: contacts[0].write({"color": 5}), False)
        self.assertFires(company, lambda: contacts[0].write({"function": "a"}), False)
        self.assertFires(company, lambda: contacts[2].write({"color": 5}), False)
        self.assertFires(company, lambda: contacts[0].unlink())
        self.assertFires(companies, lambda: contacts[2].write({"parent_id": company.id}))
        self.assertFires(company, lambda: self.make_partners(1, parent_id=company.id), False)
        self.assertFires(company, lambda: self.make_partners(1, parent_id=company.id, color=1))

    def test_dependency_that_changes_nothing(self):
        """A value that is the same after all its parts have changed did not change."""
        companies, contacts = self.make_families(1, 2, color=1)
        self.computed_rule("x_total")
        commands = [(1, contacts[0].id, {"color": 0}), (1, contacts[1].id, {"color": 2})]
        self.assertFires(companies, lambda: companies.write({"child_ids": commands}), False)

    def test_value_computed_from_another_computed_value(self):
        """Values that are computed from each other are followed to what is stored."""
        companies, contacts = self.make_families(1, 2)
        self.computed_rule("x_status")
        self.assertFires(companies, lambda: contacts[0].write({"color": 50}), False)
        self.assertFires(companies, lambda: contacts[1].write({"color": 51}))
        self.assertFires(companies, lambda: contacts[1].write({"color": 99}), False)

    def test_related_field(self):
        """A field that only shows another one is a computed value."""
        belgium = self.env.ref("base.be")
        partners = self.make_partners(2, country_id=belgium.id)
        self.computed_rule("country_code")
        self.assertFires(partners, lambda: belgium.write({"code": "QQ"}))
        self.assertFires(partners, lambda: belgium.write({"phone_code": 99}), False)

    def test_old_value_is_at_hand(self):
        """Numbers and records alike, also for the rule's filters and messages."""
        companies, contacts = self.make_families(1, 2, color=1)
        self.computed_rule(
            "x_total", action=self.code("record['ref'] = '%s>%s' % (old.x_total, record.x_total)")
        )
        self.computed_rule(
            "x_biggest_id",
            action=self.code(
                "record['function'] = '%s>%s %s' % (old.x_biggest_id.name, "
                "record.x_biggest_id.name, changed('x_biggest_id'))"
            ),
        )
        contacts[1].color = 7
        self.assertEqual(companies.ref, "2>8")
        self.assertEqual(companies.function, "Contact 0.0>Contact 0.1 True")

    def test_new_records_count_if_wanted(self):
        """The first value of a new record is known from the start."""
        rule = self.computed_rule("x_total")
        companies, contacts = self.make_families(1, 1, color=3)
        self.assertEqual(self.fired(companies), [False])
        self.assertFires(companies, lambda: contacts.write({"color": 4}))
        rule.change_on_create = True
        companies, contacts = self.make_families(1, 1, color=3)
        self.assertEqual(self.fired(companies + contacts), [True, False])

    def test_company_of_the_record(self):
        """A value that differs between companies counts in the company of the record."""
        other = self.env["res.company"].create({"name": "Other"})
        partner = self.make_partners(1, company_id=other.id)
        self.computed_rule("x_code")
        self.assertFires(partner, lambda: partner.write({"barcode": "here"}), False)
        there = partner.with_company(other)
        self.assertFires(partner, lambda: there.write({"barcode": "there"}))

    def test_ordinary_user_who_may_not_see_the_record(self):
        """Values are computed as superuser, and not left to the user."""
        companies, contacts = self.make_families(1, 1)
        self.computed_rule("x_total")
        user = new_test_user(self.env, "sum_user", "base.group_user,base.group_partner_manager")
        self.env["ir.rule"].create(
            {
                "name": "Contacts only",
                "model_id": self.partner_model.id,
                "domain_force": "[('is_company', '=', False)]",
            }
        )
        self.assertFires(companies, lambda: contacts.with_user(user).write({"color": 3}))

    def test_own_consequences_do_not_start_it_again(self):
        """What the action itself does to the value is known, and no reason to run again."""
        companies, contacts = self.make_families(1, 1)
        rule = self.computed_rule("x_total")
        runs = self.count_runs(rule)
        code = rule.action_server_ids.code
        rule.action_server_ids.code = f"{code}\nrecords.child_ids.write({{'color': 50}})"
        contacts.color = 3
        self.assertEqual(runs, [companies.ids])
        self.assertEqual(self.known(rule)[companies.id], 50)

    def test_computation_that_fails(self):
        """It stops the user only if the rule's policy says so."""
        partner = self.make_partners(1)
        rule = self.computed_rule("x_share", on_error="isolate", fill=False)
        partner.color = 1
        with mute_logger("odoo.addons.base_automation_ext.models.rule_subscriber"):
            partner.color = 13
        self.assertEqual(partner.color, 13)
        rule.on_error = "block"
        partner.with_context(automation_skip=True).color = 1
        with self.assertRaises(ZeroDivisionError):
            partner.color = 13

    def test_switched_off(self):
        """What changes while the rule is paused is known when it goes on."""
        companies, contacts = self.make_families(1, 1)
        rule = self.computed_rule("x_total")
        rule.paused = True
        self.assertFires(companies, lambda: contacts.write({"color": 3}), False)
        self.assertFalse(self.known(rule))
        rule.paused = False
        self.fill()
        self.assertFires(companies, lambda: contacts.write({"color": 3}), False)
        self.assertEqual(self.known(rule)[companies.id], 3)
        self.assertFires(companies, lambda: contacts.write({"color": 4}))

    def test_paused_globally(self):
        """The same for a pause of all rules."""
        companies, contacts = self.make_families(1, 1)
        self.computed_rule("x_total")
        self.env["ir.config_parameter"].set_param("base_automation_ext.paused", "1")
        contacts.color = 3
        self.env["ir.config_parameter"].set_param("base_automation_ext.paused", False)
        self.fill()
        self.assertFires(companies, lambda: contacts.write({"color": 3}), False)
        self.assertFires(companies, lambda: contacts.write({"color": 4}))

    def test_collected_changes_fire_once(self):
        """A value that ends up as it was did not change."""
        companies, contacts = self.make_families(2, 1, color=1)
        rule = self.computed_rule("x_total", fire_mode="collapse")
        runs = self.count_runs(rule)
        for color in (5, 6):
            contacts.color = color
        contacts[1].color = 1
        self.env.cr.flush()
        self.assertEqual(runs, [companies[0].ids])

    def test_stopped_rules_know_the_value(self):
        """A rule that another one keeps from running does not make up for it later."""
        companies, contacts = self.make_families(1, 1)
        first = self.computed_rule("x_total", action=self.code("pass"), sequence=1)
        first.stop_others = True
        self.computed_rule("x_total", sequence=2)
        self.assertFires(companies, lambda: contacts.write({"color": 3}), False)
        first.active = False
        self.assertFires(companies, lambda: contacts.write({"color": 3}), False)
        self.assertFires(companies, lambda: contacts.write({"color": 4}))

    def test_in_words(self):
        rule = self.computed_rule("x_total", fill=False)
        self.assertTrue(
            rule.sentence.startswith("When the x_total of a contact changes, "), rule.sentence
        )


@tagged("post_install", "-at_install")
class TestComputedSnapshot(ComputedCase):
    def test_it_is_filled_in_the_background(self):
        """The form shows how far it is; archived records are known as well."""
        companies, _contacts = self.make_families(3, 1, color=2)
        companies[0].active = False
        with patch.object(snapshot_fill, "BATCH", 4):
            rule = self.computed_rule("x_total", fill=False)
            total = self.env["res.partner"].with_context(active_test=False).search_count([])
            self.assertEqual(
                (rule.snapshot_state, rule.snapshot_done, rule.snapshot_total),
                ("filling", 0, total),
            )
            tasks = self.fill()
        self.assertEqual(tasks, 1 + -(-total // 4))
        self.assertEqual((rule.snapshot_state, rule.snapshot_done), ("ready", total))
        self.assertEqual([self.known(rule)[company.id] for company in companies], [2, 2, 2])

    def test_before_it_is_filled_the_first_value_is_known(self):
        """The rule does not run for it, but for the next."""
        companies, contacts = self.make_families(1, 1)
        self.computed_rule("x_total", fill=False)
        self.assertFires(companies, lambda: contacts.write({"color": 3}), False)
        self.assertFires(companies, lambda: contacts.write({"color": 4}))

    def test_filling_again_keeps_what_is_known(self):
        """A batch that is repeated overwrites nothing."""
        companies, _contacts = self.make_families(1, 1, color=3)
        rule = self.computed_rule("x_total")
        self.env["base.automation.snapshot"]._exchange(rule.id, {companies.id: 99})
        rule._fill_snapshot(companies.sudo())
        self.assertEqual(self.known(rule)[companies.id], 99)

    def test_another_field_is_read_anew(self):
        """Tasks for what the rule watched before do nothing any more."""
        companies, _contacts = self.make_families(1, 1, color=3)
        rule = self.computed_rule("x_total")
        rule.computed_field_id = self.env["ir.model.fields"]._get("res.partner", "x_status")
        self.assertEqual(rule.snapshot_state, "filling")
        self.fill()
        self.assertEqual(self.known(rule)[companies.id], "small")
        rule.trigger = "on_create_or_write"
        self.assertFalse(self.known(rule))

    def test_failed_batch_is_shown(self):
        partner = self.make_partners(1, color=13)
        rule = self.computed_rule("x_share", fill=False)
        with mute_logger("odoo.addons.server_action_engine.models.server_action_task_run"):
            self.fill()
        self.assertEqual(rule.snapshot_state, "failed")
        partner.with_context(automation_skip=True).color = 1
        rule.action_renew_snapshot()
        self.fill()
        self.assertEqual(rule.snapshot_state, "ready")

    def test_it_goes_with_the_rule_and_with_records(self):
        rule = self.computed_rule("x_total")
        partners = self.make_partners(2)
        rows = self.env["base.automation.snapshot"].search([("rule_id", "=", rule.id)])
        partners[0].unlink()
        self.env["base.automation.snapshot"]._gc_values()
        known = self.known(rule)
        self.assertIn(partners[1].id, known)
        self.assertNotIn(partners[0].id, known)
        rule.unlink()
        self.assertFalse(rows.exists())

    def test_fields_that_cannot_be_watched_are_refused(self):
        cases = {
            "name": "is stored",
            "x_mystery": "does not say which fields",
            "x_outside": "“x_mystery”.*does not say which fields",
            "main_user_id": "for each user",
            "avatar_128": "files or properties",
        }
        for name, reason in cases.items():
            with self.subTest(field=name):
                with self.assertRaises(ValidationError) as caught:
                    self.computed_rule(name, fill=False)
                self.assertRegex(str(caught.exception), reason)

    def test_field_is_needed(self):
        with self.assertRaisesRegex(ValidationError, "choose a computed field"):
            self.make_rule(trigger="on_computed_change")


@tagged("post_install", "-at_install")
class TestComputedChangeCost(ComputedCase):
    def test_statements_do_not_grow_with_the_records(self):
        """The values of all records are compared and kept by one statement."""
        field = self.add_field(
            "res.partner.category", "x_sum", "integer", "child_ids.color", SUM_OF_COLORS
        )
        few, many = self.make_trees(2, 2), self.make_trees(40, 2)
        rule = self.make_rule(
            self.code("pass"),
            model="res.partner.category",
            trigger="on_computed_change",
            computed_field_id=field.id,
        )
        self.fill()
        runs = self.count_runs(rule)
        few.child_ids.write({"color": 9})
        costs = [self.cost_of(self.paint, tags.child_ids, runs, tags) for tags in (few, many)]
        self.assertEqual(costs[0], costs[1])

    def paint(self, records, color):
        records.write({"color": color})

    def test_fields_nobody_watches_cost_nothing(self):
        _companies, contacts = self.make_families(2, 2)
        self.computed_rule("x_total")
        contacts.write({"function": "warm"})
        alone = self.queries_of(
            lambda: contacts.with_context(automation_skip=True).write({"function": "a"})
        )
        self.assertEqual(self.queries_of(lambda: contacts.write({"function": "b"})), alone)
