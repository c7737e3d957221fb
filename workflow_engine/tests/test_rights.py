"""Who may see and change what."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import WorkflowCase


@tagged("post_install", "-at_install")
class TestRights(WorkflowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "wkf_user", groups="base.group_user")
        cls.workflow = cls.flow("a* -go-> b!")

    def test_definitions_are_for_administrators(self):
        activity = self.workflow.current_version_id.activity_ids[0]
        self.assertEqual(activity.with_user(self.user).name, "a")
        for name in ("workflow", "workflow.version", "workflow.activity", "workflow.transition"):
            with self.assertRaises(AccessError):
                self.env[name].with_user(self.user).create({})
        for method in ("action_publish", "action_retire", "action_new_draft"):
            with self.assertRaises(AccessError):
                getattr(self.workflow.with_user(self.user), method)()

    def test_whoever_reads_a_record_reads_its_workflow(self):
        """And nobody else does, whatever way is tried."""
        mine, hidden = self.partners(2)
        self.env["ir.rule"].create(
            {
                "name": "hide",
                "model_id": self.partner_model.id,
                "groups": [(4, self.env.ref("base.group_user").id)],
                "domain_force": f"[('id', '!=', {hidden.id})]",
            }
        )
        hidden.workflow_signal_report("nothing")
        ids = (mine | hidden).ids
        for name, path in (
            ("workflow.instance", "res_id"),
            ("workflow.workitem", "inst_id.res_id"),
            ("workflow.log", "res_id"),
        ):
            rows = self.env[name].search([(path, "in", ids)])
            seen = self.env[name].with_user(self.user).search([(path, "in", ids)])
            of_mine = self.env[name].search([(path, "=", mine.id)])
            self.assertEqual(seen, of_mine, name)
            self.assertGreater(rows, seen, name)
            seen.read(["display_name"])
            with self.assertRaises(AccessError):
                (rows - seen).with_user(self.user).read(["display_name"])

    def test_nobody_writes_what_the_engine_writes(self):
        partner = self.partners()
        instance = self.instances(partner)
        line = self.env["workflow.log"].search([("res_id", "=", partner.id)])
        for rows in (instance, instance.workitem_ids, line):
            # Access errors are errors for users, too.
            with self.assertRaises(UserError):
                rows.write({"number": 5})
            with self.assertRaises(UserError):
                rows.create({})
            with self.assertRaises(UserError):
                rows.with_user(self.env.ref("base.user_admin")).unlink()
        with self.assertRaises(UserError):
            line.sudo().unlink()

    def test_a_signal_runs_with_the_rights_of_its_sender(self):
        self.flow(
            "s* -mark-> e!",
            values={"name": "Marks"},
            e={"kind": "function", "action": "write({'ref': 'x'})"},
        )
        partner = self.partners()
        with self.assertRaisesRegex(AccessError, "Marks, activity e: "), self.env.cr.savepoint():
            partner.with_user(self.user).signal_workflow("mark")
        self.assertFalse(partner.ref)

    def test_an_activity_can_run_as_the_system(self):
        self.flow(
            "s* -mark-> e!",
            e={"kind": "function", "action": "write({'ref': user.login})", "run_as": "system"},
        )
        partner = self.partners()
        partner.with_user(self.user).signal_workflow("mark")
        self.assertEqual(partner.ref, "__system__")

    def test_roles_of_users_and_of_the_record(self):
        boss = self.env["workflow.role"].create({"name": "Boss", "user_ids": [(4, self.user.id)]})
        clerk = self.env["workflow.role"].create({"name": "Clerk", "parent_id": boss.id})
        owner = self.env["workflow.role"].create({"name": "Owner", "user_expr": "user_id"})
        workflow = self.flow(
            "a* -go-> b; b -mine-> c!",
            values={"name": "Roles"},
            edges={"a>b": {"role_id": clerk.id}, "b>c": {"role_id": owner.id}},
        )
        other = new_test_user(self.env, "wkf_other", groups="base.group_user")
        partner = self.partners()
        partner.with_user(other).signal_workflow("go")
        self.assertEqual(self.where(partner, workflow), ["a"])
        partner.with_user(self.user).signal_workflow("go")
        partner.with_user(self.user).signal_workflow("mine")
        self.assertEqual(self.where(partner, workflow), ["b"])
        partner.user_id = other
        partner.with_user(other).signal_workflow("mine")
        self.assertEqual(self.where(partner, workflow), ["c"])

    def test_a_role_that_fails_shows_no_error_to_who_only_looks(self):
        """The form of the record opens; the signal says what is wrong."""
        broken = self.env["workflow.role"].create({"name": "Broken", "user_expr": "1 / 0"})
        workflow = self.flow(
            "a* -ask-> b!", values={"name": "Ask"}, edges={"a>b": {"role_id": broken.id}}
        )
        partner = self.partners().with_user(self.user)
        signals = {one["signal"]: one for one in partner.workflow_panel()["signals"]}
        self.assertFalse(signals["ask"]["allowed"])
        with self.assertRaisesRegex(UserError, "Ask, transition a → b: ZeroDivisionError"):
            partner.signal_workflow("ask")
        self.assertEqual(self.where(partner.sudo(), workflow), ["a"])

    def test_diagrams_are_for_those_who_may_read_definitions(self):
        """They show conditions and code; a portal user knows where his record is, that is all."""
        portal = new_test_user(self.env, "wkf_portal", groups="base.group_portal")
        partner = portal.partner_id.with_user(portal)
        [instance] = partner.workflow_status()[partner.id]
        self.assertEqual([one["name"] for one in instance["activities"]], ["a"])
        with self.assertRaises(AccessError):
            partner.workflow_diagrams()
        self.assertTrue(partner.with_user(self.user).workflow_diagrams())

    def test_whoever_may_write_only_does_not_leave_the_workflow(self):
        """What a workflow forbids would be allowed without it."""
        writers = self.env["res.groups"].create({"name": "Writers"})
        self.env["ir.model.access"].create(
            {
                "name": "writers",
                "model_id": self.partner_model.id,
                "group_id": writers.id,
                "perm_read": True,
                "perm_write": True,
            }
        )
        self.user.group_ids = [(4, writers.id)]
        # That of the class is strict, as what is published by hand is.
        self.workflow.action_retire()
        self.flow("a* -go-> b!", values={"profile": "openerp"})
        partner = self.partners().with_user(self.user)
        partner.ref = "x"
        partner.delete_workflow()
        partner.create_workflow()
        self.assertEqual(self.where(partner.sudo()), ["a"], "set back, as documents of OpenERP are")
        self.flow("c* -go-> d!", values={"profile": "strict"})
        partner = self.partners().with_user(self.user)
        with self.assertRaises(AccessError):
            partner.delete_workflow()
        self.assertEqual(self.where(partner.sudo()), ["a", "c"])
