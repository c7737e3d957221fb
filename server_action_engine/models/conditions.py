"""Conditions on actions: an expression and a domain, both per record."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.errors import ConfigurationError
from ..core.expression import is_blank
from ..core.scope import names_one_record

#: What OpenERP stored for "no condition".
_ALWAYS = frozenset({"True", "1"})


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    condition = fields.Char(
        help="A Python expression. The action runs on the records for which it is true, for "
        "example: record.amount_total > 10000. Empty means always.",
    )
    condition_domain = fields.Char(
        string="Applies to",
        help="The action runs on the records that match this filter. Empty means all records.",
    )

    @api.constrains("condition", "condition_domain", "model_id")
    def _check_conditions(self):
        for action in self:
            if action.condition and (problem := action._check_source(action.condition)):
                raise ValidationError(
                    self.env._(
                        "The condition of the action “%(action)s” is not a valid expression: "
                        "%(problem)s",
                        action=action.name,
                        problem=problem,
                    )
                )
            if not action.condition_domain:
                continue
            model = self.env[action.model_id.model]
            if problem := action._check_domain(action.condition_domain, model):
                raise ValidationError(
                    self.env._(
                        "The filter “Applies to” of the action “%(action)s” does not fit the "
                        "model %(model)s: %(problem)s",
                        action=action.name,
                        model=action.model_id.name,
                        problem=problem,
                    )
                )

    def _has_condition(self):
        self.ensure_one()
        return bool(self.condition_domain) or not (
            is_blank(self.condition) or self.condition.strip() in _ALWAYS
        )

    def _filter_by_condition(self, records, eval_context):
        """Return the records the action applies to.

        :raises ConfigurationError: a condition cannot be evaluated
        """
        self.ensure_one()
        if self.condition_domain:
            records = self._filter_by_domain(records, eval_context)
        condition = self.condition
        if is_blank(condition) or condition.strip() in _ALWAYS:
            return records
        what = self.env._("condition")
        return records.filtered(
            lambda record: self._evaluate(
                condition, self._eval_scope(eval_context, record), what=what
            )
        )

    def _model_condition_holds(self, eval_context):
        """Tell whether an action that was started without records may run."""
        condition = self.condition
        if is_blank(condition) or condition.strip() in _ALWAYS:
            return True
        return bool(self._evaluate(condition, dict(eval_context), what=self.env._("condition")))

    def _filter_by_domain(self, records, eval_context):
        if names_one_record(self.condition_domain):
            return records.filtered(
                lambda record: self._matching(record, self._eval_scope(eval_context, record))
            )
        return self._matching(records, dict(eval_context))

    def _matching(self, records, names):
        """Return the records that match the filter evaluated with ``names``."""
        what = self.env._("filter “Applies to”")
        domain = self._evaluate(self.condition_domain, names, what=what)
        try:
            # The filter decides whether the action applies, not what the user may see.
            return records.sudo().filtered_domain(domain).with_env(records.env)
        except (ValueError, TypeError, KeyError) as exc:
            raise ConfigurationError(
                self.env._(
                    "The filter “Applies to” of the action “%(action)s” (%(domain)s) cannot be "
                    "used on %(model)s: %(cause)s",
                    action=self.name,
                    domain=self.condition_domain,
                    model=records._description,
                    cause=exc,
                )
            ) from exc
