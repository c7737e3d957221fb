from contextlib import contextmanager, suppress

from psycopg2 import errorcodes
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.run_log_later import failures_of
from ..models.transaction_queues import revocable_savepoint
from .test_run_log import RunLogCase

LOGGER = "odoo.addons.server_action_engine.models.run_log_later"


@tagged("post_install", "-at_install")
class TestFailuresInTestCursors(RunLogCase):
    """The cursors of Odoo's own tests: one transaction, savepoints for commits."""

    def setUp(self):
        super().setUp()
        self.failing = self.new_action("code", name="Failing", code="raise UserError('it broke')")

    @contextmanager
    def request(self):
        """A transaction as a request has it; the block says how it ends."""
        with self.enter_registry_test_mode():
            cr = self.registry.cursor()
            try:
                yield cr
            finally:
                cr.close()

    def fail(self, cr):
        """Run the failing action in the transaction of ``cr``."""
        env = self.env(cr=cr)
        with suppress(UserError):
            self.run_on(self.failing.with_env(env), self.partner.with_env(env))

    def test_a_failed_run_survives_the_rollback(self):
        """With error, type, traceback and trigger; what the action did is gone."""
        self.failing.code = "record.write({'ref': 'half done'})\nraise UserError('it broke')"
        with self.request() as cr:
            self.fail(cr)
        run = self.runs_of(self.failing)
        self.assertEqual(len(run), 1)
        self.assertEqual((run.state, run.error_type), ("failed", "UserError"))
        self.assertIn("it broke", run.error_message)
        self.assertIn("Traceback", run.traceback)
        self.assertEqual((run.user_id, run.trigger_kind), (self.env.user, "manual"))
        self.assertFalse(self.partner.ref)

    def test_a_caught_failure_is_written_with_the_commit(self):
        """Somebody catches the error and commits: the run is there, once."""
        with self.request() as cr:
            self.fail(cr)
            cr.commit()  # pylint: disable=invalid-commit; what is tested
        self.assertEqual(self.runs_of(self.failing).mapped("state"), ["failed"])

    def test_each_of_several_failures_is_written(self):
        """Two failures in one transaction are two runs."""
        with self.request() as cr:
            self.fail(cr)
            self.fail(cr)
        self.assertEqual(len(self.runs_of(self.failing)), 2)

    def test_others_are_told_again_after_a_conflict(self):
        """What they do with a failed run may collide with another transaction."""
        told = []

        def _recorded(runs, ids):
            told.append(ids)
            if len(told) == 1:
                raise SerializationFailureOfTest

        self.patch(type(self.Run), "_recorded", _recorded)
        with self.request() as cr:
            self.fail(cr)
        self.assertEqual(told, [self.runs_of(self.failing).ids] * 2)

    def test_the_next_transaction_starts_clean(self):
        """A failure is not reported again by later transactions of the same cursor."""
        with self.request() as cr:
            self.fail(cr)
            cr.rollback()
            cr.commit()  # pylint: disable=invalid-commit; what is tested
            cr.rollback()
        self.assertEqual(len(self.runs_of(self.failing)), 1)

    def test_attempts_that_odoo_repeats_are_not_logged(self):
        """A serialization failure rolls back and the whole request is tried again."""
        with self.request() as cr:
            self.fail(cr)
            try:
                raise SerializationFailureOfTest
            except SerializationFailure:
                cr.rollback()
        self.assertFalse(self.runs_of(self.failing))

    def test_an_action_created_and_rolled_back_with_its_run(self):
        """The run is kept although action, user and company never came to exist."""
        with self.request() as cr:
            frame = self.new_frame(action_id=2**31 - 1, action_name="Never was", state="failed")
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["server.action.run"]._record_failure_later(
                frame, {"user_id": 2**31 - 1, "company_id": 2**31 - 1}
            )
        run = self.Run.search([("action_name", "=", "Never was")])
        self.assertEqual(len(run), 1)
        self.assertFalse(run.user_id)


class SerializationFailureOfTest(SerializationFailure):
    """What PostgreSQL raises on concurrent updates; psycopg2 fills the code on real ones only."""

    pgcode = errorcodes.SERIALIZATION_FAILURE


