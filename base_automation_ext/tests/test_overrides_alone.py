"""Each method other modules override is honoured, also when it is the only one."""

from contextlib import contextmanager
from datetime import timedelta

from odoo import api
from odoo.tests import tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestOverridesAlone(RuleCase):
    def setUp(self):
        super().setUp()
        self.calls = []

    @contextmanager
    def overriding(self, model, **methods):
        """Let a class between the model's and everything it is made of define ``methods``.

        It is where the class of another module stands: above ours, below what is patched.

        :param methods: functions called with ``super`` and the method's own arguments
        """
        model_class = self.env.registry[model]
        bases = model_class.__bases__
        override = type("Override", (), {"_register": False, "__slots__": ()})
        for name, function in methods.items():
            setattr(override, name, self.method(override, name, function))
        model_class.__bases__ = (override, *bases)
        try:
            yield
        finally:
            model_class.__bases__ = bases

    def method(self, override, name, function):
        def called(records, *args, **kwargs):
            self.calls.append(name)
            original = getattr(super(override, records), name)
            return function(original, records, *args, **kwargs)

        return api.model(called) if name in ("_get_actions", "_get_eval_context") else called

    def pair(self):
        """Return two partners, of which the overrides leave out the second."""
        partners = self.make_partners(2)
        partners[1].name = "left out"
        self.env.flush_all()
        return partners

    def without(self, records):
        return records.filtered(lambda record: record.name != "left out")

    def assert_second_left_out(self, partners):
        self.env.flush_all()
        self.assertEqual(partners.mapped("ref"), ["hit", False])
        self.assertTrue(self.calls)

    def test_filter_before(self):
        partners = self.pair()
        self.make_rule(trigger="on_write", fields=["comment"])
        with self.overriding(
            "base.automation",
            _filter_pre=lambda original, rule, records, feedback=False: self.without(
                original(records, feedback=feedback)
            ),
        ):
            partners.write({"comment": "go"})
        self.assert_second_left_out(partners)

    def test_filter_after_a_change(self):
        partners = self.pair()
        self.make_rule(trigger="on_write", fields=["comment"])

        def filter_after(original, _rule, records, feedback=False):
            found, domain = original(records, feedback=feedback)
            return self.without(found), domain

        with self.overriding("base.automation", _filter_post_export_domain=filter_after):
            partners.write({"comment": "go"})
        self.assert_second_left_out(partners)

    def test_filter_after_a_creation(self):
        self.make_rule(trigger="on_create")
        with self.overriding(
            "base.automation",
            _filter_post=lambda original, rule, records, feedback=False: self.without(
                original(records, feedback=feedback)
            ),
        ):
            partners = self.env["res.partner"].create([{"name": "a"}, {"name": "left out"}])
        self.assert_second_left_out(partners)

    def test_check_of_watched_fields(self):
        partners = self.pair()
        self.make_rule(trigger="on_write", fields=["comment"])
        with self.overriding(
            "base.automation",
            _check_trigger_fields=lambda original, rule, record: (
                original(record) and record.name != "left out"
            ),
        ):
            partners.write({"comment": "go"})
        self.assert_second_left_out(partners)

    def test_process(self):
        partners = self.pair()
        self.make_rule(trigger="on_write", fields=["comment"])
        with self.overriding(
            "base.automation",
            _process=lambda original, rule, records, domain_post=None: original(
                self.without(records), domain_post=domain_post
            ),
        ):
            partners.write({"comment": "go"})
        self.assert_second_left_out(partners)

    def test_choice_of_rules(self):
        """It may leave rules out, and put them into another order."""
        partner = self.make_partners(1)
        for letter in "abc":
            self.make_rule(
                self.code(f"record.write({{'ref': (record.ref or '') + '{letter}'}})"),
                trigger="on_write",
                fields=["comment"],
                name=letter,
            )
        with self.overriding(
            "base.automation",
            _get_actions=lambda original, rules, records, triggers: (
                original(records, triggers)
                .filtered(lambda rule: rule.sudo().name != "b")
                .sorted("id", reverse=True)
            ),
        ):
            partner.write({"comment": "go"})
        self.assertEqual(partner.ref, "ca")

    def test_names_in_filters(self):
        """Names an override adds can be used in both filters."""
        partners = self.make_partners(2)
        partners[0].function = "wanted"
        self.env.flush_all()

        def eval_context(original, *args):
            return {**original(*args), "wished": "wanted"}

        with self.overriding("base.automation", _get_eval_context=eval_context):
            for filters in ("filter_pre_domain", "filter_domain"):
                partners.ref = False
                rule = self.make_rule(
                    trigger="on_write",
                    fields=["comment"],
                    **{filters: "[('function', '=', wished)]"},
                )
                partners.write({"comment": f"go {filters}"})
                self.assertEqual(partners.mapped("ref"), ["hit", False], filters)
                rule.unlink()

    def test_webhook(self):
        partner = self.make_partners(1)
        rule = self.make_rule(
            trigger="on_webhook", record_getter="model.browse(int(payload['id']))"
        )

        def execute(original, _rule, payload):
            return original({"id": payload["partner"]})

        with self.overriding("base.automation", _execute_webhook=execute):
            rule._execute_webhook({"partner": partner.id})
        self.assertEqual(partner.ref, "hit")

    def test_search_of_timed_rules(self):
        partners = self.pair()
        rule = self.timed_rule(trg_date_range=0, trg_date_range_type="hour")
        with self.overriding(
            "base.automation",
            _search_time_based_automation_records=lambda original, rule, *, until: (
                self.without(original(until=until)) & partners
            ),
        ):
            until = self.env.cr.now() + timedelta(hours=1)
            found = rule._search_time_based_automation_records(until=until)
        self.assertEqual(found, partners[0])

    def test_timed_rules_are_run_on_what_an_override_finds(self):
        """The engine leaves such rules to the override, and stock's scheduled action runs them."""
        partners = self.pair()
        rule = self.timed_rule()
        self.env.flush_all()

        def search(_original, rule, *, until):
            return partners[:1].with_env(rule.env)

        with (
            self.overriding("base.automation", _search_time_based_automation_records=search),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            self.env(cr=cr)["base.automation"]._cron_process_time_based_actions()
        self.env.invalidate_all()
        self.assert_second_left_out(partners)
        self.assertTrue(rule.last_run)

    def test_calendar_of_timed_rules(self):
        """The calendar may depend on the record: it is asked for with each."""
        partners = self.pair()
        calendar = self.env["resource.calendar"].create({"name": "Working hours"})
        rule = self.timed_rule(
            trg_date_range=1, trg_date_range_type="day", trg_date_calendar_id=calendar.id
        )
        asked = []

        def calendar_of(original, _rules, automation, record):
            asked.append(record)
            return original(automation, record)

        with self.overriding("base.automation", _get_calendar=calendar_of):
            until = self.env.cr.now() + timedelta(days=14)
            found = rule._search_time_based_automation_records(until=until)
        self.assertLessEqual(set(partners), set(asked))
        self.assertLessEqual(set(partners), set(found))

    def timed_rule(self, **vals):
        field = self.env["ir.model.fields"]._get("res.partner", "create_date")
        return self.make_rule(trigger="on_time", **{"trg_date_id": field.id, **vals})

    def test_hooks_of_the_registry(self):
        """Both are called whenever the models are built again, and rules work after that."""
        partner = self.make_partners(1)
        self.make_rule(fields=["comment"])
        with self.overriding(
            "base.automation",
            _register_hook=lambda original, rules: original(),
            _unregister_hook=lambda original, rules: original(),
        ):
            rules = self.env["base.automation"]
            rules._unregister_hook()
            rules._register_hook()
        self.assertEqual(self.calls, ["_unregister_hook", "_register_hook"])
        partner.write({"comment": "go"})
        self.assertEqual(partner.ref, "hit")

    def test_runner_for_one_record(self):
        """A runner that is overridden for one record is called for each."""
        partners = self.pair()
        self.make_rule(fields=["comment"])

        def run(original, action, eval_context=None):
            if eval_context["record"].name != "left out":
                return original(eval_context=eval_context)
            return None

        with self.overriding("ir.actions.server", _run_action_object_write=run):
            partners.write({"comment": "go"})
        self.assertEqual(len(self.calls), 2)
        self.assert_second_left_out(partners)

    def test_runner_for_a_batch(self):
        """A runner that is overridden for a batch is called once for all records."""
        partners = self.pair()
        self.make_rule(self.code("records.write({'ref': 'hit'})", code_scope="batch"))

        def run(original, action, eval_context=None):
            eval_context["records"] = self.without(eval_context["records"])
            return original(eval_context=eval_context)

        with self.overriding("ir.actions.server", _run_action_code_multi=run):
            partners.write({"comment": "go"})
        self.assertEqual(len(self.calls), 1)
        self.assert_second_left_out(partners)

    def test_names_in_code(self):
        """Names an override adds to the evaluation context reach the code of rules."""
        partner = self.make_partners(1)
        self.make_rule(self.code("record.write({'ref': greeting})"), fields=["comment"])

        def eval_context(original, _actions, action=None):
            return {**original(action), "greeting": "hello"}

        with self.overriding("ir.actions.server", _get_eval_context=eval_context):
            partner.write({"comment": "go"})
        self.assertEqual(partner.ref, "hello")


@tagged("post_install", "-at_install")
class TestContextKeys(RuleCase):
    """What modules read from, and put into, the context."""

    def test_done_keeps_a_rule_from_running_again(self):
        """Modules that change records on behalf of a rule pass what has been done already."""
        partners = self.make_partners(2)
        rule = self.make_rule(fields=["comment"])
        done = {rule.with_env(self.env(context={})): partners[0]}
        partners.with_context(__action_done=done).write({"comment": "go"})
        self.assertEqual(partners.mapped("ref"), [False, "hit"])

    def test_done_is_there_while_a_rule_runs(self):
        """An action finds itself among what has been done, with all records of the batch."""
        partners = self.make_partners(2)
        self.make_rule(
            self.code(
                "done = env.context['__action' + '_done']\n"
                "found = [ids for one, ids in done.items() if one.sudo().name == 'itself']\n"
                "record.write({'ref': str(found[0].ids)})"
            ),
            trigger="on_write",
            fields=["comment"],
            name="itself",
        )
        partners.write({"comment": "go"})
        self.assertEqual(set(partners.mapped("ref")), {str(partners.ids)})

    def test_feedback_is_noted_in_place(self):
        """Under ``__action_feedback`` the caller's own dictionary learns what has been done."""
        partners = self.make_partners(2)
        rule = self.make_rule(trigger="on_write", fields=["comment"])
        done = {}
        context = {"__action_done": done, "__action_feedback": True}
        rule.with_context(**context)._process(partners.with_context(**context))
        self.assertEqual([records.ids for records in done.values()], [partners.ids])
        rule.with_context(**context)._process(partners.with_context(**context))
        self.assertEqual(rule.run_count, 1)

    def test_domain_and_old_values_reach_the_actions(self):
        """``domain_post`` is the list the rule filters by, ``old_values`` those of each record."""
        partner = self.make_partners(1, email="a@example.com")
        self.make_rule(
            self.code(
                "context = env.context\n"
                "record.write({'ref': '%s %s' % (context['domain_post'],"
                " context['old_values'][record.id]['email'])})"
            ),
            trigger="on_write",
            fields=["email"],
            filter_domain="[('name', '!=', 'x')]",
        )
        partner.email = "b@example.com"
        self.assertEqual(partner.ref, "[('name', '!=', 'x')] a@example.com")
