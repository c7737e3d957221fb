"""The trigger “A field of a related record changes”."""

import gc

from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user, tagged

from .path_case import PathCase


@tagged("post_install", "-at_install")
class TestRelatedChange(PathCase):
    def path_rule(self, path, **vals):
        return self.make_rule(trigger="on_related_change", related_path=path, **vals)

    def test_field_of_the_related_record(self):
        """All records that see the value fire, also archived ones; others do not."""
        self.path_rule("parent_id.function")
        companies, contacts = self.make_families(2, 2)
        contacts[1].active = False
        companies[0].function = "won"
        self.assertEqual(self.fired(contacts), [True, True, False, False])
        companies[0].function = "won"
        companies[0].comment = "of no interest"
        self.assertEqual(self.fired(contacts + companies), [False] * 6)

    def test_link_moves(self):
        """Another related record counts only if its value is another one."""
        self.path_rule("parent_id.function")
        companies, contacts = self.make_families(3, 1)
        companies[1].function = companies[2].function = "won"
        contact = contacts[0]
        self.fired(contacts)
        self.assertFires(contact, lambda: contact.write({"parent_id": companies[1].id}))
        self.assertFires(contact, lambda: contact.write({"parent_id": companies[2].id}), False)
        self.assertFires(contact, lambda: contact.write({"parent_id": False}))
        self.assertFires(contact, lambda: contact.write({"parent_id": companies[0].id}), False)
        self.assertFires(contact, lambda: contact.write({"parent_id": companies[0].id}), False)

    def test_two_steps(self):
        """The end, and each link on the way."""
        self.path_rule("parent_id.user_id.login")
        user = new_test_user(self.env, "path_user", "base.group_user")
        other = new_test_user(self.env, "path_other", "base.group_user")
        companies, contacts = self.make_families(1, 3)
        self.assertFires(contacts, lambda: companies.write({"user_id": user.id}))
        self.assertFires(contacts, lambda: user.write({"login": "path_renamed"}))
        self.assertFires(contacts, lambda: other.write({"login": "path_nobody"}), False)
        self.assertFires(contacts, lambda: companies.write({"user_id": other.id}))

    def test_stored_computed_field_at_the_end(self):
        """A recomputation of the related record counts."""
        self.path_rule("parent_id.commercial_company_name")
        companies, contacts = self.make_families(1, 2)
        self.assertFires(contacts, lambda: companies.write({"name": "Renamed"}))

    def test_related_field_at_the_end(self):
        """A field that only shows another one stands for it."""
        self.path_rule("parent_id.country_code")
        belgium = self.env.ref("base.be")
        companies, contacts = self.make_families(1, 1, type="other")
        self.assertFires(contacts, lambda: companies.write({"country_id": belgium.id}))
        self.assertFires(contacts, lambda: belgium.write({"code": "QQ"}))

    def test_path_through_lines(self):
        """Any line that gets, loses or has another value counts; the sum of them decides."""
        self.path_rule("child_ids.function")
        companies, contacts = self.make_families(2, 2)
        company = companies[0]
        self.assertFires(company, lambda: contacts[0].write({"function": "a"}))
        self.assertFires(company, lambda: contacts[2].write({"function": "a"}), False)
        self.assertFires(company, lambda: contacts[0].write({"active": False}))
        self.assertFires(companies, lambda: contacts[2].write({"parent_id": company.id}))
        self.assertFires(company, lambda: contacts[1].unlink(), False)
        self.assertFires(company, lambda: contacts[2].unlink())

    def test_path_through_records_of_both_sides(self):
        """Tags are linked from either side, renamed and deleted."""
        self.path_rule("category_id.name")
        tags = self.env["res.partner.category"].create([{"name": "A"}, {"name": "B"}])
        partners = self.make_partners(2)
        self.assertFires(partners, lambda: partners.write({"category_id": [(4, tags[0].id)]}))
        self.assertFires(partners, lambda: tags[1].write({"partner_ids": [(6, 0, partners.ids)]}))
        self.assertFires(partners, lambda: tags[1].write({"name": "C"}))
        self.assertFires(partners, lambda: tags[1].write({"color": 3}), False)
        self.assertFires(partners, lambda: tags[0].unlink())
        self.assertFires(
            partners,
            lambda: tags.create({"name": "D", "partner_ids": [(6, 0, partners.ids)]}),
        )

    def test_deleted_target_of_a_link(self):
        """A link emptied by the database is a link that moved."""
        self.path_rule("industry_id.name")
        industry = self.env["res.partner.industry"].create({"name": "Steel"})
        partners = self.make_partners(2, industry_id=industry.id)
        self.assertFires(partners, industry.unlink)

    def test_new_records_count_if_wanted(self):
        rule = self.path_rule("parent_id.function")
        company = self.make_partners(1, function="a")
        self.assertEqual(self.fired(self.make_partners(1, parent_id=company.id)), [False])
        rule.change_on_create = True
        self.assertEqual(self.fired(self.make_partners(1, parent_id=company.id)), [True])
        self.assertEqual(self.fired(self.make_partners(1)), [False])

    def test_old_values_are_at_hand(self):
        """Code finds the value, and the link, from before."""
        self.path_rule(
            "parent_id.function",
            action=self.code(
                "record['ref'] = '%s>%s %s' % (old['parent_id.function'], "
                "record.parent_id.function, old.parent_id.name)"
            ),
        )
        companies, contacts = self.make_families(2, 1)
        companies.write({"function": "a"})
        companies[0].function = "b"
        self.assertEqual(contacts[0].ref, "a>b Company 0")
        contacts[0].parent_id = companies[1]
        self.assertEqual(contacts[0].ref, "b>a Company 0")

    def test_filter_applies_to_the_record(self):
        self.path_rule("parent_id.function", filter_domain="[('email', '!=', False)]")
        companies, contacts = self.make_families(1, 2)
        contacts[0].email = "a@example.com"
        companies.function = "a"
        self.assertEqual(self.fired(contacts), [True, False])

    def test_ordinary_user_who_may_not_see_the_record(self):
        """Who changes the related record needs no rights on the records of the rule."""
        self.path_rule("parent_id.function")
        user = new_test_user(self.env, "path_user", "base.group_user,base.group_partner_manager")
        companies, contacts = self.make_families(1, 2)
        self.env["ir.rule"].create(
            {
                "name": "Companies only",
                "model_id": self.partner_model.id,
                "domain_force": "[('is_company', '=', True)]",
            }
        )
        self.assertFalse(contacts.with_user(user)._filtered_access("read"))
        self.assertFires(contacts, lambda: companies.with_user(user).write({"function": "a"}))

    def test_record_of_another_company(self):
        """The rule runs whichever companies the user has switched on."""
        self.path_rule("parent_id.function")
        other = self.env["res.company"].create({"name": "Other"})
        companies, contacts = self.make_families(1, 1)
        contacts.company_id = other
        user = new_test_user(self.env, "path_user", "base.group_user,base.group_partner_manager")
        self.assertFires(contacts, lambda: companies.with_user(user).write({"function": "a"}))

    def test_switched_off(self):
        """Paused and archived rules do nothing, nor does one the context names."""
        rule = self.path_rule("parent_id.function")
        companies, contacts = self.make_families(1, 1)
        skipping = companies.with_context(automation_skip=[f"base.automation,{rule.id}"])
        self.assertFires(contacts, lambda: skipping.write({"function": "a"}), False)
        rule.paused = True
        self.assertFires(contacts, lambda: companies.write({"function": "b"}), False)
        rule.write({"paused": False, "active": False})
        self.assertFires(contacts, lambda: companies.write({"function": "c"}), False)

    def test_own_consequences_do_not_start_it_again(self):
        """An action that changes the watched value runs once."""
        rule = self.path_rule("parent_id.function")
        runs = self.count_runs(rule)
        code = rule.action_server_ids.code
        rule.action_server_ids.code = f"{code}\nrecords.parent_id.write({{'function': 'again'}})"
        companies, contacts = self.make_families(1, 2)
        companies.function = "a"
        self.assertEqual(runs, [contacts.ids])

    def test_inside_another_rule(self):
        """What another rule does to the related record is a change like any other."""
        self.path_rule("parent_id.function")
        self.make_rule(self.code("record.write({'function': record.email})"), fields=["email"])
        companies, contacts = self.make_families(1, 2)
        self.assertFires(contacts, lambda: companies.write({"email": "a@example.com"}))

    def test_rules_after_it_can_be_stopped(self):
        """A rule may be the last one to run on its records, also on a path."""
        rule = self.path_rule("parent_id.function", sequence=1, stop_others=True)
        rule.filter_domain = "[('email', '!=', False)]"
        self.path_rule(
            "parent_id.function",
            action=self.code("record.write({'comment': 'second'})"),
            sequence=2,
        )
        companies, contacts = self.make_families(1, 2)
        contacts[0].email = "a@example.com"
        companies.function = "a"
        self.assertEqual([bool(contact.comment) for contact in contacts], [False, True])

    def test_filter_on_the_change(self):
        """The value from before is there for the filter too."""
        self.path_rule(
            "parent_id.function",
            filter_change="old['parent_id.function'] == 'a' and changed('parent_id.function')",
        )
        companies, contacts = self.make_families(1, 1)
        self.assertFires(contacts, lambda: companies.write({"function": "a"}), False)
        self.assertFires(contacts, lambda: companies.write({"function": "b"}))

    def test_firings_leave_no_environments_behind(self):
        """Odoo looks through all of them whenever one is asked for."""
        self.path_rule("parent_id.function", action=self.code("env.user.name"))
        companies, _contacts = self.make_families(1, 1)
        companies.function = "warm"
        gc.collect()
        environments = self.env.transaction.envs
        before = len(environments)
        gc.disable()
        try:
            for number in range(20):
                companies.function = f"number {number}"
            self.assertLess(len(environments), before + 10)
        finally:
            gc.enable()


