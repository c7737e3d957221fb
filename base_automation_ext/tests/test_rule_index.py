"""The rule index: rules are found without queries, and every change of a rule is seen at once."""

from odoo.tests import tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestRuleIndexQueries(RuleCase):
    def test_rules_that_do_not_match_cost_no_query(self):
        """Thirty rules whose domain does not match add no SQL statement to a write."""
        partners = self.make_partners(3)

        def write(value):
            return self.queries_of(lambda: partners.write({"comment": value}))

        write("warm")
        without = write("without rules")
        for number in range(30):
            self.make_rule(filter_domain=f"[('name', '=', 'nobody {number}')]", fields=[])
        write("warm")
        self.assertEqual(write("with rules"), without)

    def test_rules_watching_another_field_read_nothing(self):
        """A rule that watches another field does not even read the records."""
        partner = self.make_partners(1)
        self.make_rule(fields=["name"], filter_domain="[('email', '=', 'x')]")
        partner.write({"comment": "warm"})
        self.env.flush_all()
        self.env.invalidate_all()
        alone = self.queries_of(
            lambda: partner.with_context(automation_skip=True).write({"comment": "a"})
        )
        self.env.invalidate_all()
        self.assertEqual(self.queries_of(lambda: partner.write({"comment": "b"})), alone)

    def test_queries_do_not_grow_with_the_records(self):
        """An "update record" rule causes as many statements for fifty records as for five."""
        few, many, warm = self.make_partners(5), self.make_partners(50), self.make_partners(1)
        self.make_rule(fields=["comment"])
        warm.write({"comment": "warm"})
        counts = [
            self.queries_of(lambda records=records: records.write({"comment": "go"}))
            for records in (few, many)
        ]
        self.assertEqual(set((few | many).mapped("ref")), {"hit"})
        self.assertEqual(counts[0], counts[1])

    def test_writes_of_actions_are_looked_at_only_where_a_rule_could_match(self):
        """What an action writes reaches no rule when none watches these fields."""
        self.make_rule(fields=["function"], trigger="on_update")
        self.make_rule(fields=["city"], trigger="on_update", filter_domain="[('ref', '=', 'x')]")
        partner = self.make_partners(1)
        subscriber, heard = self.env["base.automation.subscriber"], []
        original = type(subscriber)._event_before

        def listen(subscriber, event, subscriptions):
            heard.append((sorted(event.names), len(subscriptions)))
            return original(subscriber, event, subscriptions)

        self.patch(type(subscriber), "_event_before", listen)
        partner.function = "x"
        self.env.flush_all()
        self.assertEqual(partner.ref, "hit")
        self.assertEqual(heard, [(["function"], 1)])

    def test_long_transaction_piles_nothing_up(self):
        """Neither environments nor what rules keep on the cursor grow from batch to batch."""
        vals = {"model": "res.partner.category", "fields": ["color"], "trigger": "on_update"}
        self.make_rule(self.code("record.write({'name': 'x'})"), **vals)
        self.make_rule(self.code("x = old.name"), **vals)
        tags = self.env["res.partner.category"].create([{"name": f"{n}"} for n in range(5)])

        def left_after(batches):
            for number in range(batches):
                tags.write({"color": number % 2 + 1})
                self.env.flush_all()
                self.env.invalidate_all()
            kept = [value for value in vars(self.env.cr).values() if hasattr(value, "__len__")]
            return len(self.env.transaction.envs), sum(map(len, kept))

        left_after(5)
        self.assertEqual(left_after(5), left_after(30))

    def test_tracked_changes_pile_nothing_up(self):
        """Where changes are told in the chatter rules leave nothing until the commit.

        Odoo itself keeps a callback per write there, rules or not; none with an environment.
        """
        self.make_rule(fields=["function"], trigger="on_update")
        self.make_rule(self.code("record.write({'city': 'x'})"), trigger="on_update")
        self.make_rule(self.code("x = old.name"), filter_domain="[('ref', '=', 'nobody')]")
        partners = self.make_partners(3)

        def left_after(writes):
            for number in range(writes):
                partners[number % 3].write({"function": f"Clerk {number}"})
                self.env.flush_all()
            return len(self.env.transaction.envs)

        self.assertEqual(left_after(5), left_after(40))

    def test_changes_of_rules_are_told_in_the_chatter(self):
        """Those of the user and those of a rule, once, with the values before the first one."""
        self.make_rule(
            self.code("record.write({'email': 'rule@example.com'})"),
            fields=["function"],
            trigger="on_update",
        )
        partner = self.make_partners(1, email="old@example.com")
        self.env.cr.precommit.run()
        partner.write({"function": "Clerk"})
        partner.write({"function": "Chief", "phone": "1"})
        self.env.flush_all()
        self.env.cr.precommit.run()
        values = partner.message_ids.tracking_value_ids
        self.assertEqual(
            sorted((one.field_id.name, one.old_value_char, one.new_value_char) for one in values),
            [("email", "old@example.com", "rule@example.com"), ("phone", False, "1")],
        )

    def test_old_values_are_those_of_watched_fields_only(self):
        """The code of a rule finds the old values of watched fields, and no others."""
        partner = self.make_partners(1, email="old@example.com", phone="1")
        self.make_rule(
            self.code(
                "record.write({'ref': str(sorted(env.context['old_' + 'values'][record.id]))})"
            ),
            fields=["email"],
        )
        partner.write({"email": "new@example.com", "phone": "2"})
        self.assertEqual(partner.ref, "['email']")

    def test_code_that_asks_for_old_values_gets_all_written_ones(self):
        """Code that names ``old_values`` finds every field written, as in stock Odoo."""
        partner = self.make_partners(1, email="old@example.com", phone="1")
        self.make_rule(
            self.code("record.write({'ref': str(sorted(env.context['old_values'][record.id]))})"),
            fields=["email"],
        )
        partner.write({"email": "new@example.com", "phone": "2"})
        self.assertEqual(partner.ref, "['email', 'phone']")


