"""The records of a search by activity."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.workflow_engine.models import workflow_by_activity

from .common import WorkflowCase


@tagged("post_install", "-at_install")
class TestByActivity(WorkflowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Activities are made in another order than the arrows have.
        cls.workflow = cls.flow(
            "late; a* -go-> b; b -go-> late; late -end-> z!", values={"name": "Where"}
        )
        cls.records = cls.partners(6)
        cls.records[:4].signal_workflow("go")
        cls.records[:2].signal_workflow("go")
        cls.records[0].signal_workflow("end")
        cls.domain = [("id", "in", cls.records.ids)]

    def counts(self, domain=None, model=None):
        """Return ``{group: [(place, count)]}``."""
        model = self.env["res.partner"] if model is None else model
        groups = model.workflow_activity_counts(domain or self.domain)["groups"]
        return {
            group["name"]: [(one["name"], one["count"]) for one in group["places"]]
            for group in groups
        }

    def at(self, name, domain=None, model=None):
        """Return the records that choosing a place leaves."""
        model = self.env["res.partner"] if model is None else model
        domain = domain or self.domain
        [place] = [
            place
            for group in model.workflow_activity_counts(domain)["groups"]
            for place in group["places"]
            if place["name"] == name
        ]
        found = model.workflow_activity_filter(domain, place)
        self.assertFalse(found["is_cut"])
        return model.search([*domain, ("id", "in", found["ids"])], order="id")

    def hide(self, record):
        """Return a user who may not read a record."""
        self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.partner_model.id,
                "domain_force": f"[('id', '!=', {record.id})]",
            }
        )
        return new_test_user(self.env, "by_activity", "base.group_user")

    def test_numbers_are_in_the_order_of_the_arrows(self):
        self.assertEqual(self.counts(), {"Where": [("a", 2), ("b", 2), ("late", 1), ("Ended", 1)]})
        self.assertEqual(self.records.workflow_activity_counts(self.domain)["total"], 6)

    def test_only_records_of_the_search_count(self):
        domain = [("id", "in", self.records[2:5].ids)]
        self.assertEqual(self.counts(domain), {"Where": [("a", 1), ("b", 2)]})
        self.assertEqual(self.counts([("id", "=", 0)]), {})
        self.records[2].active = False
        self.assertEqual(self.counts(domain), {"Where": [("a", 1), ("b", 1)]})

    def test_a_place_finds_its_records(self):
        self.assertEqual(self.at("a"), self.records[4:])
        self.assertEqual(self.at("b"), self.records[2:4])
        self.assertEqual(self.at("Ended"), self.records[0])

    def test_a_filter_holds_for_other_searches_too(self):
        """Other filters may be taken away again."""
        narrow = [("id", "=", self.records[4].id)]
        [group] = self.records.workflow_activity_counts(narrow)["groups"]
        found = self.records.workflow_activity_filter(narrow, group["places"][0])
        wide = [*self.domain, ("id", "in", found["ids"])]
        self.assertEqual(self.records.search(wide, order="id"), self.records[4:])

    def test_too_many_records_for_a_filter(self):
        """Those of the search come first, and who asks is told that some are missing."""
        [group] = self.records.workflow_activity_counts(self.domain)["groups"]
        place = group["places"][0]
        with patch.object(workflow_by_activity, "MOST", 1):
            narrow = [("id", "=", self.records[5].id)]
            found = self.records.workflow_activity_filter(narrow, place)
            self.assertEqual((found["ids"], found["is_cut"]), (self.records[5].ids, False))
            found = self.records.workflow_activity_filter(self.domain, place)
            self.assertEqual((found["ids"], found["is_cut"]), (self.records[4].ids, True))

    def test_record_rules_of_the_user_apply(self):
        user = self.hide(self.records[2])
        partners = self.env["res.partner"].with_user(user)
        self.assertEqual(
            self.counts(model=partners), {"Where": [("a", 2), ("b", 1), ("late", 1), ("Ended", 1)]}
        )
        self.assertEqual(self.at("b", model=partners), self.records[3])

    def test_who_may_not_read_the_model_learns_nothing(self):
        user = new_test_user(self.env, "by_activity", "base.group_user")
        crons = self.env["ir.cron"].with_user(user)
        with self.assertRaises(AccessError):
            crons.workflow_activity_counts([])
        with self.assertRaises(AccessError):
            crons.workflow_activity_filter([], {"kind": "none"})

    def test_a_portal_user_sees_the_own_record(self):
        user = new_test_user(self.env, "by_activity", "base.group_portal")
        domain = [("id", "in", [*self.records.ids, user.partner_id.id])]
        partners = self.env["res.partner"].with_user(user)
        self.assertEqual(self.counts(domain, partners), {"Where": [("a", 1)]})

    def test_two_workflows_of_a_model(self):
        """A record counts in each of them, and at each of its activities."""
        self.flow(
            "x* -> y; x -> w; y -end-> v!; w -end-> v",
            values={"name": "And"},
            x={"split_mode": "AND"},
        )
        self.records[3:].create_workflow()
        found = self.counts()
        self.assertEqual(list(found), ["And", "Where"])
        self.assertEqual(dict(found["And"]), {"y": 3, "w": 3})
        # Who began again has not ended.
        self.assertEqual(dict(found["Where"])["b"], 2)
        self.assertEqual(self.at("y"), self.records[3:])

    def test_records_in_no_workflow(self):
        self.records[4:].delete_workflow()
        self.assertEqual(self.counts()[""], [("In no workflow", 2)])
        self.assertEqual(self.at("In no workflow"), self.records[4:])

    def test_a_model_without_a_workflow(self):
        bank = self.env["res.bank"].create({"name": "Bank"})
        domain = [("id", "=", bank.id)]
        self.assertEqual(self.counts(domain, bank), {"": [("In no workflow", 1)]})
        self.assertEqual(self.at("In no workflow", domain, bank), bank)

    def test_stuck_records(self):
        """A join that waits for a branch nobody took."""
        self.flow(
            "a* -go-> join; a -else-> b; b -on-> join; join -end-> z!",
            values={"name": "Trap", "profile": "strict"},
            join={"join_mode": "AND"},
        )
        trapped, free = self.partners(2)
        trapped.signal_workflow("go")
        domain = [("id", "in", (trapped | free).ids)]
        label = "Stuck: no activity is left"
        self.assertEqual(self.counts(domain)["Trap"], [("a", 1), (label, 1)])
        self.assertEqual(self.at(label, domain), trapped)

    def test_older_versions_count_as_the_same_activity(self):
        self.workflow.action_new_draft()
        draft = self.workflow.draft_version_id
        draft.activity_ids.filtered(lambda one: one.name == "a").name = "Begin"
        self.workflow.action_publish()
        newer = self.partners()
        domain = [("id", "in", (self.records | newer).ids)]
        self.assertEqual(
            self.counts(domain), {"Where": [("Begin", 3), ("b", 2), ("late", 1), ("Ended", 1)]}
        )
        self.assertEqual(self.at("Begin", domain), self.records[4:] | newer)

    def test_what_it_costs(self):
        """As much for many records as for few."""
        few = [("id", "in", self.records[4:].ids)]
        many = [("id", "in", (self.records[4:] | self.partners(40)).ids)]
        self.counts(few)
        spent = []
        for domain in (few, many):
            self.env.invalidate_all()
            spent.append(self.queries_of(lambda domain=domain: self.counts(domain)))
        self.assertEqual(spent[0], spent[1])
        self.assertLessEqual(spent[0], 6)
