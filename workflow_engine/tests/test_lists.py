"""The field by which lists of records are grouped."""

import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import sql

from odoo.addons.workflow_engine.models.workflow_place import FIELD

from .common import WorkflowCase

ENDED, STUCK = "Ended", "Stuck: no activity is left"


class ListCase(WorkflowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workflow = cls.flow(
            "a* -go-> b; b -go-> late; late -end-> z!",
            values={"name": "Where", "in_lists": True},
        )
        cls.Partner = cls.env["res.partner"]
        cls.records = cls.partners(6)
        cls.records[:4].signal_workflow("go")
        cls.records[:2].signal_workflow("go")
        cls.records[0].signal_workflow("end")
        cls.domain = [("id", "in", cls.records.ids)]

    def groups(self, domain=None, model=None):
        """Return what a grouped list shows: ``[(name, count)]``."""
        model = self.Partner if model is None else model
        found = model.web_read_group(domain or self.domain, [FIELD], ["__count"])["groups"]
        return [(one[FIELD] and one[FIELD][1], one["__count"]) for one in found]

    def place(self, name):
        [found] = self.env["workflow.place"].search(
            [("wkf_id", "=", self.workflow.id), ("name", "=", name)]
        )
        return found

    def at(self, name):
        return self.Partner.search([*self.domain, (FIELD, "in", self.place(name).ids)], order="id")


@tagged("post_install", "-at_install")
class TestLists(ListCase):
    # -- grouping, filtering, reading -----------------------------------------------------------

    def test_a_grouped_list(self):
        self.assertEqual(self.groups(), [("a", 2), ("b", 2), ("late", 1), (ENDED, 1)])

    def test_groups_open_to_their_records(self):
        groups = self.Partner.web_read_group(self.domain, [FIELD], ["__count"])["groups"]
        found = [self.Partner.search([*self.domain, *one["__extra_domain"]]) for one in groups]
        self.assertEqual(
            [set(one.ids) for one in found],
            [set(one.ids) for one in (self.records[4:], self.records[2:4], self.records[1],
                                      self.records[0])],
        )  # fmt: skip

    def test_groups_within_groups(self):
        self.records[5].comment = "Other"
        self.records[5].function = "Baker"
        found = self.Partner._read_group(self.domain, [FIELD, "function"], ["__count"])
        self.assertIn((self.place("a"), "Baker", 1), found)

    def test_a_filter_follows_the_records(self):
        self.assertEqual(self.at("b"), self.records[2:4])
        self.records[5].signal_workflow("go")
        self.assertEqual(self.at("b"), self.records[2:4] | self.records[5])

    def test_the_field_follows_the_records(self):
        record = self.records[5]
        self.assertEqual(record[FIELD].mapped("display_name"), ["a"])
        record.signal_workflow("go")
        self.assertEqual(record[FIELD].mapped("display_name"), ["b"])
        record.delete_workflow()
        self.assertFalse(record[FIELD])
        record.create_workflow()
        self.assertEqual(record[FIELD], self.place("a"))

    def test_filters_by_name(self):
        found = self.Partner.search([*self.domain, (FIELD, "ilike", "late")])
        self.assertEqual(found, self.records[1])
        self.assertEqual(
            self.Partner.search([*self.domain, (FIELD, "=", False)]), self.Partner.browse()
        )
        self.records[1].delete_workflow()
        found = self.Partner.search([*self.domain, (FIELD, "=", False)])
        self.assertEqual(found, self.records[1])

    def test_several_activities_and_workflows(self):
        """A record is in the group of each place; two workflows are told apart."""
        self.flow(
            "x* -> y; x -> w; y -end-> v!; w -end-> v",
            values={"name": "And"},
            x={"split_mode": "AND"},
        )
        self.records[4].create_workflow()
        found = dict(self.groups([("id", "=", self.records[4].id)]))
        self.assertEqual(found, {"Where / a": 1, "And / y": 1, "And / w": 1})

    def test_a_stuck_record(self):
        self.flow(
            "a* -go-> join; a -else-> b; b -on-> join; join -end-> z!",
            values={"name": "Trap", "profile": "strict"},
            join={"join_mode": "AND"},
        )
        trapped = self.partners()
        trapped.signal_workflow("go")
        self.assertEqual(
            dict(self.groups([("id", "=", trapped.id)])), {"Where / b": 1, f"Trap / {STUCK}": 1}
        )

    def test_versions_are_one_group(self):
        self.workflow.action_new_draft()
        draft = self.workflow.draft_version_id
        draft.activity_ids.filtered(lambda one: one.name == "a").name = "Begin"
        self.workflow.action_publish()
        newer = self.partners()
        domain = [("id", "in", (self.records | newer).ids)]
        self.assertEqual(dict(self.groups(domain))["Begin"], 3)

    def test_who_ended_twice_counts_once(self):
        self.records[0].create_workflow()
        self.records[0].signal_workflow("go")
        self.records[0].signal_workflow("go")
        self.records[0].signal_workflow("end")
        self.assertEqual(self.groups([("id", "=", self.records[0].id)]), [(ENDED, 1)])

    def test_the_dialog_filters_by_the_field(self):
        [group] = self.Partner.workflow_activity_counts(self.domain)["groups"]
        place = group["places"][1]
        found = self.Partner.workflow_activity_filter(self.domain, place)
        self.assertEqual(found, {"domain": [(FIELD, "in", self.place("b").ids)]})
        outside = {"kind": "none", "workflow": None, "key": None}
        found = self.Partner.workflow_activity_filter(self.domain, outside)
        self.assertEqual(found, {"domain": [(FIELD, "=", False)]})
        with self.assertRaises(ValueError):
            self.Partner.workflow_activity_filter(self.domain, {**outside, "kind": "odd"})

    def test_it_costs_two_statements_more_for_any_number(self):
        self.groups()
        few, many = self.records[4:], self.partners(40)
        spent = [
            self.queries_of(lambda records=records: self.groups([("id", "in", records.ids)]))
            for records in (few, many)
        ]
        self.assertEqual(spent[0], spent[1])

    # -- what it is -----------------------------------------------------------------------------

    def test_it_is_described_to_the_client(self):
        described = self.Partner.fields_get([FIELD])[FIELD]
        self.assertEqual(described["string"], "Workflow Activity")
        self.assertTrue(described["groupable"] and described["searchable"])
        self.assertTrue(described["readonly"])

    def test_nobody_writes_it(self):
        values = {FIELD: [(6, 0, self.place("a").ids)]}
        with self.assertRaisesRegex(UserError, "Send the record a signal"):
            self.records[0].write(values)
        with self.assertRaisesRegex(UserError, "Send the record a signal"):
            self.Partner.create({"name": "Not there", **values})

    def test_a_copy_starts_its_own_way(self):
        self.assertEqual(self.records[1].copy()[FIELD], self.place("a"))

    def test_an_employee_without_further_rights(self):
        user = new_test_user(self.env, "in_lists", "base.group_user")
        self.assertEqual(
            self.groups(model=self.Partner.with_user(user)),
            [("a", 2), ("b", 2), ("late", 1), (ENDED, 1)],
        )

    def test_a_portal_user_reads_all_other_fields(self):
        user = new_test_user(self.env, "in_lists", "base.group_portal")
        partner = user.partner_id.with_user(user)
        self.assertNotIn(FIELD, partner.fields_get())
        with self.assertRaises(AccessError):
            partner.read([FIELD])

    def test_only_who_may_change_workflows_switches_it(self):
        user = new_test_user(self.env, "in_lists", "base.group_user")
        with self.assertRaises(AccessError):
            self.workflow.with_user(user).in_lists = False


@tagged("post_install", "-at_install")
class TestListsSwitched(ListCase):
    def setUp(self):
        # Runs after the test's changes are rolled back.
        self.addCleanup(lambda: self.registry._setup_models__(self.env.cr))
        super().setUp()

    def test_switching_it_off_removes_it(self):
        view = self.Partner._fields[FIELD].relation
        self.workflow.in_lists = False
        self.assertNotIn(FIELD, self.env["res.partner"]._fields)
        self.assertIsNone(sql.table_kind(self.env.cr, view))
        [group] = self.env["res.partner"].workflow_activity_counts(self.domain)["groups"]
        found = self.env["res.partner"].workflow_activity_filter(self.domain, group["places"][0])
        self.assertEqual(found["ids"], self.records[4:].ids)
        self.workflow.in_lists = True
        self.assertEqual(self.env["res.partner"].browse(self.records[5].ids)[FIELD].name, "a")

    def test_two_workflows_share_it(self):
        other = self.flow("x* -ok-> y!", values={"name": "Other", "in_lists": True})
        self.workflow.in_lists = False
        self.assertIn(FIELD, self.env["res.partner"]._fields)
        other.unlink()
        self.assertNotIn(FIELD, self.env["res.partner"]._fields)

    def test_another_model(self):
        other = self.flow("x* -ok-> y!", values={"name": "Other"}, model="res.bank")
        self.assertNotIn(FIELD, self.env["res.bank"]._fields)
        other.in_lists = True
        other.osv = "res.partner.industry"
        self.assertNotIn(FIELD, self.env["res.bank"]._fields)
        self.assertIn(FIELD, self.env["res.partner.industry"]._fields)

    def test_other_custom_fields_can_still_be_added(self):
        """Odoo looks at all custom fields of the model then, and wants foreign keys."""
        self.env["ir.model.fields"].create(
            {"name": "x_other", "model_id": self.partner_model.id, "ttype": "char",
             "field_description": "Other"}
        )  # fmt: skip
        self.assertEqual(self.groups(), [("a", 2), ("b", 2), ("late", 1), (ENDED, 1)])

    def test_an_upgrade_makes_the_views_anew(self):
        self.env["workflow.place"].init()
        self.assertEqual(self.groups(), [("a", 2), ("b", 2), ("late", 1), (ENDED, 1)])

    def test_saved_filters(self):
        """A favourite holds the place, not the records of its day."""
        saved = self.env["ir.filters"].create(
            {
                "name": "At b",
                "model_id": "res.partner",
                "domain": repr([(FIELD, "in", self.place("b").ids)]),
                "context": json.dumps({"group_by": [FIELD]}),
            }
        )
        self.records[5].signal_workflow("go")
        found = self.Partner.search([*self.domain, *saved._get_eval_domain()])
        self.assertIn(self.records[5], found)

    def test_a_name_somebody_else_has_taken(self):
        """Their field stays, and the message says what to do."""
        bank = self.env["ir.model"]._get("res.bank")
        self.env["ir.model.fields"].create(
            {"name": FIELD, "model_id": bank.id, "ttype": "char", "field_description": "Mine"}
        )
        with self.assertRaisesRegex(UserError, FIELD):
            self.flow("x* -ok-> y!", values={"in_lists": True}, model="res.bank")
        self.assertEqual(self.env["res.bank"]._fields[FIELD].type, "char")

    # -- what others do to it -------------------------------------------------------------------

    def place_field(self, model="res.partner"):
        return self.env["ir.model.fields"]._get(model, FIELD)

    def test_both_models_of_a_delegation(self):
        """Users have the field of their partners until their own workflow wants one."""
        self.assertFalse(self.place_field("res.users").relation_table)
        user = new_test_user(self.env, "in_lists", "base.group_user")
        own = self.flow(
            "x* -ok-> y!", values={"name": "Users", "in_lists": True}, model="res.users"
        )
        user.create_workflow()
        self.assertEqual(self.env["res.users"].browse(user.id)[FIELD].wkf_id, own)
        self.assertEqual(
            self.env["res.partner"].browse(user.partner_id.id)[FIELD].wkf_id, self.workflow
        )
        own.in_lists = False
        user = self.env["res.users"].browse(user.id)
        self.assertEqual(user[FIELD].wkf_id, self.workflow)
        with self.assertRaisesRegex(UserError, "Send the record a signal"):
            user[FIELD] = False
            self.env.flush_all()

    def test_one_who_renames_it(self):
        """It is the same field then, whose relation is a view."""
        self.place_field().name = "x_where"
        field = self.env["res.partner"]._fields["x_where"]
        self.env["workflow.place"].init()
        self.registry.init_models(self.env.cr, ["res.partner"], {"update_custom_fields": True})
        partner = self.env["res.partner"].browse(self.records[5].id)
        self.assertEqual(partner.x_where.name, "a")
        with self.assertRaisesRegex(UserError, "Send the record a signal"):
            partner.x_where = False
            self.env.flush_all()
        partner.signal_workflow("go")
        self.assertEqual(partner.x_where.name, "b")
        self.workflow.in_lists = False
        self.assertIsNone(sql.table_kind(self.env.cr, field.relation))

    def test_one_who_deletes_it(self):
        """The setting says what there is."""
        self.place_field().unlink()
        self.assertFalse(self.workflow.in_lists)
        self.workflow.in_lists = True
        self.assertEqual(self.env["res.partner"].browse(self.records[5].id)[FIELD].name, "a")

    def test_custom_fields_of_others_about_places(self):
        """They have tables, which nobody touches."""
        mine = self.env["ir.model.fields"].create(
            {"name": "x_places", "model_id": self.partner_model.id, "ttype": "many2many",
             "relation": "workflow.place", "field_description": "Places"}
        )  # fmt: skip
        table = mine.relation_table or self.env["res.partner"]._fields["x_places"].relation
        mine.relation_table = table
        self.env["workflow.place"].init()
        self.assertEqual(sql.table_kind(self.env.cr, table), sql.TableKind.Regular)
        mine.unlink()
        self.assertIsNone(sql.table_kind(self.env.cr, table))

    def test_a_custom_model_that_is_deleted(self):
        """Its view goes with it, and the next upgrade works."""
        model = self.env["ir.model"].create({"name": "Thing", "model": "x_thing"})
        self.flow("x* -ok-> y!", values={"in_lists": True}, model="x_thing")
        thing = self.env["x_thing"].create({"x_name": "One"})
        self.assertEqual(thing[FIELD].name, "x")
        view = self.env["x_thing"]._fields[FIELD].relation
        model.unlink()
        self.env["workflow.place"].init()
        self.assertIsNone(sql.table_kind(self.env.cr, view))