@tagged("post_install", "-at_install")
class TestRuleIndexRefresh(RuleCase):
    def fires(self):
        partner = self.make_partners(1)
        partner.write({"comment": "go"})
        return partner.ref == "hit"

    def test_every_change_of_a_rule_is_seen_at_once(self):
        """Creating, changing, archiving, pausing and deleting need no reload of the registry."""
        self.assertFalse(self.fires())
        rule = self.make_rule(fields=["comment"], trigger="on_write")
        self.assertTrue(self.fires())
        rule.active = False
        self.assertFalse(self.fires())
        rule.active = True
        self.assertTrue(self.fires())
        rule.paused = True
        self.assertFalse(self.fires())
        rule.paused = False
        rule.filter_domain = "[('name', '=', 'nobody')]"
        self.assertFalse(self.fires())
        rule.filter_domain = False
        rule.trigger_field_ids = self.env["ir.model.fields"]._get("res.partner", "email")
        self.assertFalse(self.fires())
        rule.trigger_field_ids = False
        self.assertTrue(self.fires())
        rule.unlink()
        self.assertFalse(self.fires())
        self.assertFalse(self.env.registry.registry_invalidated)

    def test_imported_rule_works_at_once(self):
        """A rule that comes from a CSV import is a rule, without a restart (X10)."""
        result = (
            self.env["base.automation"]
            .with_context(import_file=True)
            .load(
                [
                    "name",
                    "model_id/id",
                    "trigger",
                    "action_server_ids/name",
                    "action_server_ids/model_id/id",
                    "action_server_ids/state",
                    "action_server_ids/code",
                ],
                [
                    [
                        "Imported",
                        "base.model_res_partner",
                        "on_create_or_write",
                        "Imported",
                        "base.model_res_partner",
                        "code",
                        "record.write({'ref': 'hit'})",
                    ]
                ],
            )
        )
        self.assertFalse(result["messages"])
        self.assertTrue(self.fires())

    def test_rule_in_a_rolled_back_savepoint_is_forgotten(self):
        """A rule whose creation is undone does not run."""
        savepoint = self.env.cr.savepoint()
        self.make_rule(fields=["comment"], trigger="on_write")
        self.assertTrue(self.fires())
        savepoint.close(rollback=True)
        self.assertFalse(self.fires())

    def test_saving_a_rule_reads_no_other(self):
        """The transaction that saves a rule reads that rule again, however many there are."""
        rule = self.make_rule(fields=["comment"])

        def save(value):
            def change():
                rule.filter_domain = f"[('name', '=', '{value}')]"
                self.env["base.automation.subscriber"]._event_subscriptions_to(
                    "res.partner", "write"
                )

            self.env.invalidate_all()
            return self.queries_of(change)

        save("warm")
        few = save("few rules")
        for number in range(20):
            self.make_rule(fields=["comment"], filter_domain=f"[('name', '=', '{number}')]")
        save("warm")
        self.assertEqual(save("many rules"), few)

    def test_changed_rule_keeps_its_place(self):
        """A rule that is changed still runs where its sequence says, among all others."""
        partner = self.make_partners(1)
        rules = [
            self.make_rule(
                self.code(f"record.write({{'ref': (record.ref or '') + '{letter}'}})"),
                fields=["comment"],
                sequence=sequence,
            )
            for letter, sequence in (("c", 30), ("a", 10), ("b", 20))
        ]
        partner.comment = "go"
        self.assertEqual(partner.ref, "abc")
        rules[1].filter_domain = "[('name', '!=', False)]"
        partner.ref = False
        partner.comment = "again"
        self.assertEqual(partner.ref, "abc")
        rules[0].sequence = 5
        partner.ref = False
        partner.comment = "once more"
        self.assertEqual(partner.ref, "cab")

    def test_changed_action_is_seen_at_once(self):
        """What an action asks for is part of its rule's entry, also deep below it."""
        rule = self.make_rule(
            {"state": "multi", "child_ids": [(0, 0, {**self.child(), "code": "x = 1"})]},
            fields=["comment"],
        )
        partner = self.make_partners(1, email="old@example.com", comment="first")
        partner.write({"comment": "go", "email": "new@example.com"})
        rule.action_server_ids.child_ids.code = (
            "record.write({'ref': env.context['old_values'][record.id]['email']})"
        )
        partner.write({"comment": "again", "email": "newest@example.com"})
        self.assertEqual(partner.ref, "new@example.com")

    def test_changed_body_of_a_loop_is_seen_at_once(self):
        """An action which a rule's action runs as a step of its own is a part of the rule."""
        body = self.env["ir.actions.server"].create(self.child())
        self.make_rule(
            {"state": "loop", "loop_expression": "records", "loop_action_id": body.id},
            fields=["comment"],
        )
        partner = self.make_partners(1, email="old@example.com")
        body.code = "record.write({'ref': env.context['old_values'][record.id]['email']})"
        partner.write({"comment": "again", "email": "new@example.com"})
        self.assertEqual(partner.ref, "old@example.com")

    def child(self):
        """Return the values of a code action below another one."""
        return {"name": "Child", "model_id": self.partner_model.id, "state": "code"}

    def test_cron_bookkeeping_does_not_touch_the_index(self):
        """Noting when a rule has run, or renaming it, invalidates no cache."""
        rule = self.make_rule()
        self.env.registry.cache_invalidated.clear()
        rule.write({"last_run": "2026-01-01 00:00:00", "name": "Renamed"})
        self.assertNotIn("stable", self.env.registry.cache_invalidated)

    def test_field_rules_of_forms_are_seen_at_once(self):
        """A rule on live changes works in forms without a reload, and is gone with the rule."""
        Partner = self.env["res.partner"]
        field = self.env["ir.model.fields"]._get("res.partner", "barcode")
        rule = self.make_rule(
            self.code("action = {'value': {'ref': 'typed'}, 'warning': {'message': 'Look'}}"),
            trigger="on_change",
            on_change_field_ids=[(6, 0, field.ids)],
        )
        self.assertTrue(Partner._has_onchange(Partner._fields["barcode"], []))
        spec = {"barcode": {}, "ref": {}}
        answer = Partner.onchange({"barcode": "x"}, ["barcode"], spec)
        self.assertEqual(answer["value"].get("ref"), "typed")
        self.assertEqual(answer["warning"]["message"], "Look")
        rule.unlink()
        answer = Partner.onchange({"barcode": "x"}, ["barcode"], spec)
        self.assertFalse(answer["value"].get("ref"))
