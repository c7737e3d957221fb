"""Type ``loop``: what is iterated, how often the body runs, and what it sees."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from ..core.frames import state_of


@tagged("post_install", "-at_install")
class TestTypeLoop(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parents = cls.env["res.partner"].create(
            [
                {"name": "P", "child_ids": [(0, 0, {"name": "P1"}), (0, 0, {"name": "P2"})]},
                {"name": "Q", "child_ids": [(0, 0, {"name": "Q1"})]},
            ]
        )
        cls.children = cls.parents.child_ids
        cls.body = cls._action(
            "Body",
            "code",
            code="records.write({'ref': '%s of %s' % (len(records), parent.name)})",
            code_scope="batch",
        )
        cls.loop = cls._action(
            "Loop", "loop", loop_expression="record.child_ids", loop_action_id=cls.body.id
        )

    @classmethod
    def _action(cls, name, state, model="res.partner", **values):
        return cls.env["ir.actions.server"].create(
            {
                "name": name,
                "model_id": cls.env["ir.model"]._get_id(model),
                "state": state,
                **values,
            }
        )

    def _run(self, records=None, action=None):
        records = self.parents if records is None else records
        action = action or self.loop
        return action.with_context(active_model=records._name, active_ids=records.ids).run()

    def test_body_runs_once_per_outer_record_on_all_it_yields(self):
        """Two lines of one parent are one call; the outer record is the parent."""
        self._run()
        self.assertEqual(self.children.mapped("ref"), ["2 of P", "2 of P", "1 of Q"])

    def test_body_that_needs_no_parent_runs_once_on_all(self):
        """A body that works record by record and never names parent is called once for all."""
        self.body.write({"code": "record.write({'ref': record.name})", "code_scope": "record"})
        frames = []
        state = state_of(self.env.cr)
        push = state.push
        self.patch(state, "push", lambda frame: (frames.append(frame), push(frame)))
        self._run()
        self.assertEqual(self.children.mapped("ref"), ["P1", "P2", "Q1"])
        self.assertEqual([frame.record_count for frame in frames], [2, 3])
        self.body.condition = "parent.name == 'Q'"
        frames.clear()
        self._run()
        self.assertEqual([frame.record_count for frame in frames], [2, 2, 1])

    def test_body_may_run_on_another_model(self):
        """The body's own model is the one of the records the expression yields."""
        self.parents[0].category_id = self.env["res.partner.category"].create(
            [{"name": "A"}, {"name": "B"}]
        )
        self.body = self._action(
            "Tag", "code", "res.partner.category", code="record.write({'color': parent.id % 11})"
        )
        self.loop.write({"loop_expression": "object.category_id", "loop_action_id": self.body.id})
        self._run()
        self.assertEqual(self.parents[0].category_id.mapped("color"), [self.parents[0].id % 11] * 2)

    def test_any_iterable_of_records_is_understood(self):
        """Lists, generators, dict values and recordsets of several all work alike."""
        for expression in (
            "[child for child in record.child_ids]",
            "(child for child in record.child_ids)",
            "{child.id: child for child in record.child_ids}.values()",
            "record.child_ids.grouped('type').values()",
            "[record.child_ids]",
            "tuple(record.child_ids)",
            "record.child_ids.filtered(lambda child: child.name)",
        ):
            with self.subTest(expression=expression):
                self.children.ref = False
                self.loop.loop_expression = expression
                self._run()
                self.assertEqual(self.children.mapped("ref"), ["2 of P", "2 of P", "1 of Q"])

    def test_nothing_to_do_is_no_error(self):
        """False, None, an empty list and an empty relation end the loop at once."""
        for expression in ("False", "None", "[]", "record.bank_ids", "record.user_id"):
            with self.subTest(expression=expression):
                self.loop.loop_expression = expression
                self.assertIs(self._run(), False)

    def test_other_values_are_named_in_the_error(self):
        """What is no record is shown with its type."""
        for expression, parts in (
            ("record.name", ["'P'", "str"]),
            ("42", ["42", "int"]),
            ("[record, 'x']", ["'x'", "str"]),
            ("record.child_ids.ids", ["int"]),
            ("{'a': record}", ["'a'", "str"]),
        ):
            with self.subTest(expression=expression):
                self.loop.loop_expression = expression
                with self.assertRaises(UserError) as caught:
                    self._run()
                for part in ["Loop", *parts]:
                    self.assertIn(part, str(caught.exception))

    def test_endless_generator_is_stopped(self):
        """A generator without end is an error, not a hang."""
        self.loop.loop_expression = "(record for x in range(10 ** 9))"
        with self.assertRaisesRegex(UserError, "more than"):
            self._run()

    def test_record_of_another_model_than_the_body_is_an_error(self):
        """A body for partners that updates a field cannot run on users."""
        self.loop.write(
            {
                "loop_expression": "env.user",
                "loop_action_id": self._action(
                    "Write", "object_write", update_path="name", value="x"
                ).id,
            }
        )
        with self.assertRaises(UserError) as caught:
            self._run()
        for part in ("res.users", "Write", "res.partner"):
            self.assertIn(part, str(caught.exception))

    def test_mixed_models_are_one_call_each(self):
        """A body that allows any model is called once per model, in order of appearance."""
        self.body.code = (
            "seen = records._name + str(len(records)) + ' '\n"
            "parent.write({'ref': (parent.ref or '') + seen})"
        )
        self.loop.loop_expression = "[record, env.user, record.child_ids]"
        self._run(self.parents[0])
        self.assertEqual(self.parents[0].ref, "res.partner3 res.users1 ")

    def test_body_on_another_model_keeps_the_rights_of_the_loop(self):
        """A body that allows any model has no more rights than the loop around it."""
        user = new_test_user(
            self.env, "loop_runner", groups="base.group_user,base.group_partner_manager"
        )
        self.loop.write({"run_as": "user", "run_as_user_id": user.id})
        self.body.write(
            {
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "code": "records.write({'ref': '%s %s' % (env.su, env.user.login)})",
            }
        )
        self._run()
        self.assertEqual(set(self.children.mapped("ref")), {"False loop_runner"})
        self.loop.run_as = "stock"
        self._run(action=self.loop.with_user(user))
        self.assertEqual(set(self.children.mapped("ref")), {"True loop_runner"})

    def test_the_parent_has_the_rights_of_the_body(self):
        """A body with the rights of a user cannot reach the outer record in superuser mode."""
        user = new_test_user(
            self.env, "body_runner", groups="base.group_user,base.group_partner_manager"
        )
        self.body.write(
            {
                "run_as": "user",
                "run_as_user_id": user.id,
                "code": "records.write({'ref': '%s %s' % (parent.env.su, parent.env.user.login)})",
            }
        )
        self._run()
        self.assertEqual(set(self.children.mapped("ref")), {"False body_runner"})

    def test_body_on_another_model_is_for_its_groups_only(self):
        """The groups of the body count, whatever the model of its records."""
        user = new_test_user(
            self.env, "loop_runner", groups="base.group_user,base.group_partner_manager"
        )
        self.body.write(
            {
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "group_ids": [(6, 0, self.env.ref("base.group_system").ids)],
            }
        )
        with self.assertRaises(AccessError):
            self._run(action=self.loop.with_user(user))

    def test_record_yielded_twice_is_worked_on_twice(self):
        """A repeated record starts a new call instead of being lost."""
        self.body.code = "records.write({'ref': (records[0].ref or '') + str(len(records))})"
        self.loop.loop_expression = "[record.child_ids[0], record.child_ids[0]]"
        self._run(self.parents[0])
        self.assertEqual(self.children[0].ref, "11")

    def test_outer_record_is_restored_for_what_follows(self):
        """In a multi action, the step after a loop works on the outer records again."""
        after = self._action("After", "code", code="records.write({'comment': 'seen'})")
        multi = self._action("Multi", "multi", child_ids=[(6, 0, (self.loop | after).ids)])
        self.loop.sequence, after.sequence = 1, 2
        self._run(action=multi)
        self.assertEqual([str(c) for c in self.parents.mapped("comment")], ["<p>seen</p>"] * 2)
        self.assertFalse(any(self.children.mapped("comment")))

    def test_multi_as_body_works_on_the_yielded_records(self):
        """Every step of a multi action in the body sees the yielded records and the parent."""
        steps = self._action("One", "code", code="record.write({'ref': parent.name})")
        steps |= self._action("Two", "code", code="record.write({'comment': parent.name})")
        self.loop.loop_action_id = self._action("Both", "multi", child_ids=[(6, 0, steps.ids)])
        self._run()
        self.assertEqual(self.children.mapped("ref"), ["P", "P", "Q"])
        self.assertEqual(
            [str(comment) for comment in self.children.mapped("comment")],
            ["<p>P</p>", "<p>P</p>", "<p>Q</p>"],
        )

    def _nest(self, depth):
        action = self._action(
            "Core", "code", code="record.write({'ref': (record.ref or '') + 'x'})"
        )
        for level in range(depth):
            action = self._action(
                f"Loop {level + 1}",
                "loop",
                loop_expression="[record]",
                loop_action_id=action.id,
            )
        return action

    def test_five_loops_may_be_nested(self):
        """Five loops inside each other run the innermost body."""
        self._run(self.parents[0], self._nest(5))
        self.assertEqual(self.parents[0].ref, "x")

    def test_sixth_nested_loop_is_an_error(self):
        """The sixth loop inside each other is refused with its name."""
        with self.assertRaisesRegex(UserError, "Loop 1"):
            self._run(self.parents[0], self._nest(6))

    def test_parent_is_the_record_of_the_innermost_loop_around(self):
        """In nested loops, parent is the record of the loop directly around."""
        self.body.code = "record.write({'ref': parent.name})"
        outer = self._action(
            "Outer", "loop", loop_expression="record.parent_id", loop_action_id=self.loop.id
        )
        self._run(self.children[2], outer)
        self.assertEqual(self.children.mapped("ref"), [False, False, "Q"])

    def test_client_action_of_the_body_reaches_the_user(self):
        """The result of the body is returned, which OpenERP lost; the last one wins."""
        self.body.code = "action = {'type': 'ir.actions.act_window_close', 'infos': parent.name}"
        self.assertEqual(self._run()["infos"], "Q")

    def test_condition_of_the_body_selects_among_the_records(self):
        """The body's own condition is applied to what the loop yields."""
        self.body.condition = "record.name != 'P1'"
        self._run()
        self.assertEqual(self.children.mapped("ref"), [False, "1 of P", "1 of Q"])

    def test_without_records_the_expression_runs_once(self):
        """A scheduled loop can start from a search."""
        self.body.code = "records.write({'ref': 'cron'})"
        self.loop.loop_expression = f"model.search([('id', 'in', {self.children.ids})])"
        self.loop.run()
        self.assertEqual(self.children.mapped("ref"), ["cron"] * 3)

    def test_loop_cannot_run_itself(self):
        """A cycle through the body, a branch or a multi action is refused with its way."""
        branch = self._action(
            "Branch", "branch", branch_condition="True", branch_then_id=self.loop.id
        )
        with self.assertRaisesRegex(ValidationError, "Loop → Branch → Loop"):
            self.loop.loop_action_id = branch
        multi = self._action("Multi", "multi")
        self.loop.loop_action_id = multi
        with self.assertRaisesRegex(ValidationError, "itself"):
            multi.child_ids = [(6, 0, self.loop.ids)]
        with self.assertRaisesRegex(ValidationError, "Loop → Loop"):
            self.loop.loop_action_id = self.loop

    def test_cycle_chosen_in_the_form_is_refused_when_saved(self):
        """The form survives a cycle until it is saved."""
        branch = self._action(
            "Branch", "branch", branch_condition="True", branch_then_id=self.loop.id
        )
        form = Form(self.loop)
        form.loop_action_id = branch
        with self.assertRaisesRegex(ValidationError, "itself"):
            form.save()

    def test_wrong_configuration_is_a_warning(self):
        """A missing body and a missing or wrong expression are reported."""
        self.loop.loop_expression = "record."
        self.assertIn("For each of", self.loop.warning)
        self.loop.loop_expression = " "
        self.assertIn("expression", self.loop.warning)
        self.loop.write({"loop_expression": "record", "loop_action_id": False})
        self.assertIn("Choose the action", self.loop.warning)

    def test_body_in_use_cannot_be_deleted(self):
        """Deleting the body would leave the loop incomplete."""
        with self.assertRaisesRegex(UserError, "Loop"):
            self.body.unlink()

    def test_form_names_the_loop_after_its_body(self):
        """The automatic name says what is done."""
        with Form(self.env["ir.actions.server"]) as form:
            form.model_id = self.loop.model_id
            form.state = "loop"
            form.loop_expression = "record.child_ids"
            form.loop_action_id = self.body
            self.assertEqual(form.name, "For each: Body")