@tagged("post_install", "-at_install")
class TestFailuresInRealTransactions(RunLogCase):
    """Real cursors with real commits; what they leave is removed again."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.action_id = (
                env["ir.actions.server"]
                .create(
                    {
                        "name": "Failing for real",
                        "model_id": self.partner_model.id,
                        "state": "code",
                        "code": "raise UserError('it broke')",
                    }
                )
                .id
            )
        self.addCleanup(self.remove)

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["server.action.run"].search([("action_id", "=", self.action_id)]).unlink()
            env["ir.actions.server"].browse(self.action_id).unlink()

    def fail(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        action = env["ir.actions.server"].browse(self.action_id)
        with suppress(UserError):
            self.run_on(action, env["res.partner"].browse(1))

    def states(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT state FROM server_action_run WHERE action_id = %s", [self.action_id])
            return [row[0] for row in cr.fetchall()]

    def test_rollback(self):
        """Written after the rollback, once."""
        with self.registry.cursor() as cr:
            self.fail(cr)
            cr.rollback()
            self.assertEqual(self.states(), ["failed"])
        self.assertEqual(self.states(), ["failed"])

    def test_closed_without_commit(self):
        """A cursor that is closed after an error rolls back, too."""
        cr = self.registry.cursor()
        self.fail(cr)
        cr.close()
        self.assertEqual(self.states(), ["failed"])

    def test_commit_after_the_error_was_caught(self):
        """No savepoint at all: written with the surviving transaction, once."""
        with self.registry.cursor() as cr:
            self.fail(cr)
        self.assertEqual(self.states(), ["failed"])

    def test_commit_after_a_savepoint_was_rolled_back(self):
        """The savepoint empties ``precommit``, the commit throws ``postrollback`` away."""
        with self.registry.cursor() as cr:
            with suppress(ZeroDivisionError), cr.savepoint():
                self.fail(cr)
                raise ZeroDivisionError
        self.assertEqual(self.states(), ["failed"])

    def test_commit_after_a_policy_took_the_queues_back(self):
        """A rule that isolates its actions restores the queues; the failure is still told."""
        with self.registry.cursor() as cr:
            with suppress(ZeroDivisionError), revocable_savepoint(cr):
                self.fail(cr)
                raise ZeroDivisionError
        self.assertEqual(self.states(), ["failed"])

    def test_commit_after_the_row_was_flushed_into_a_lost_savepoint(self):
        """A nested savepoint flushes the row into one that is then rolled back."""
        with self.registry.cursor() as cr:
            with suppress(ZeroDivisionError), cr.savepoint():
                self.fail(cr)
                with cr.savepoint():
                    pass
                raise ZeroDivisionError
        self.assertEqual(self.states(), ["failed"])

    def test_rollback_after_the_row_was_flushed(self):
        """A row written early by a flush is rolled back with the rest, and written again."""
        with self.registry.cursor() as cr:
            self.fail(cr)
            with cr.savepoint():
                pass
            cr.rollback()
        self.assertEqual(self.states(), ["failed"])

    def test_commit_of_an_early_flushed_row(self):
        """A row written early by a flush is not written twice."""
        with self.registry.cursor() as cr:
            self.fail(cr)
            cr.flush()
            cr.flush()
        self.assertEqual(self.states(), ["failed"])

    def test_a_locked_log_gives_up_after_a_second(self):
        """The user gets the original error although the log's table is locked."""
        with self.registry.cursor() as holder:
            holder.execute("LOCK TABLE server_action_run IN EXCLUSIVE MODE")
            with self.assertLogs(LOGGER, "WARNING") as logs, mute_logger("odoo.sql_db"):
                with self.registry.cursor() as cr:
                    self.fail(cr)
                    cr.rollback()
        self.assertIn("Failing for real", logs.output[0])
        self.assertEqual(self.states(), [])

    def test_nothing_is_kept_for_a_transaction_without_failures(self):
        """The three queues stay as they are when nothing fails."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["res.partner"].browse(1).read(["name"])
            self.assertFalse(cr.postrollback._funcs)
            self.assertNotIn("server_action_engine.failures", cr.postrollback.data)
            failures_of(cr)
            self.assertFalse(cr.postrollback._funcs)