@tagged("post_install", "-at_install")
class TestRelatedChangeLater(PathCase):
    """Rules that fire at the end of the transaction, or in the background."""

    def note_rule(self, **vals):
        note = "record.write({'ref': '%s>%s' % (old['parent_id.function'], old.parent_id.name)})"
        return self.make_rule(
            self.code(note),
            trigger="on_related_change",
            related_path="parent_id.function",
            **vals,
        )

    def test_collected_changes_fire_once(self):
        """The first value counts, wherever it was seen."""
        self.note_rule(fire_mode="collapse")
        companies, contacts = self.make_families(2, 1)
        companies[0].function = "a"
        self.env.cr.flush()
        self.assertEqual(contacts[0].ref, "False>Company 0")
        companies[0].function = "b"
        contacts[0].parent_id = companies[1]
        self.assertEqual(contacts[0].ref, "False>Company 0")
        self.env.cr.flush()
        self.assertEqual(contacts[0].ref, "a>Company 0")

    def test_in_the_background(self):
        """What was seen before is kept until the rule runs."""
        self.note_rule(rate_limit=100)
        companies, contacts = self.make_families(1, 1)
        companies.function = "a"
        companies.function = "b"
        self.assertFalse(contacts.ref)
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env["server.action.task"]._drain()
        self.env.invalidate_all()
        self.assertEqual(contacts.ref, "a>Company 0")


