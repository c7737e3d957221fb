"""Finding records by where they are, and instances whose record is gone."""

from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import WorkflowCase


@tagged("post_install", "-at_install")
class TestWhere(WorkflowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workflow = cls.flow("a* -go-> b; b -go-> c!; a -split-> d", values={"name": "Where"})
        cls.records = cls.partners(5)
        cls.records[:3].signal_workflow("go")

    def activity(self, name):
        return self.workflow.current_version_id.activity_ids.filtered(lambda one: one.name == name)

    def test_instances_by_activity(self):
        domain = [("wkf_id", "=", self.workflow.id), ("activity_ids", "ilike", "b")]
        found = self.env["workflow.instance"].search(domain)
        self.assertCountEqual(found.mapped("res_id"), self.records[:3].ids)
        groups = self.env["workflow.instance"]._read_group(
            [("wkf_id", "=", self.workflow.id)], ["activity_ids"], ["__count"]
        )
        self.assertEqual({activity.name: count for activity, count in groups}, {"a": 2, "b": 3})
        self.records[0].signal_workflow("go")
        self.assertEqual(found.activity_ids.mapped("name"), ["b", "c"])

    def test_from_an_activity_to_its_records(self):
        form = Form(self.activity("b"))
        self.assertEqual(form.record_count, 3)
        action = self.activity("b").action_open_records()
        self.assertEqual(action["res_model"], "res.partner")
        found = self.env["res.partner"].search(action["domain"])
        self.assertEqual(found.sorted("id"), self.records[:3])
        self.records[0].signal_workflow("go")
        self.assertEqual(self.activity("c").record_count, 0, "it has reached the end")

    def test_records_on_an_older_version_count(self):
        self.workflow.action_new_draft()
        self.workflow.action_publish()
        newer = self.partners()
        newer.signal_workflow("go")
        found = self.env["res.partner"].search(self.activity("b").action_open_records()["domain"])
        self.assertEqual(found.sorted("id"), self.records[:3] | newer)

    def test_who_may_not_read_a_record_does_not_find_it(self):
        self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.partner_model.id,
                "domain_force": f"[('id', '!=', {self.records[1].id})]",
            }
        )
        user = new_test_user(self.env, "where", "base.group_user")
        self.assertEqual(self.activity("b").with_user(user).record_count, 2)

    def test_from_instances_to_their_records(self):
        instances = self.instances(self.records[:2])
        action = instances.action_open_records()
        self.assertEqual(self.env["res.partner"].search(action["domain"]), self.records[:2])
        self.flow("x* -go-> y!", model="res.bank")
        bank = self.env["res.bank"].create({"name": "Bank"})
        with self.assertRaisesRegex(UserError, "2 models"):
            (instances | self.instances(bank)).action_open_records()


@tagged("post_install", "-at_install")
class TestOrphans(WorkflowCase):
    def lose(self, partner):
        """Delete a record as a cascade of the database does."""
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [partner.id])
        self.env.invalidate_all()

    def clean_up(self):
        return self.engine._gc_instances_without_record()

    def test_the_daily_clean_up_closes_them(self):
        self.flow("a* -go-> b!")
        lost, kept = self.partners(2)
        self.lose(lost)
        self.assertEqual(self.clean_up(), (1, False))
        self.assertFalse(self.instances(lost))
        self.assertEqual(self.log(lost, "delete"), [("delete", "", "")])
        self.assertEqual(self.where(kept), ["a"])
        self.assertEqual(self.clean_up(), (0, False))

    def test_it_is_one_of_odoo_s_clean_ups(self):
        method = type(self.engine)._gc_instances_without_record
        self.assertTrue(getattr(method, "_autovacuum", False))

    def test_who_waits_for_them_hears_of_it(self):
        child = self.flow("x* -end-> y!", values={"name": "Child"})
        child.on_create = False
        self.flow(
            "a* -> b; b -subflow.deleted-> c!",
            b={"kind": "subflow", "subflow_id": child.id, "action": "parent_id"},
            values={"name": "Parent", "on_create": False},
        )
        child.on_create = True
        below = self.partners()
        child.on_create = False
        parent = self.env["workflow"].search([("name", "=", "Parent")])
        above = self.partners(parent_id=below.id)
        parent.on_create = True
        above.create_workflow()
        self.assertEqual(self.where(above, parent), ["b"])
        above.parent_id = False
        self.lose(below)
        self.clean_up()
        self.assertEqual(self.where(above, parent), ["c"])

    def test_one_that_cannot_be_closed_keeps_no_other(self):
        child = self.flow("x* -end-> y!", values={"name": "Child"})
        child.on_create = False
        parent = self.flow(
            "a* -> b; b -subflow.deleted-> c!",
            b={"kind": "subflow", "subflow_id": child.id, "action": "parent_id"},
            c={"kind": "function", "action": "1 / 0"},
            values={"name": "Parent", "on_create": False},
        )
        child.on_create = True
        below, other = self.partners(2)
        child.on_create = False
        above = self.partners(parent_id=below.id)
        parent.on_create = True
        above.create_workflow()
        above.parent_id = False
        self.lose(below)
        self.lose(other)
        with self.assertLogs("odoo.addons.workflow_engine", "WARNING") as logs:
            self.assertEqual(self.clean_up(), (1, False))
        self.assertIn("division by zero", logs.output[0])
        self.assertEqual(self.where(above, parent), ["b"])

    def test_a_timer_of_theirs_closes_them(self):
        """The next look, rather than an activity that runs on a record that is none."""
        self.flow(
            "wait* -> late!",
            edges={"wait>late": {"timer_kind": "delay", "timer_number": 1}},
            late={"kind": "function", "action": "write({'ref': 'late'})"},
        )
        lost, kept = self.partners(2)
        items = self.instances(lost | kept).workitem_ids
        self.lose(lost)
        tasks = self.env["server.action.task"].search(
            [("model", "=", "workflow.workitem"), ("res_id", "in", items.ids)]
        )
        self.env.cr.execute(
            "UPDATE server_action_task SET state = 'started' WHERE id = ANY(%s)", [tasks.ids]
        )
        with mute_logger("odoo.addons.server_action_engine"):
            self.engine._timers_due(items)
        self.assertEqual(kept.ref, "late")
        self.assertFalse(self.instances(lost))
        self.assertEqual(self.log(lost, "delete"), [("delete", "", "")])
