"""The triggers “An action failed” and “A background task failed for good”."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import RuleCase

LATER = "odoo.addons.server_action_engine.models.run_log_later"
TRIGGER = "odoo.addons.base_automation_ext.models.trigger_failure"


class FailureCase(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["server.action.task"].search([]).unlink()
        cls.partner = cls.env["res.partner"].create({"name": "Fails"})
        cls.log = cls.env["res.partner"].create({"name": "Log", "comment": ""})

    def note(self, **vals):
        """Return the values of a code action that counts on the partner ``Log``."""
        return self.code(self.counting("len(records)"), code_scope="batch", **vals)

    def counting(self, number):
        """Return code that adds a number to the partner ``Log``."""
        log = f"env['res.partner'].browse({self.log.id})"
        return f"{log}.write({{'color': {log}.color + {number}}})"

    def failing(self, **vals):
        return self.env["ir.actions.server"].create(
            {
                "name": "Broken",
                "model_id": self.partner_model.id,
                **self.code("raise UserError('broken')"),
                **vals,
            }
        )

    def run_on(self, action, user=None, **context):
        action = action.with_user(user or self.env.user).with_context(
            active_model="res.partner",
            active_ids=self.partner.ids,
            active_id=self.partner.id,
            **context,
        )
        return action.run()

    def end_of_transaction(self, rollback=True):
        """Do what the end of a request does with the failures of its actions."""
        with self.enter_registry_test_mode():
            if rollback:
                self.env.cr.postrollback.run()
            else:
                self.env.cr.precommit.run()
                self.env.cr.postcommit.run()
        self.env.cr.postcommit.clear()
        self.env.cr.precommit.clear()
        self.env.invalidate_all()

    def drain(self):
        with self.enter_registry_test_mode():
            self.env["server.action.task"]._drain()
        self.end_of_transaction(rollback=False)
        self.log.invalidate_recordset()
        return self.log.color


@tagged("post_install", "-at_install")
class TestActionFailed(FailureCase):
    def rule(self, action=None, **vals):
        return self.make_rule(
            action or self.note(), trigger="on_action_failed", model="server.action.run", **vals
        )

    def fail(self, action, user=None):
        with self.assertRaises(UserError):
            self.run_on(action, user)
        self.end_of_transaction()

    def test_runs_after_the_rollback_in_a_task(self):
        """The rule gets the run that is in the log; the filter chooses the action."""
        broken, other = self.failing(), self.failing()
        self.rule(
            self.code(
                f"env['res.partner'].browse({self.log.id}).write({{'ref': record.error_message}})"
            ),
            filter_domain=f"[('action_id', '=', {broken.id})]",
        )
        self.fail(other)
        self.assertFalse(self.env["server.action.task"].search([]))
        self.fail(broken)
        [task] = self.env["server.action.task"].search([])
        self.assertEqual((task.model, task.superuser), ("server.action.run", True))
        self.drain()
        self.assertEqual(self.log.ref, "broken")

    def test_failure_of_an_ordinary_user(self):
        """Who may not even see the run log."""
        self.rule()
        user = new_test_user(
            self.env, "clumsy", groups="base.group_user,base.group_partner_manager"
        )
        self.fail(self.failing(), user)
        self.assertEqual(self.drain(), 1)

    def test_isolated_failure(self):
        """The user saved; the run has a failure all the same."""
        self.rule()
        self.run_on(self.failing(on_error="isolate"))
        self.end_of_transaction(rollback=False)
        self.assertEqual(self.drain(), 1)

    def test_filter_with_an_error_of_the_database(self):
        """It concerns its own rule; others are told nevertheless."""
        divisor = "env['ir.config_parameter'].sudo().get_param('test.divisor', '1')"
        self.rule(filter_domain=f"[('id', '>', env.cr.execute('SELECT 1/' + {divisor}) or 0)]")
        self.rule()
        self.env["ir.config_parameter"].set_param("test.divisor", "0")
        with mute_logger("odoo.sql_db", TRIGGER):
            self.fail(self.failing())
        self.assertEqual(self.drain(), 1)

    def test_success_is_no_failure(self):
        self.rule()
        self.run_on(self.failing(code="record.write({'ref': 'x'})"))
        self.end_of_transaction(rollback=False)
        self.assertFalse(self.env["server.action.task"].search([]))

    def test_paused_rule(self):
        self.rule().paused = True
        self.fail(self.failing())
        self.assertFalse(self.env["server.action.task"].search([]))

    def test_own_failures_are_left_alone(self):
        """A rule about failures that fails itself, or whose background action does."""
        for options in ({}, {"execution": "task"}):
            with self.subTest(options), mute_logger(LATER):
                rule = self.rule(
                    self.code(f"{self.counting(1)}\nraise UserError('again')", **options)
                )
                self.fail(self.failing())
                for _round in range(4):
                    self.drain()
                started = [("action_id", "=", rule.later_action_id.id)]
                tasks = self.env["server.action.task"]
                self.assertEqual(tasks.search_count(started), 1)
                self.assertFalse(tasks.search([("state", "=", "pending")]))
                rule.unlink()

    def test_failure_of_an_ordinary_rule_counts(self):
        """Only rules about failures are left out."""
        self.rule()
        self.make_rule(self.code("raise UserError('broken')"), fields=["comment"])
        with self.assertRaises(UserError):
            self.partner.comment = "go"
        self.end_of_transaction()
        self.assertEqual(self.drain(), 1)

    def test_broken_filter_does_not_stop_the_other_rules(self):
        broken = self.rule(filter_domain="[('action_id', '!=', uid)]")
        # Refused when it is saved, so it is put there behind the back of the model.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE base_automation SET filter_domain = %s WHERE id = %s",
            ["[('action_id', '=', 1 // (uid - uid))]", broken.id],
        )
        broken.invalidate_recordset()
        broken._index_changed()
        self.rule()
        with self.assertLogs("odoo.addons.base_automation_ext.models.trigger_failure", "WARNING"):
            self.fail(self.failing())
        self.assertEqual(self.drain(), 1)

    def test_model_is_fixed(self):
        with self.assertRaisesRegex(ValidationError, "Automation Run"):
            self.make_rule(self.code("pass"), trigger="on_action_failed")

    def test_without_rules_nothing_is_asked(self):
        runs = self.env["server.action.run"]
        runs._recorded([1, 2, 3])
        self.assertEqual(self.queries_of(lambda: runs._recorded([1, 2, 3])), 0)


@tagged("post_install", "-at_install")
class TestTaskDead(FailureCase):
    def rule(self, action=None, **vals):
        return self.make_rule(
            action or self.note(), trigger="on_task_dead", model="server.action.task", **vals
        )

    def enqueue(self, **vals):
        return self.env["server.action.task"]._enqueue(self.failing(**vals), self.partner)

    def gave_up(self, tasks):
        """Report the end of tasks and commit."""
        with self.enter_registry_test_mode():
            self.env["server.action.task"]._gave_up(tasks.ids)
            self.env.cr.postcommit.run()
        self.env.cr.postcommit.clear()

    def test_gives_up_for_good(self):
        """The rule gets the task that has failed, with its error."""
        self.rule(
            self.code(
                f"env['res.partner'].browse({self.log.id}).write("
                "{'ref': record.state, 'function': record.error_message})"
            )
        )
        task = self.enqueue()
        ended = []
        tasks = self.env["server.action.task"]
        original = type(tasks)._gave_up
        self.patch(
            type(tasks), "_gave_up", lambda tasks, ids: ended.extend(ids) or original(tasks, ids)
        )
        self.drain()
        # Cursors of tests forget what is promised for after the commit.
        self.assertEqual(ended, task.ids)
        self.gave_up(task)
        self.drain()
        self.assertEqual((self.log.ref, self.log.function), ("failed", "broken"))

    def test_retried_task_has_not_given_up(self):
        self.rule()
        task = self.enqueue(on_error="retry", retry_max=2)
        ended = []
        self.patch(type(task), "_gave_up", lambda tasks, ids: ended.extend(ids))
        self.drain()
        self.assertEqual((task.state, ended), ("pending", []))
        task.due_at = "2020-01-01 00:00:00"
        self.drain()
        self.assertEqual((task.state, ended), ("failed", task.ids))

    def test_killed_workers(self):
        """A task that ended its worker three times gives up; before that it does not."""
        task = self.enqueue()
        ended = []
        self.patch(type(task), "_gave_up", lambda tasks, ids: ended.extend(ids))
        for crashes in range(3):
            self.assertEqual(ended, [])
            task.write(
                {"state": "started", "started_at": "2020-01-01 00:00:00", "crash_count": crashes}
            )
            self.env.flush_all()
            with (
                self.enter_registry_test_mode(),
                mute_logger("odoo.addons.server_action_engine.models.server_action_task_claim"),
            ):
                task._in_transaction(task._reap)
        self.assertEqual(ended, task.ids)

    def test_filter_and_own_failures(self):
        """The filter chooses; the task of such a rule that gives up starts none."""
        rule = self.rule(filter_domain="[('model', '=', 'res.country')]")
        self.gave_up(self.enqueue())
        self.assertEqual(len(self.env["server.action.task"].search([])), 1)
        rule.filter_domain = "[('model', '=', 'res.partner')]"
        own = rule._fire_later(self.enqueue())
        other = self.env["server.action.task"]._enqueue(
            self.failing(), self.partner, origin={"kind": "task", "model": own._name, "id": own.id}
        )
        before = self.env["server.action.task"].search([])
        self.gave_up(own + other)
        self.assertEqual(self.env["server.action.task"].search([]), before)

    def test_without_rules_nothing_is_promised(self):
        self.env["server.action.task"]._gave_up([1])
        self.assertFalse(self.env.cr.postcommit._funcs)

    def test_model_is_fixed(self):
        with self.assertRaisesRegex(ValidationError, "Background Task"):
            self.make_rule(self.code("pass"), trigger="on_task_dead")
