from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import EngineCase


@tagged("post_install", "-at_install")
class TestRunAs(EngineCase):
    def test_run_as_trigger_user_respects_access_rights(self):
        """With the starting user's rights, superuser mode is off."""
        user = new_test_user(
            self.env, "demo_writer", groups="base.group_user,base.group_partner_manager"
        )
        code = "raise UserError('%s %s' % (env.su, env.user.login))"
        action = self.new_action("code", code=code, run_as="trigger_user")
        with self.assertRaisesRegex(UserError, "False demo_writer"):
            self.run_on(action.with_user(user).sudo(), self.partner)

    def test_run_as_a_chosen_user(self):
        """With a chosen user, that user's rights apply and the changes carry the name."""
        user = new_test_user(self.env, "robot", groups="base.group_user,base.group_partner_manager")
        action = self.new_action(
            "code",
            code="record.write({'ref': '%s %s' % (env.su, user.login)})",
            run_as="user",
            run_as_user_id=user.id,
        )
        self.run_on(action, self.partner)
        self.assertEqual(self.partner.ref, "False robot")
        self.assertEqual(self.partner.write_uid, user)

    def test_a_chosen_user_works_in_companies_of_their_own(self):
        """Companies of the one who starts the action are no obstacle, and no way in."""
        robot = new_test_user(
            self.env, "robot", groups="base.group_user,base.group_partner_manager"
        )
        closed = self.env["res.company"].create({"name": "Closed to the robot"})
        action = self.new_action(
            "code",
            code="record.write({'ref': '%s %s' % (env.company.id, env.companies.ids)})",
            run_as="user",
            run_as_user_id=robot.id,
        )
        own = robot.company_id.id
        for chosen in ([closed.id, own], [closed.id]):
            with self.subTest(chosen=chosen):
                self.run_on(action, self.partner, allowed_company_ids=chosen)
                self.assertEqual(self.partner.ref, f"{own} [{own}]")

    def test_parts_keep_the_rights_of_the_whole(self):
        """What a multi action runs has no more rights than the multi action was given."""
        user = new_test_user(
            self.env, "part_runner", groups="base.group_user,base.group_partner_manager"
        )
        parent = self.new_action("multi", run_as="user", run_as_user_id=user.id)
        code = "record.write({'ref': '%s %s' % (env.su, env.user.login)})"
        self.new_action("code", code=code, parent_id=parent.id)
        self.run_on(parent, self.partner)
        self.assertEqual(self.partner.ref, "False part_runner")
        parent.run_as = "stock"
        self.run_on(parent.with_user(user), self.partner)
        self.assertEqual(self.partner.ref, "True part_runner")

    def test_run_as_needs_a_user(self):
        """An action that lacks the user is not ready, and says so."""
        action = self.new_action("code", code="x = 1", run_as="user")
        self.assertIn("Choose the user", action.warning)
        with self.assertRaisesRegex(UserError, "one or more warnings"):
            self.run_on(action, self.partner)
