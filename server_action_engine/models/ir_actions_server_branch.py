"""Type ``branch``: one action for the records that meet a condition, another for the rest."""

from odoo import fields, models


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("branch", "If … Else"), ("multi",)],
        ondelete={"branch": lambda actions: actions._on_type_removed("branch")},
    )
    branch_condition = fields.Text(
        string="If",
        help="A Python expression, evaluated for each record, for example: "
        "record.amount_total > 10000",
    )
    # The two sides are ordinary actions. 'restrict' would block the removal of a model together
    # with its actions; see _unlink_except_used in action_graph.py.
    branch_then_id = fields.Many2one(
        "ir.actions.server",
        string="Then",
        ondelete="set null",
        index="btree_not_null",
        domain="[('model_id', '=', model_id), ('id', '!=', id)]",
        help="Runs once on all records that meet the condition.",
    )
    branch_else_id = fields.Many2one(
        "ir.actions.server",
        string="Else",
        ondelete="set null",
        index="btree_not_null",
        domain="[('model_id', '=', model_id), ('id', '!=', id)]",
        help="Runs once on all other records. Empty: nothing happens to them.",
    )

    def _name_depends(self):
        return [*super()._name_depends(), "branch_then_id", "branch_else_id"]

    def _generate_action_name(self):
        self.ensure_one()
        if self.state != "branch" or not (self.branch_then_id or self.branch_else_id):
            return super()._generate_action_name()
        if not self.branch_else_id:
            return self.env._("If … then %(then)s", then=self.branch_then_id.name)
        if not self.branch_then_id:
            return self.env._("If not … then %(otherwise)s", otherwise=self.branch_else_id.name)
        return self.env._(
            "If … then %(then)s, else %(otherwise)s",
            then=self.branch_then_id.name,
            otherwise=self.branch_else_id.name,
        )

    def _warning_depends(self):
        return [
            *super()._warning_depends(),
            "branch_condition",
            "branch_then_id.warning",
            "branch_then_id.model_id",
            "branch_else_id.warning",
            "branch_else_id.model_id",
        ]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "branch":
            warnings += self._branch_warnings()
        return warnings

    def _branch_warnings(self):
        warnings = []
        if not (self.branch_condition or "").strip():
            warnings.append(self.env._("Write the condition that decides between the actions."))
        elif problem := self._check_source(self.branch_condition.strip()):
            warnings.append(
                self.env._("The condition after “If” is wrong: %(problem)s", problem=problem)
            )
        sides = self.branch_then_id | self.branch_else_id
        if not sides:
            warnings.append(
                self.env._("Choose an action to run if the condition is met, or if it is not.")
            )
        for side in sides:
            if self.model_id and side.model_id != self.model_id:
                warnings.append(
                    self.env._(
                        "“%(action)s” runs on %(other_model)s, but this action on %(model)s.",
                        action=side.name,
                        other_model=side.model_id.name,
                        model=self.model_id.name,
                    )
                )
            if side.warning:
                warnings.append(
                    self.env._(
                        "“%(action)s” is not ready to run: %(warning)s",
                        action=side.name,
                        warning=side.warning,
                    )
                )
        return warnings

    def _run_action_branch_multi(self, eval_context=None):
        """Run each side once, on its records; the last result wins."""
        records = eval_context["records"]
        if not records:
            met = self._branch_holds(None, eval_context)
            return self._run_side("then" if met else "else", records, eval_context)
        met = records.filtered(lambda record: self._branch_holds(record, eval_context))
        result = False
        for side, part in (("then", met), ("else", records - met)):
            if part:
                result = self._run_side(side, part, eval_context) or result
        return result

    def _branch_holds(self, record, eval_context):
        names = dict(eval_context) if record is None else self._eval_scope(eval_context, record)
        return bool(
            self._evaluate(
                self.branch_condition.strip(), names, what=self.env._("condition after “If”")
            )
        )

    def _run_side(self, side, records, eval_context):
        action = self.branch_then_id if side == "then" else self.branch_else_id
        if not action:
            return False
        return action._run_nested(records, eval_context, f"branch/{side}")
