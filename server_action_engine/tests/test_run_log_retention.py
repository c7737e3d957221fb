from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_run_log import RunLogCase


@tagged("post_install", "-at_install")
class TestRunLogRetention(RunLogCase):
    def old_run(self, days):
        return self.record(self.new_frame(started=fields.Datetime.now() - timedelta(days=days)))

    def test_old_runs_are_removed_in_chunks(self):
        """The vacuum cleaner is told whether to call again."""
        self.env["ir.config_parameter"].set_param("server_action_engine.run_retention_days", "30")
        self.Run._gc_runs()
        old = [self.old_run(31) for _number in range(3)]
        young = self.old_run(29)
        self.assertEqual(self.Run._gc_runs(limit=2), (2, 1))
        self.assertEqual(self.Run._gc_runs(limit=2), (1, 0))
        steps = self.env["server.action.step"].search([("run_id", "in", [run.id for run in old])])
        self.assertFalse(steps)
        self.assertTrue(young.exists())

    def test_retention_can_be_switched_off(self):
        """Zero days keeps everything."""
        self.env["ir.config_parameter"].set_param("server_action_engine.run_retention_days", "0")
        run = self.old_run(4000)
        self.assertEqual(self.Run._gc_runs(), (0, 0))
        self.assertTrue(run.exists())

    def test_nonsense_in_the_parameter_means_the_default(self):
        """A typo does not empty the log."""
        self.env["ir.config_parameter"].set_param("server_action_engine.run_retention_days", "x")
        self.assertEqual(self.Run._retention_days(), 30)

    def test_the_activity_of_a_removed_run_goes_too(self):
        """Nothing in the systray points nowhere."""
        run = self.old_run(31)
        activity = run.activity_schedule("mail.mail_activity_data_todo", user_id=self.env.uid)
        self.Run._gc_runs()
        self.assertFalse(activity.exists())

    def test_traces_of_a_record_are_erased(self):
        """Lists, values, messages and errors; runs on the record alone disappear."""
        gone, stays = self.partners[0], self.partners[1]
        alone = self.record(self.new_frame(record_ids=gone.ids, record_count=1))
        shared = self.record(
            self.new_frame(
                record_ids=(gone | stays).ids,
                values={"name": "about somebody"},
                messages=["about somebody"],
                created=[("res.partner", gone.id), ("res.partner", stays.id)],
                error_message="about somebody",
                traceback="about somebody",
                reason="about somebody",
                result="about somebody",
            )
        )
        alert = shared.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.env.uid, note="<p>about somebody</p>"
        )
        other = self.record(
            self.new_frame(record_ids=stays.ids, messages=["about another"], record_count=1)
        )
        self.assertEqual(self.Run._erase_traces("res.partner", gone.ids), 2)
        self.assertFalse(alone.exists())
        self.assertEqual(shared.record_ids, stays.ids)
        self.assertEqual(shared.step_ids.record_ids, stays.ids)
        self.assertEqual(shared.step_ids.created, [["res.partner", stays.id]])
        self.env.cr.execute(
            "SELECT r::text || s::text FROM server_action_run r "
            "JOIN server_action_step s ON s.run_id = r.id WHERE r.id = %s",
            [shared.id],
        )
        self.assertNotIn("somebody", self.env.cr.fetchone()[0])
        self.assertFalse(alert.note)
        self.assertEqual(other.step_ids.messages, ["about another"])

    def test_traces_in_steps_on_another_model_are_erased(self):
        """A record touched by a part of a run on something else."""
        child = self.new_frame(path="loop/0", record_ids=self.partner.ids, messages=["somebody"])
        run = self.record(self.new_frame(model="res.users", record_ids=[2], children=[child]))
        self.assertEqual(self.Run._erase_traces("res.partner", self.partner.ids), 1)
        self.assertEqual(run.record_ids, [2])
        self.assertEqual(run.step_ids[1].record_ids, [])
        self.assertFalse(run.step_ids[1].messages)

    def test_the_wizard_starts_from_the_run(self):
        """The record of a run on one record is proposed."""
        run = self.record(self.new_frame(record_ids=self.partner.ids))
        wizard = (
            self.env["server.action.run.erase"]
            .with_context(active_model=run._name, active_id=run.id)
            .create({})
        )
        self.assertEqual(wizard.model_id, self.partner_model)
        self.assertEqual((wizard.record_id, wizard.run_count), (self.partner.id, 1))
        self.assertEqual(wizard.action_erase()["params"]["type"], "success")
        self.assertFalse(run.exists())