@tagged("post_install", "-at_install")
class TestRelatedChangeConfiguration(PathCase):
    def test_in_words(self):
        rule = self.make_rule(trigger="on_related_change", related_path="parent_id.user_id.login")
        self.assertTrue(
            rule.sentence.startswith(
                "When the login of the salesperson of the related company of a contact changes, "
            ),
            rule.sentence,
        )

    def test_made_in_the_form(self):
        """The field is asked for, and forgotten with the model."""
        with Form(self.env["base.automation"]) as form:
            form.name = "Made in the form"
            form.model_id = self.partner_model
            form.trigger = "on_related_change"
            form.related_path = "parent_id.function"
        self.assertEqual(form.record.related_path, "parent_id.function")
        with Form(form.record) as form:
            form.model_id = self.env["ir.model"]._get("res.users")
            form.trigger = "on_create"
        self.assertFalse(form.record.related_path)

    def test_removed_field_pauses_the_rule(self):
        """Anything on the way counts."""
        field = self.env["ir.model.fields"].create(
            {
                "name": "x_boss_id",
                "field_description": "Boss",
                "model_id": self.partner_model.id,
                "ttype": "many2one",
                "relation": "res.partner",
            }
        )
        rule = self.make_rule(trigger="on_related_change", related_path="x_boss_id.function")
        field.unlink()
        self.assertTrue(rule.paused)
        self.assertIn("x_boss_id", rule.pause_reason)

    def test_paths_that_cannot_be_watched_are_refused(self):
        """The reason says which field is to blame."""
        cases = {
            "": "choose the field",
            "function": "field of the record itself",
            "parent_id.nothing": "no field “nothing”",
            "parent_id.name.code": "leads to no other record",
            "parent_id.tz_offset": "computed whenever it is read",
            "parent_id.image_1920": "files or properties",
            "parent_id.write_date": "set by Odoo itself",
        }
        for path, reason in cases.items():
            with self.subTest(path=path):
                with self.assertRaises(ValidationError) as caught:
                    self.make_rule(trigger="on_related_change", related_path=path)
                self.assertIn(reason, str(caught.exception))


