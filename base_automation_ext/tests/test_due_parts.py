"""Very many due records are shared with the lanes of background tasks; each is run on once."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import config, mute_logger

from ..models import due_run
from .due_case import HIT, DueCase

DUE = "2026-03-02 08:00:00"
LATER = "2026-03-03 08:00:00"
SLICE = 10


@tagged("post_install", "-at_install")
class TestDueParts(DueCase):
    def setUp(self):
        super().setUp()
        self.patch(due_run, "SLICE", SLICE)
        self.enterContext(patch.dict(config.options, {"max_cron_threads": 2}))

    @property
    def parts(self):
        action = self.env.ref("base_automation_ext.ir_actions_server_due_part")
        return self.env["server.action.task"].search([("action_id", "=", action.id)], order="id")

    def drain(self, moment=LATER):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env["server.action.task"]._drain()
        self.env.invalidate_all()

    def test_shared(self):
        """The pass does its slice, lanes do the others, and each record is run on once."""
        rule = self.timed()
        leaves = self.leaves(*[DUE] * 45)
        self.run_cron(LATER)
        self.assertEqual([len(part.payload) for part in self.parts], [10, 10, 10, 5])
        self.assertEqual(leaves.mapped("name").count("due!"), SLICE)
        self.drain()
        self.assertEqual(set(leaves.mapped("name")), {"due!"})
        self.assertEqual(set(self.parts.mapped("state")), {"done"})
        self.assertEqual(len(self.ledger(rule, "done")), 45)
        runs = self.env["server.action.run"].search([("origin_id", "=", rule.id)])
        self.assertEqual(sorted(runs.mapped("record_count")), [5, 10, 10, 10, 10])

    def test_whoever_comes_first(self):
        """What a pass has done before the lane comes is not done again."""
        self.timed()
        leaves = self.leaves(*[DUE] * 30)
        self.run_cron(LATER)
        self.patch(due_run, "SLICE", 100)
        self.run_cron("2026-03-03 08:01:00")
        self.assertEqual(set(leaves.mapped("name")), {"due!"})
        self.drain("2026-03-03 08:02:00")
        self.assertEqual(set(leaves.mapped("name")), {"due!"})

    def test_few_are_not_shared(self):
        """Nor is anything where no lane could help."""
        self.timed()
        leaves = self.leaves(*[DUE] * 15)
        self.run_cron(LATER)
        self.assertFalse(self.parts)
        with patch.dict(config.options, {"max_cron_threads": 1}):
            more = self.leaves(*["2026-03-02 09:00:00"] * 45)
            self.run_cron("2026-03-03 09:00:00")
        self.assertFalse(self.parts)
        self.assertEqual(set((leaves | more).mapped("name")), {"due!"})

    def test_poisoned_record_in_a_part(self):
        """It is set aside, as in a pass."""
        rule = self.timed(
            self.code("if record.name == 'due 33':\n    raise UserError('poison')\n" + HIT)
        )
        leaves = self.leaves(*[DUE] * 45)
        leaves[33].name = "due 33"
        self.run_cron(LATER)
        self.drain()
        self.assertEqual(leaves.mapped("name").count("due!"), 44)
        self.assertEqual(self.ledger(rule, "failed").res_id, leaves[33].id)
        self.assertEqual(set(self.parts.mapped("state")), {"done"})

    def test_rule_stopped_meanwhile(self):
        """Nobody runs a rule that has been paused; what was left is done when it goes on."""
        rule = self.timed()
        leaves = self.leaves(*[DUE] * 45)
        self.run_cron(LATER)
        with freeze_time(LATER):
            rule.write({"paused": True, "pause_reason": "Stopped"})
        self.drain()
        self.assertEqual(leaves.mapped("name").count("due!"), SLICE)
        with freeze_time(LATER):
            rule.write({"paused": False, "pause_reason": False})
        self.run_cron("2026-03-03 08:05:00")
        self.drain("2026-03-03 08:05:00")
        self.assertEqual(set(leaves.mapped("name")), {"due!"})

    @mute_logger("odoo.addons.server_action_engine.models.server_action_task_run")
    def test_part_that_cannot_be_saved(self):
        """When a lane gives a part up, a pass goes through its records one by one."""
        rule = self.timed()
        leaves = self.leaves(*[DUE] * 45)
        self.run_cron(LATER)
        with patch.object(
            self.registry["base.automation"], "_fire_ids", side_effect=ValueError("no")
        ):
            self.drain()
        self.assertEqual(set(self.parts.mapped("state")), {"failed"})
        self.assertEqual(rule.due_attempt, 1)
        self.assertTrue(self.planned)
        self.run_cron("2026-03-03 08:10:00")
        self.assertEqual(set(leaves.mapped("name")), {"due!"})
        self.assertEqual(rule.due_attempt, 0)
