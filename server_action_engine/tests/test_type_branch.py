"""Type ``branch``: records are parted by a condition, each side runs once."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestTypeBranch(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": "Ada", "color": 1}, {"name": "Bea", "color": 5}, {"name": "Cy", "color": 9}]
        )
        cls.model_id = cls.env["ir.model"]._get_id("res.partner")
        cls.then = cls._code("Then", "records.write({'comment': 'then %s' % len(records)})")
        cls.otherwise = cls._code("Else", "records.write({'comment': 'else %s' % len(records)})")
        cls.branch = cls.env["ir.actions.server"].create(
            {
                "name": "Branch",
                "model_id": cls.model_id,
                "state": "branch",
                "branch_condition": "record.color > 3",
                "branch_then_id": cls.then.id,
                "branch_else_id": cls.otherwise.id,
            }
        )

    @classmethod
    def _code(cls, name, code, model="res.partner"):
        return cls.env["ir.actions.server"].create(
            {
                "name": name,
                "model_id": cls.env["ir.model"]._get_id(model),
                "state": "code",
                "code": code,
                "code_scope": "batch",
            }
        )

    def _run(self, records=None):
        records = self.partners if records is None else records
        return self.branch.with_context(active_model="res.partner", active_ids=records.ids).run()

    def _comments(self):
        return [str(partner.comment) for partner in self.partners]

    def test_each_side_runs_once_on_its_records(self):
        """Two of three records meet the condition: one call with two, one call with one."""
        self._run()
        self.assertEqual(self._comments(), ["<p>else 1</p>", "<p>then 2</p>", "<p>then 2</p>"])

    def test_missing_else_leaves_the_rest_alone(self):
        """Without an else side, records that do not meet the condition stay untouched."""
        self.branch.branch_else_id = False
        self._run()
        self.assertEqual(self._comments(), ["False", "<p>then 2</p>", "<p>then 2</p>"])

    def test_missing_then_runs_only_the_else_side(self):
        """Only the else side may be given."""
        self.branch.branch_then_id = False
        self._run()
        self.assertEqual(self._comments(), ["<p>else 1</p>", "False", "False"])

    def test_result_of_the_side_is_returned(self):
        """A client action of a side reaches the user; the last one wins."""
        self.then.code = "action = {'type': 'ir.actions.act_window_close', 'infos': 'then'}"
        self.otherwise.code = "action = {'type': 'ir.actions.act_window_close', 'infos': 'else'}"
        self.assertEqual(self._run(self.partners[1:])["infos"], "then")
        self.assertEqual(self._run()["infos"], "else")

    def test_condition_sees_each_record_on_its_own(self):
        """Names of the batch are bound to the single record while the condition is evaluated."""
        self.branch.branch_condition = "len(records) == 1 and object == record and obj.color == 9"
        self._run()
        self.assertEqual(self._comments()[2], "<p>then 1</p>")

    def test_without_records_one_side_runs(self):
        """A scheduled branch decides once, on names that need no record."""
        self.then.code = f"env['res.partner'].browse({self.partners[0].id}).write({{'name': 'T'}})"
        self.branch.branch_condition = "not records"
        self.branch.run()
        self.assertEqual(self.partners[0].name, "T")

    def test_condition_that_fails_is_named(self):
        """An error names the action, the expression and the cause."""
        self.branch.branch_condition = "record.colour > 3"
        with self.assertRaises(ValueError) as caught:
            self._run()
        for part in ("Branch", "record.colour", "colour"):
            self.assertIn(part, str(caught.exception))

    def test_wrong_configuration_is_a_warning(self):
        """A missing or wrong condition, missing sides and another model are reported."""
        self.branch.branch_condition = "record.color >"
        self.assertIn("If", self.branch.warning)
        self.branch.branch_condition = False
        self.assertIn("condition", self.branch.warning)
        self.branch.branch_condition = "True"
        self.branch.branch_then_id = self._code("Users", "x = 1", "res.users")
        self.assertIn("Users", self.branch.warning)
        self.branch.branch_then_id = self.branch.branch_else_id = False
        self.assertIn("Choose an action", self.branch.warning)

    def test_error_on_one_side_undoes_nothing_by_itself(self):
        """An error passes through, so that the caller's policy decides."""
        self.otherwise.code = "raise UserError('stop')"
        with self.assertRaisesRegex(UserError, "stop"):
            self._run()

    def test_branch_cannot_run_itself(self):
        """A side that leads back to the branch is refused and the way is shown."""
        inner = self.branch.copy({"name": "Inner", "branch_then_id": self.branch.id})
        with self.assertRaisesRegex(ValidationError, "Branch → Inner → Branch"):
            self.branch.branch_then_id = inner

    def test_used_action_cannot_be_deleted(self):
        """Deleting a side would leave the branch incomplete."""
        with self.assertRaisesRegex(UserError, "Branch"):
            self.then.unlink()
        (self.branch | self.then).unlink()

    def test_form_names_the_branch_after_its_sides(self):
        """The automatic name says what happens."""
        with Form(self.env["ir.actions.server"]) as form:
            form.model_id = self.env["ir.model"].browse(self.model_id)
            form.state = "branch"
            form.branch_condition = "True"
            form.branch_then_id = self.then
            form.branch_else_id = self.otherwise
            self.assertEqual(form.name, "If … then Then, else Else")