@tagged("post_install", "-at_install")
class TestRelatedChangeCost(PathCase):
    def tag_rule(self, **vals):
        return self.make_rule(
            self.code("pass"),
            model="res.partner.category",
            trigger="on_related_change",
            related_path="parent_id.color",
            **vals,
        )

    def paint(self, records, color):
        records.write({"color": color})

    def test_statements_do_not_grow_with_the_records(self):
        """Twenty times as many related records and records cost the same."""
        runs = self.count_runs(self.tag_rule())
        few, many = self.make_trees(2, 2), self.make_trees(40, 2)
        self.paint(few, 3)
        costs = [self.cost_of(self.paint, tags, runs, tags.child_ids) for tags in (few, many)]
        self.assertEqual(costs[0], costs[1])

    def test_fields_nobody_watches_cost_nothing(self):
        """A write of another field of a model along the path reads and asks nothing."""
        self.tag_rule()
        tags = self.make_trees(3, 2)
        tags.write({"name": "warm"})
        skipping = tags.with_context(automation_skip=True)
        alone = self.cold_queries_of(lambda: skipping.write({"name": "a"}))
        self.assertEqual(self.cold_queries_of(lambda: tags.write({"name": "b"})), alone)

    def test_value_that_stays_costs_no_search(self):
        """Writing the value there is reads it, and asks nobody who sees it."""
        runs = self.count_runs(self.tag_rule())
        tags = self.make_trees(3, 2)
        self.paint(tags, 4)
        runs.clear()
        skipping = tags.with_context(automation_skip=True)
        alone = self.cold_queries_of(lambda: self.paint(skipping, 4))
        self.assertEqual(self.cold_queries_of(lambda: self.paint(tags, 4)), alone + 1)
        self.assertEqual(runs, [])

    def test_rules_on_the_same_path_share_what_is_read(self):
        """More rules whose filters do not match add no statement."""
        tags = self.make_trees(3, 2)
        self.tag_rule(filter_domain="[('name', '=', 'nobody')]")
        self.paint(tags, 3)
        one = self.cold_queries_of(lambda: self.paint(tags, 4))
        for number in range(5):
            self.tag_rule(filter_domain=f"[('name', '=', 'nobody {number}')]")
        self.paint(tags, 5)
        self.assertEqual(self.cold_queries_of(lambda: self.paint(tags, 6)), one)
