from datetime import timedelta

from odoo import SUPERUSER_ID, api
from odoo.tests import new_test_user, tagged

from ..core.frames import FAILED
from .test_run_log import RunLogCase


@tagged("post_install", "-at_install")
class TestAlert(RunLogCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = new_test_user(
            cls.env, "alert_owner", "base.group_system", email="owner@example.com"
        )
        cls.logged_action.alert_user_id = cls.owner
        cls.Alert = cls.env["server.action.alert"]

    def failed_run(self):
        return self.record(
            self.new_frame(state=FAILED, error_type="ValueError", error_message="<b>it broke</b>")
        )

    def mails(self):
        return self.env["mail.mail"].search([("email_to", "ilike", "owner@example.com")])

    def activities(self, run):
        return self.env["mail.activity"].search(
            [("res_model", "=", run._name), ("res_id", "=", run.id)]
        )

    def test_owner_gets_an_activity_and_an_email(self):
        """With the name of the action, the error and the way to the run."""
        run = self.failed_run()
        self.assertTrue(self.Alert._alert_owner(run.id))
        [activity] = self.activities(run)
        self.assertEqual(activity.user_id, self.owner)
        self.assertIn("Logged", activity.summary)
        [mail] = self.mails()
        self.assertIn("Logged", mail.subject)
        self.assertIn("&lt;b&gt;it broke", mail.body_html)
        self.assertIn(f"/{run.id}", mail.body_html)

    def test_at_most_one_alert_an_hour_and_action(self):
        """The second failure is silent, one after an hour is not, another action's is not."""
        first = self.failed_run()
        self.assertTrue(self.Alert._alert_owner(first.id))
        self.assertFalse(self.Alert._alert_owner(self.failed_run().id))
        other = self.new_action("code", code="x = 1", alert_user_id=self.owner.id)
        run = self.record(self.new_frame(action_id=other.id, state=FAILED))
        self.assertTrue(self.Alert._alert_owner(run.id))
        row = self.Alert.search([("action_ref", "=", self.logged_action.id)])
        row.last_sent -= timedelta(minutes=61)
        self.env.flush_all()
        self.assertTrue(self.Alert._alert_owner(self.failed_run().id))
        self.assertEqual(len(self.mails()), 3)

    def test_nobody_to_alert(self):
        """Without an owner, or with an archived one, nothing happens."""
        run = self.failed_run()
        self.logged_action.alert_user_id = False
        self.assertFalse(self.Alert._alert_owner(run.id))
        self.logged_action.alert_user_id = self.owner
        self.owner.active = False
        self.assertFalse(self.Alert._alert_owner(run.id))
        self.assertFalse(self.mails())

    def test_an_owner_who_may_not_read_runs_gets_a_free_activity(self):
        """The alert opens no door: the activity is not tied to the run."""
        user = new_test_user(self.env, "alert_plain", "base.group_user", email="p@example.com")
        self.logged_action.alert_user_id = user
        run = self.failed_run()
        self.assertTrue(self.Alert._alert_owner(run.id))
        self.assertFalse(self.activities(run))
        activity = self.env["mail.activity"].search([("user_id", "=", user.id)])
        self.assertEqual(len(activity), 1)
        self.assertFalse(activity.res_model)

    def test_a_rolled_back_failure_alerts(self):
        """From the cursor that writes the failure, without anybody's help."""
        failing = self.new_action(
            "code", code="raise UserError('it broke')", alert_user_id=self.owner.id
        )
        with self.enter_registry_test_mode():
            cr = self.registry.cursor()
            env = self.env(cr=cr)
            try:
                self.run_on(failing.with_env(env), self.partner.with_env(env))
            except Exception as exc:  # noqa: BLE001 - whatever it is, the transaction is undone
                self.assertIn("it broke", str(exc))
            cr.close()
        self.assertEqual(len(self.mails()), 1)
        self.assertEqual(len(self.activities(self.runs_of(failing))), 1)

    def test_an_isolated_failure_alerts_after_the_commit(self):
        """A run that went on is reported all the same, not before it is certain."""
        failing = self.new_action(
            "code",
            code="raise UserError('it broke')",
            on_error="isolate",
            alert_user_id=self.owner.id,
        )
        self.run_on(failing, self.partner)
        self.assertFalse(self.mails())
        with self.enter_registry_test_mode():
            self.env.cr.postcommit.run()
        self.assertEqual(len(self.mails()), 1)

    def test_of_two_simultaneous_failures_one_alerts(self):
        """Two real transactions at once: the second finds the turn taken."""
        action_id = 2**31 - 7
        self.addCleanup(self.forget, action_id)
        with self.registry.cursor() as one:
            with self.registry.cursor() as two:
                # Both snapshots are taken before either writes.
                one.execute("SELECT 1")
                two.execute("SELECT 1")
                first = api.Environment(one, SUPERUSER_ID, {})["server.action.alert"]
                self.assertTrue(first._take_turn(action_id))
                two.execute("SET LOCAL lock_timeout = '100ms'")
                second = api.Environment(two, SUPERUSER_ID, {})["server.action.alert"]
                with self.assertRaises(Exception) as caught, self.assertLogs("odoo.sql_db"):
                    second._take_turn(action_id)
                self.assertEqual(caught.exception.pgcode, "55P03")
                two.rollback()

    def forget(self, action_id):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM server_action_alert WHERE action_ref = %s", [action_id])
