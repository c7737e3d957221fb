"""Rules that run later: after some quiet time, or not too many in a period."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestRuleLater(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Task = cls.env["server.action.task"]
        cls.env["ir.cron.trigger"].search([]).unlink()

    def later(self, source="records.write({'ref': str(len(records))})", **vals):
        vals = {"fields": ["function"], "trigger": "on_update", **vals}
        return self.make_rule(self.code(source, code_scope="batch"), **vals)

    def tasks_of(self, rule):
        return self.Task.search([("action_id", "=", rule.later_action_id.id)], order="id")

    def drain(self, rule):
        """Let the time be over and run what is due."""
        self.env.flush_all()
        self.tasks_of(rule).filtered(lambda task: task.state == "pending").write(
            {"due_at": "2020-01-01 00:00:00"}
        )
        self.env.flush_all()
        with self.enter_registry_test_mode():
            done, _left = self.Task._drain()
        self.env.invalidate_all()
        return done

    def test_debounce_puts_off(self):
        """Each event puts the task off; one run for all records that are quiet."""
        rule = self.later(debounce_number=10, debounce_unit="minutes")
        partners = self.make_partners(3)
        partners.write({"function": "a"})
        self.assertEqual(partners.mapped("ref"), [False] * 3)
        tasks = self.tasks_of(rule)
        self.assertEqual(sorted(tasks.mapped("res_id")), partners.ids)
        tasks.write({"due_at": "2020-01-01 00:00:00"})
        self.env.flush_all()
        partners[0].function = "b"
        self.assertEqual(self.tasks_of(rule), tasks, "no second task")
        put_off = tasks.filtered(lambda task: task.due_at.year > 2020)
        self.assertEqual(put_off.res_id, partners[0].id)
        self.drain(rule)
        self.assertEqual(partners.mapped("ref"), ["3"] * 3)
        self.assertEqual(set(tasks.mapped("state")), {"done"})

    def test_event_while_the_task_runs(self):
        """What happens while the task is running is waited for once more."""
        rule = self.later(debounce_number=10)
        partner = self.make_partners(1)
        partner.function = "a"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE server_action_task SET state = 'started' WHERE action_id = %s",
            [rule.later_action_id.id],
        )
        self.env.invalidate_all()
        partner.function = "b"
        partner.function = "c"
        self.assertEqual(self.tasks_of(rule).mapped("state"), ["started", "pending"])

    def test_filter_is_asked_again(self):
        """A record that meets the filter no longer when it is quiet is left out."""
        rule = self.later(debounce_number=1, filter_domain="[('city', '=', 'Mons')]")
        partners = self.make_partners(2, city="Mons")
        partners.write({"function": "a"})
        partners[0].city = "Namur"
        self.drain(rule)
        self.assertEqual(partners.mapped("ref"), [False, "1"])

    def test_limits_count_when_it_runs(self):
        """Events that are put off are no firings."""
        rule = self.later(debounce_number=1, limit_per_record=1)
        partner = self.make_partners(1)
        for value in ("a", "b", "c"):
            partner.function = value
        self.assertFalse(
            self.env["base.automation.firing"].search_count([("rule_id", "=", rule.id)])
        )
        self.drain(rule)
        self.assertEqual(partner.ref, "1")
        partner.with_context(automation_skip=True).ref = False
        partner.function = "d"
        self.drain(rule)
        self.assertFalse(partner.ref)

    def test_first_old_value_is_kept(self):
        """Old values are those of the first event of a restless time."""
        rule = self.make_rule(
            self.code("record.write({'ref': '%s>%s' % (old.function, new.function)})"),
            fields=["function"],
            trigger="on_update",
            debounce_number=5,
        )
        partners = self.make_partners(2, function="a")
        partners.write({"function": "b"})
        partners[0].function = "c"
        self.drain(rule)
        self.assertEqual(partners.mapped("ref"), ["a>c", "a>b"])

    def test_rate(self):
        """The tasks belong to a group that starts so many per period."""
        rule = self.later(rate_limit=2, rate_number=1, rate_unit="hours")
        group = self.env["server.action.task.group"].search(
            [("name", "=", f"base.automation,{rule.id}")]
        )
        self.assertEqual((group.rate_count, group.rate_seconds), (2, 3600))
        partners = self.make_partners(5)
        partners.write({"function": "a"})
        self.assertEqual(set(self.tasks_of(rule).mapped("group_name")), {group.name})
        self.assertEqual(self.drain(rule), 2)
        self.assertEqual(len(partners.filtered("ref")), 2)
        rule.rate_limit = 3
        self.assertEqual(group.rate_count, 3)
        self.drain(rule)
        self.assertEqual(len(partners.filtered("ref")), 3)
        rule.rate_limit = 0
        self.assertFalse(group.exists())

    def test_paused_rule_lets_its_tasks_pass(self):
        rule = self.later(debounce_number=1)
        partner = self.make_partners(1)
        partner.function = "a"
        rule.paused = True
        self.drain(rule)
        self.assertFalse(partner.ref)

    def test_failing_task_fails(self):
        """An error at its time is an error of the task, and of the failing record only."""
        rule = self.make_rule(
            self.code(
                "if record.name == 'Partner 1':\n    raise UserError('no')\n"
                "record.write({'ref': 'hit'})",
                code_scope="record",
            ),
            fields=["function"],
            trigger="on_update",
            debounce_number=1,
            on_error="isolate",
        )
        partners = self.make_partners(3)
        partners.write({"function": "a"})
        self.drain(rule)
        self.assertEqual(partners.mapped("ref"), ["hit", False, "hit"])
        states = {task.res_id: task.state for task in self.tasks_of(rule)}
        self.assertEqual([states[id_] for id_ in partners.ids], ["done", "failed", "done"])
        self.assertEqual((rule.run_count, rule.run_trouble_count), (3, 1))

    def test_rule_takes_its_things_along(self):
        """Deleting the rule deletes its background action, group and tasks."""
        rule = self.later(debounce_number=1, rate_limit=1)
        action, name = rule.later_action_id, f"base.automation,{rule.id}"
        self.make_partners(1).function = "a"
        tasks = self.tasks_of(rule)
        self.assertTrue(action and tasks)
        rule.unlink()
        self.assertFalse(action.exists() or tasks.exists())
        self.assertFalse(self.env["server.action.task.group"].search([("name", "=", name)]))

    def test_nobody_runs_the_background_action_by_hand(self):
        """It would work in superuser mode on records the caller names."""
        user = new_test_user(self.env, "clerk", groups="base.group_user,base.group_partner_manager")
        rule = self.later(debounce_number=1)
        partner = self.make_partners(1)
        action = rule.later_action_id.with_user(user).with_context(
            active_model="res.partner", active_ids=partner.ids, active_id=partner.id
        )
        with self.assertRaises(AccessError):
            action.run()

    def test_ordinary_user(self):
        """A user without rights on tasks or rules starts the waiting, and it runs as that user."""
        user = new_test_user(self.env, "clerk", groups="base.group_user,base.group_partner_manager")
        rule = self.later("records.write({'ref': env.user.login})", debounce_number=1)
        partner = self.make_partners(1)
        partner.with_user(user).function = "a"
        self.drain(rule)
        self.assertEqual(partner.ref, "clerk")

    def test_statements_do_not_grow_with_the_records(self):
        """Neither where records wait together, nor where each keeps its old values."""
        for code in ("pass", "x = old.function"):
            rule = self.later(code, debounce_number=1)
            few, many, warm = self.make_partners(5), self.make_partners(50), self.make_partners(1)
            warm.function = "warm"
            for value in ("first", "again"):
                counts = [
                    self.queries_of(lambda records=records, v=value: records.write({"function": v}))
                    for records in (few, many)
                ]
                self.assertEqual(counts[0], counts[1], (code, value))
            self.assertEqual(len(self.tasks_of(rule)), 56)
            rule.unlink()

    def test_what_cannot_wait_is_refused(self):
        for vals, message in (
            ({"debounce_number": 1, "trigger": "on_unlink"}, "cannot run later"),
            ({"debounce_number": -1}, "cannot be negative"),
            ({"rate_limit": 1, "rate_number": 0}, "within which time"),
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(ValidationError, message):
                self.later(**vals)
