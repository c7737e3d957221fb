"""Rules that have little to do share a turn; whatever fails there is left to their own turns."""

from contextlib import closing, contextmanager
from itertools import count
from types import SimpleNamespace
from unittest.mock import patch

from freezegun import freeze_time

from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.server_action_engine.core import frames

from ..models import due_pace, due_run, due_shared, due_survey, due_turns
from .due_case import HIT, DueCase

WARM = "2026-03-03 08:00:00"
DUE = "2026-03-03 08:00:00"
LATER = "2026-03-04 08:00:10"


@tagged("post_install", "-at_install")
class TestDueShared(DueCase):
    def setUp(self):
        super().setUp()
        # Whatever the machine is busy with.
        self.patch(due_pace, "QUICK_SECONDS", 60)

    def rules(self, *sources, **vals):
        """Create rules that have had a turn each, so that it is known how quick they are."""
        rules = [self.timed(self.code(source), **vals) for source in sources]
        self.leaves("2026-03-02 07:00:00", name="due before")
        self.run_cron(WARM)
        for rule in rules:
            self.assertEqual(due_pace.expected(self.env.cr.dbname, rule.id, 1) < 60, True)
        return rules

    @contextmanager
    def jobs(self, moment=LATER):
        """Give the jobs of a pass, in a cursor of its own."""
        with (
            freeze_time(moment),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            rules = self.env(cr=cr)["base.automation"]
            yield rules, rules._due_jobs()
        self.env.invalidate_all()

    def test_shared(self):
        """Two commits for all of them, and everything is noted as after turns of their own."""
        rules = self.rules(HIT, HIT, HIT)
        leaf = self.leaves(DUE)
        with self.jobs() as (all_rules, jobs):
            self.assertEqual([type(job) for job in jobs], [due_turns.SharedTurn])
            self.assertEqual(all_rules._work_off(jobs), (True, True))
        self.assertEqual(leaf.name, "due!!!")
        for rule in rules:
            self.assertEqual(self.ledger(rule, "done").mapped("res_id")[-1], leaf.id)
            self.assertEqual(rule.due_attempt, 0)
            self.assertEqual(str(rule.last_run), LATER)
            runs = self.env["server.action.run"].search([("origin_id", "=", rule.id)])
            self.assertEqual(len(runs), 2)
        self.run_cron("2026-03-04 08:01:00")
        self.assertEqual(leaf.name, "due!!!")

    def rules_of(self, jobs):
        """Return the ids of the rules of each job."""
        return [list(getattr(job, "_turns", None) or [job.rule.id]) for job in jobs]

    def test_new_rules_share_with_a_few(self):
        """Nobody knows how long they take: none that is known to be quick has to wait for them."""
        self.patch(due_turns, "MOST_RULES", {**due_turns.MOST_RULES, due_pace.TRIED: 2})
        quick = [rule.id for rule in self.rules(HIT, HIT, HIT)]
        new = [self.timed().id for _at in range(3)]
        leaf = self.leaves(DUE)
        with self.jobs() as (_rules, jobs):
            self.assertEqual(self.rules_of(jobs), [quick, new[:2], new[2:]])
        # They would wait for ever, if they were put behind the others in each pass.
        with self.jobs() as (all_rules, jobs):
            self.assertEqual(self.rules_of(jobs), [new[:2], new[2:], quick])
            self.assertEqual(all_rules._work_off(jobs), (True, True))
        self.assertEqual(leaf.name, "due!!!!!!")
        self.leaves(DUE)
        with self.jobs() as (_rules, jobs):
            self.assertEqual(sorted(self.rules_of(jobs)[0]), sorted(quick + new))

    def test_new_rule_with_much_to_do_has_a_turn_of_its_own(self):
        """Those beside it might wait for long."""
        self.patch(due_pace, "TRIED_RECORDS", 1)
        new = [self.timed().id for _at in range(2)]
        self.leaves(DUE, DUE)
        with self.jobs() as (_rules, jobs):
            self.assertEqual(self.rules_of(jobs), [new[:1], new[1:]])

    def test_rule_turns_out_to_be_slow(self):
        """What it has done is committed at once; the others share another turn."""
        rules = [rule.id for rule in self.rules(HIT, HIT, HIT)]
        leaf = self.leaves(DUE)
        with self.jobs() as (all_rules, jobs):
            [job] = jobs
            # The clock goes on by a second whenever somebody looks at it.
            clock = patch.object(due_shared, "time", SimpleNamespace(monotonic=count().__next__))
            with clock, patch.object(due_pace, "QUICK_SECONDS", 2.5):
                self.patch(due_shared, "MOST_SECONDS", 60)
                left = job()
            self.assertEqual(all_rules.env["resource.calendar.leaves"].browse(leaf.id).name, "due!")
            found = all_rules.browse(rules)
            self.assertEqual([rule.due_attempt for rule in found], [0, 0, 0])
            self.assertEqual([str(rule.last_run) == LATER for rule in found], [True, False, False])
            self.assertEqual(sorted(sum(self.rules_of(left), [])), rules[1:])
            self.assertEqual(all_rules._work_off(left), (True, True))
        self.assertEqual(leaf.name, "due!!!")

    def test_slow_rule_has_a_turn_of_its_own(self):
        """So that what the others have done is not committed after it."""
        slow, *_quick = self.rules(HIT, HIT, HIT)
        self.leaves(DUE, DUE)
        due_pace.took(self.env.cr.dbname, slow.id, 1, 31)
        with self.jobs() as (_rules, jobs):
            alone = [job.rule.id for job in jobs if type(job) is due_turns.DueTurns]
        self.assertEqual(alone, [slow.id])

    def test_rule_that_raises(self):
        """The others keep what they have done; it is isolated in a turn of its own."""
        poison = "if record.name.startswith('due bad'):\n    raise UserError('poison')\n" + HIT
        first, bad, last = self.rules(HIT, poison, HIT)
        good, spoiled = self.leaves(DUE, DUE)
        spoiled.name = "due bad"
        with self.jobs() as (rules, jobs):
            [job] = jobs
            left = job()
            rules.env.cr.commit()
            self.assertEqual([one.rule.id for one in left], [bad.id])
            for rule in (first, last):
                self.assertEqual(len(self.ledger(rule.with_env(rules.env), "done")), 3)
            self.assertFalse(rules.browse(bad.id).due_attempt)
            self.assertEqual(rules._work_off(left), (True, True))
        self.assertEqual(good.name, "due!!!")
        self.assertEqual(spoiled.name, "due bad!!")
        self.assertEqual(self.ledger(bad, "failed").res_id, spoiled.id)
        self.assertEqual(len(self.ledger(bad, "done")), 2)
        # It is not tried together with others again before it has had a turn without a failure.
        self.leaves(DUE)
        with self.jobs() as (rules, jobs):
            self.assertEqual(
                {type(job) for job in jobs}, {due_turns.DueTurns, due_turns.SharedTurn}
            )
            self.assertEqual(rules._work_off(jobs), (True, True))

    @mute_logger("odoo.sql_db")
    def test_rule_that_commits(self):
        """What it commits in the middle is its own, and what stood before it; all run once."""
        commits = HIT + "\nif not record.name.startswith('due before'): env.cr.commit()"
        first, _own, last = self.rules(HIT, commits, HIT)
        leaf = self.leaves(DUE)
        logger = "odoo.addons.base_automation_ext.models"
        with self.jobs() as (rules, jobs), self.assertLogs(logger, "WARNING"):
            rules._work_off(jobs)
        self.run_cron("2026-03-04 08:02:00")
        for rule in (first, last):
            self.assertEqual(len(self.ledger(rule, "done")), 2)
        self.assertEqual(leaf.name.count("!"), 3)

    def test_transaction_that_fails(self):
        """All of its rules take turns of their own."""
        rules = self.rules(HIT, HIT)
        leaf = self.leaves(DUE)
        model = self.registry["base.automation"]
        logger = "odoo.addons.base_automation_ext.models.due_shared"
        with (
            patch.object(model, "_end_together", side_effect=ValueError("no")),
            self.assertLogs(logger, "WARNING"),
            self.jobs() as (all_rules, jobs),
        ):
            self.assertEqual(all_rules._work_off(jobs), (True, True))
        self.assertEqual(leaf.name, "due!!")
        self.assertEqual([rule.due_attempt for rule in rules], [0, 0])

    def test_time_is_over(self):
        """Rules that are not reached share the next turn, and nobody has died."""
        rules = self.rules(HIT, HIT, HIT)
        leaf = self.leaves(DUE)
        with patch.object(due_shared, "MOST_SECONDS", -1), self.jobs() as (all_rules, jobs):
            left = jobs[0]()
            self.assertEqual(self.rules_of(left), [[rule.id for rule in rules[1:]]])
            found = all_rules.browse(rule.id for rule in rules)
            self.assertEqual([rule.due_attempt for rule in found], [0, 0, 0])
            self.assertEqual([str(rule.last_run) == LATER for rule in found], [True, False, False])
            self.assertEqual(all_rules._work_off(left), (True, True))
        self.assertEqual(leaf.name, "due!!!")
        self.assertEqual([str(rule.last_run) for rule in rules], [LATER] * 3)

    def test_no_savepoint_is_left(self):
        """Nobody tries together again what cannot be done together."""
        rules = self.rules(HIT, HIT)
        leaf = self.leaves(DUE)
        with self.jobs() as (all_rules, jobs), patch.object(frames, "MAX_SAVEPOINTS", 0):
            left = jobs[0]()
            self.assertEqual(self.rules_of(left), [[rule.id] for rule in rules])
        with self.jobs() as (all_rules, jobs):
            self.assertEqual(all_rules._work_off(jobs), (True, True))
        self.assertEqual(leaf.name, "due!!")

    def test_looking_takes_long(self):
        """What was found meanwhile is done before the other rules are looked at together."""
        rules = self.rules(*[HIT] * 5)
        ids = [rule.id for rule in rules]
        leaf = self.leaves(DUE)
        # The clock goes on by a second whenever somebody looks at it.
        self.patch(due_survey, "MOST_SECONDS", 2.5)
        with patch.object(due_survey, "time", SimpleNamespace(monotonic=count().__next__)):
            with self.jobs() as (all_rules, jobs):
                first, second = jobs
                self.assertEqual(self.rules_of([first]), [ids[:2]])
                self.assertEqual(self.rules_of(second()[:1]), [ids[2:4]])
                self.assertEqual(all_rules._work_off(jobs), (True, True))
        self.assertEqual(leaf.name, "due!!!!!")
        self.assertEqual([str(rule.last_run) for rule in rules], [LATER] * 5)

    def test_rule_changed_or_deleted_meanwhile(self):
        """It looks anew; the others are not disturbed."""
        first, gone, changed = self.rules(HIT, HIT, HIT)
        leaf = self.leaves(DUE)
        with self.jobs() as (rules, jobs):
            rules.browse(gone.id).unlink()
            rules.browse(changed.id).filter_domain = "[('name', '=', 'nothing')]"
            rules.env.flush_all()
            # All of a test is one transaction, and one moment.
            rules.env.cr.execute(
                "UPDATE base_automation SET write_date = write_date + interval '1 second' "
                "WHERE id = %s",
                [changed.id],
            )
            self.assertEqual(rules._work_off(jobs), (True, True))
        self.assertEqual(leaf.name, "due!")
        self.assertEqual(len(self.ledger(first, "done")), 2)

    def test_someone_else_is_at_one(self):
        """What another worker runs is left to it."""
        rules = self.rules(HIT, HIT)
        leaf = self.leaves(DUE)
        for taken, name in ((rules, "due"), (rules[:1], "due!")):
            keys = [due_run.LOCK, [rule.id for rule in taken]]
            with closing(db_connect(self.env.cr.dbname).cursor()) as other:
                other.execute("SELECT pg_advisory_lock(%s, id) FROM unnest(%s) AS id", keys)
                try:
                    with self.jobs() as (all_rules, jobs):
                        self.assertEqual(all_rules._work_off(jobs), (True, True))
                finally:
                    other.execute("SELECT pg_advisory_unlock(%s, id) FROM unnest(%s) AS id", keys)
            self.assertEqual(leaf.name, name)
        self.assertEqual(len(self.ledger(rules[1], "done")), 2)

    @mute_logger("odoo.sql_db")
    def test_rule_that_waits_for_a_lock(self):
        """It waits in a turn of its own; the others need not wait for it to be committed."""
        self.patch(due_shared, "LOCK_TIMEOUT", "100ms")
        waits = (
            "if not record.name.startswith('due before'):\n"
            "    env.cr.execute('SELECT pg_advisory_xact_lock(4711)')"
        )
        self.rules(waits, HIT)
        leaf = self.leaves(DUE)
        with (
            closing(db_connect(self.env.cr.dbname).cursor()) as other,
            self.jobs() as (all_rules, jobs),
        ):
            other.execute("SELECT pg_advisory_lock(4711)")
            try:
                left = jobs[0]()
            finally:
                other.execute("SELECT pg_advisory_unlock(4711)")
            self.assertEqual(len(left), 2)
            self.assertEqual(all_rules._work_off(left), (True, True))
        self.assertEqual(leaf.name, "due!")

    def test_pace(self):
        """More records take longer, apart from what a turn costs; after a failure it is unknown."""
        database, rule = "no_database", 1
        due_pace.took(database, rule, 2, 0.13)
        for count_, seconds in ((1, 0.13), (2, 0.13), (20, 1.03)):
            self.assertAlmostEqual(due_pace.expected(database, rule, count_), seconds)
        due_pace.took(database, rule, 1, 0.01)
        self.assertAlmostEqual(due_pace.expected(database, rule, 1000), 0.03)
        due_pace.failed(database, rule)
        self.assertAlmostEqual(due_pace.expected(database, rule, 1), 0.03)
        due_pace.took(database, rule, 1, 0.01)
        self.assertEqual(due_pace.expected(database, rule, 1), float("inf"))

    def test_kinds(self):
        """A turn about one record tells little about more of them; a slow or failed one enough."""
        self.patch(due_pace, "QUICK_SECONDS", 0.5)
        quick, tried, alone = due_pace.QUICK, due_pace.TRIED, due_pace.ALONE
        for took, failed, expected in (
            (None, False, {1: tried, 100: tried, 101: alone}),
            ((1, 0.06), False, {1: quick, 10: quick, 20: tried, 100: tried, 101: alone}),
            ((20, 0.06), False, {20: quick, 300: quick, 400: alone}),
            ((20, 0.6), False, {1: alone, 20: alone}),
            ((20, 0.06), True, {1: alone, 20: alone}),
        ):
            due_pace._paces.pop(("no_database", 2), None)
            if failed:
                due_pace.failed("no_database", 2)
            if took:
                due_pace.took("no_database", 2, *took)
            found = {number: due_pace.kind("no_database", 2, number) for number in expected}
            self.assertEqual(found, expected, (took, failed))

    def test_most_rules(self):
        """Each has a savepoint, of which a transaction has not many; and they have few records."""
        self.patch(due_turns, "MOST_RULES", {**due_turns.MOST_RULES, due_pace.QUICK: 2})
        self.rules(*[HIT] * 5)
        self.leaves(DUE)
        with self.jobs() as (_rules, jobs):
            sizes = [len(getattr(job, "_turns", [1])) for job in jobs]
        self.assertEqual(sizes, [2, 2, 1])

    def test_statements(self):
        """A further rule with one due record costs few statements in a pass, and no commit."""
        costs = {}
        for number in (4, 8):
            # Nothing that the others listen to.
            self.rules(*["record.write({'time_type': 'other'})"] * 4)
            self.leaves(DUE)
            with self.jobs() as (rules, jobs):
                before = self.cr.sql_log_count
                self.assertEqual(rules._work_off(jobs), (True, True))
                costs[number] = self.cr.sql_log_count - before
        self.assertLessEqual(costs[8] - costs[4], 4 * 8, costs)
