from odoo.tests import tagged

from .common import EngineCase


@tagged("post_install", "-at_install")
class TestRunLogBuffer(EngineCase):
    """Runs wait for each other, and nobody notices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Run = cls.env["server.action.run"]
        cls.action = cls.new_action("code", code="x = record.name")

    def setUp(self):
        super().setUp()
        self.env.cr.flush()

    def rows(self):
        """Return the number of runs of the action in the table itself."""
        self.env.cr.execute(
            "SELECT count(*) FROM server_action_run WHERE action_id = %s", [self.action.id]
        )
        return self.env.cr.fetchone()[0]

    def test_many_runs_are_written_in_three_statements(self):
        """However many of them there are, with the commit at the latest."""
        self.run_on(self.action, self.partner)
        self.env.cr.flush()
        for _number in range(20):
            self.run_on(self.action, self.partner)
        self.assertEqual(self.rows(), 1)
        with self.assertQueryCount(3):
            self.env.cr.flush()
        self.assertEqual(self.rows(), 21)

    def test_whoever_reads_the_log_finds_all_runs(self):
        """By a search, a count, a group or the button of the action; in the order they ran."""
        domain = [("action_id", "=", self.action.id)]
        self.run_on(self.action, self.partners[0])
        self.assertEqual(self.Run.search_count([("action_id", "=", self.action.id)]), 1)
        self.run_on(self.action, self.partners[1])
        self.assertEqual(self.Run._read_group(domain, [], ["__count"]), [(2,)])
        self.run_on(self.action, self.partners[2])
        self.assertEqual(self.action.run_count, 3)
        self.run_on(self.action, self.partners[3])
        steps = self.env["server.action.step"].search(domain, order="id")
        self.assertEqual([step.record_ids[0] for step in steps], self.partners.ids)
        self.assertEqual(self.Run.search(domain, order="id").step_ids, steps)

    def test_a_run_goes_with_the_savepoint_it_belongs_to(self):
        """What ran before stays, what ran inside is gone, whenever it would have been written."""
        self.run_on(self.action, self.partners[0])
        savepoint = self.env.cr.savepoint()
        self.run_on(self.action, self.partners[1])
        savepoint.rollback()
        self.run_on(self.action, self.partners[2])
        savepoint.close(rollback=False)
        runs = self.Run.search([("action_id", "=", self.action.id)], order="id")
        self.assertEqual(
            [run.record_ids for run in runs], [self.partners[0].ids, self.partners[2].ids]
        )

    def test_a_run_with_failures_keeps_its_place(self):
        """It is written at once, and those before it with it."""
        failing = self.new_action("code", code="1 / 0", on_error="isolate")
        self.run_on(self.action, self.partner)
        self.run_on(failing, self.partner)
        runs = self.Run.search([("action_id", "in", (self.action | failing).ids)], order="id")
        self.assertEqual(runs.action_id.ids, [self.action.id, failing.id])

    def test_deleting_an_action_takes_its_waiting_runs_along(self):
        """Their link is emptied like that of the others."""
        action = self.new_action("code", code="x = 1", name="Gone soon")
        self.run_on(action, self.partner)
        action.unlink()
        run = self.Run.search([("action_name", "=", "Gone soon")])
        self.assertFalse(run.action_id)
