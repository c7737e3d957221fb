"""Type ``multi``: order, all or nothing, results, client actions."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestTypeMulti(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": "Ada", "ref": ""}, {"name": "Bea", "ref": ""}]
        )
        cls.model_id = cls.env["ir.model"]._get_id("res.partner")
        cls.windows = [
            cls.env["ir.actions.act_window"].create(
                {"name": name, "res_model": "res.partner", "target": "new"}
            )
            for name in ("First", "Second")
        ]

    def _action(self, name, state="code", **values):
        return self.env["ir.actions.server"].create(
            {"name": name, "model_id": self.model_id, "state": state, **values}
        )

    def _append(self, text, **values):
        code = f"records.write({{'ref': (records[0].ref or '') + '{text}' + str(len(records))}})"
        return self._action(text, code=code, code_scope="batch", **values)

    def _close(self, name, **values):
        code = f"action = {{'type': 'ir.actions.act_window_close', 'infos': '{name}'}}"
        return self._action(name, code=code, **values)

    def _opener(self, number, **values):
        return self._action(
            f"Open {number}", "client", client_action_id=self.windows[number].id, **values
        )

    def _multi(self, *children, **values):
        for position, child in enumerate(children):
            child.sequence = position
        ids = [child.id for child in children]
        return self._action("Multi", "multi", child_ids=[(6, 0, ids)], **values)

    def _run(self, action):
        return action.with_context(
            active_model="res.partner",
            active_ids=self.partners.ids,
            active_id=self.partners[0].id,
        ).run()

    def test_children_run_in_order_each_on_all_records(self):
        """Child by child over the whole batch, in the order of their sequence."""
        self._run(self._multi(self._append("a"), self._append("b")))
        self.assertEqual(self.partners.mapped("ref"), ["a2b2", "a2b2"])

    def test_children_without_batch_code_run_per_record(self):
        """A child that is written for one record still sees each record on its own."""
        child = self._action("Own", code="record.write({'ref': record.name})")
        self._run(self._multi(child))
        self.assertEqual(self.partners.mapped("ref"), ["Ada", "Bea"])

    def test_an_error_undoes_what_the_others_did(self):
        """All or nothing: the second child fails, the first one's changes are gone."""
        multi = self._multi(self._append("a"), self._action("Bad", code="raise UserError('no')"))
        with self.assertRaisesRegex(UserError, "no"), self.cr.savepoint():
            self._run(multi)
        self.assertEqual(self.partners.mapped("ref"), ["", ""])

    def test_last_truthy_result_wins_as_in_stock(self):
        """Results of code children behave as in stock Odoo."""
        multi = self._multi(self._close("one"), self._close("two"), self._append("x"))
        self.assertEqual(self._run(multi)["infos"], "two")

    def test_single_client_child_is_a_result_like_any_other(self):
        """One opening child among code children: the last truthy result wins."""
        multi = self._multi(self._opener(0), self._close("later"))
        self.assertEqual(self._run(multi)["infos"], "later")

    def test_first_of_several_client_actions_is_the_result(self):
        """OpenERP promised the first; the others still run their course."""
        multi = self._multi(self._opener(0), self._append("x"), self._opener(1))
        self.assertEqual(multi.multi_client_count, 2)
        self.assertEqual(self._run(multi)["name"], "First")
        self.assertEqual(self.partners.mapped("ref"), ["x2", "x2"])

    def test_several_client_actions_are_no_blocking_warning(self):
        """The form hints at it, the action stays runnable."""
        multi = self._multi(self._opener(0), self._opener(1))
        self.assertFalse(multi.warning)

    def test_all_client_actions_are_played_in_order(self):
        """With the option, the client gets all of them in one list."""
        multi = self._multi(
            self._opener(0), self._append("x"), self._opener(1), multi_client_actions="all"
        )
        result = self._run(multi)
        self.assertEqual(result["tag"], "server_action_engine.play_in_order")
        self.assertEqual(
            [action["name"] for action in result["params"]["actions"]], ["First", "Second"]
        )
        self.assertEqual(result["params"]["actions"][1]["context"]["active_ids"], self.partners.ids)

    def test_other_result_is_played_in_its_place(self):
        """The last truthy result of the other children keeps its place between the windows."""
        multi = self._multi(
            self._opener(0),
            self._close("one"),
            self._close("two"),
            self._opener(1),
            multi_client_actions="all",
        )
        actions = self._run(multi)["params"]["actions"]
        self.assertEqual(
            [action.get("name") or action["infos"] for action in actions],
            ["First", "two", "Second"],
        )

    def test_nested_lists_are_flattened(self):
        """Windows of an inner multi action are played among those of the outer one."""
        inner = self._multi(self._opener(0), self._opener(1), multi_client_actions="all")
        outer = self._multi(inner, self._opener(0), multi_client_actions="all")
        actions = self._run(outer)["params"]["actions"]
        self.assertEqual([action["name"] for action in actions], ["First", "Second", "First"])

    def test_page_that_leaves_the_client_is_played_last(self):
        """A page that replaces the web client would cut off what comes after it."""
        url = self.env["ir.actions.act_url"].create(
            {"name": "Away", "url": "https://example.com", "target": "self"}
        )
        leave = self._action("Leave", "client", client_action_id=url.id)
        multi = self._multi(leave, self._opener(0), multi_client_actions="all")
        actions = self._run(multi)["params"]["actions"]
        self.assertEqual([action["type"] for action in actions][-1], "ir.actions.act_url")

    def test_cycle_through_parents_is_refused(self):
        """A multi action cannot be its own grandchild."""
        inner = self._multi(self._append("a"))
        outer = self._multi(inner)
        with self.assertRaises(ValidationError):
            outer.parent_id = inner

    def test_condition_of_a_child_limits_only_that_child(self):
        """Records left out by one child take part in the next."""
        multi = self._multi(self._append("a", condition="record.name == 'Bea'"), self._append("b"))
        self._run(multi)
        self.assertEqual(self.partners.mapped("ref"), ["b2", "b2"])
