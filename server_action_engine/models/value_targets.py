"""Which records ``object_write`` updates: the record itself, or others found from it."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.models import BaseModel

from ..core.errors import ConfigurationError
from ..core.expression import names_in
from ..core.value_groups import frozen
from ..core.value_records import parse_token
from ..core.values import LiteralError
from . import value_paths
from .value_messages import sentence_of

RECORD, PATH, EXPRESSION, DOMAIN = "record", "path", "expression", "domain"
#: Names in an expression that make its result depend on the record at hand.
_RECORD_NAMES = frozenset(
    {"record", "records", "object", "obj", "ids", "active_id", "active_ids", "context", "env"}
)


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    write_target = fields.Selection(
        [
            (RECORD, "The record itself"),
            (PATH, "Records it leads to"),
            (EXPRESSION, "Records from an expression"),
            (DOMAIN, "Records found by a filter"),
        ],
        string="Update",
        compute="_compute_write_target",
        store=True,
        readonly=False,
        help="Which records get the values.",
    )
    write_path = fields.Char(
        string="Path to the Records",
        help="Fields that lead from the record to those to update, such as partner_id.child_ids.",
    )
    write_expression = fields.Char(
        string="Records to Update",
        help="A Python expression that yields records or their ids, such as record.partner_id "
        "or record.partner_id.id.",
    )
    write_domain = fields.Char(
        string="Filter",
        help="The records to update are those found by this filter. It may use the record at "
        "hand: [('parent_id', '=', record.id)].",
    )

    @api.depends("write_expression", "write_path", "write_domain")
    def _compute_write_target(self):
        for action in self:
            if action.write_target and action.write_target != RECORD:
                continue
            if action.write_expression:
                action.write_target = EXPRESSION
            elif action.write_path:
                action.write_target = PATH
            elif action.write_domain:
                action.write_target = DOMAIN
            else:
                action.write_target = RECORD

    # -- configuration ----------------------------------------------------------------------------

    def _write_model_name(self):
        if self.write_target == PATH and self.write_path and self.model_id:
            try:
                return value_paths.chain_of(self.env[self.model_id.model], self.write_path)[
                    -1
                ].comodel_name
            except LiteralError:
                return False
        if self.write_target in (EXPRESSION, DOMAIN):
            return (self.crud_model_id or self.model_id).model
        return self.model_id.model

    @api.constrains(
        "state", "model_id", "write_target", "write_path", "write_expression", "write_domain"
    )
    def _check_write_target(self):
        for action in self.filtered(lambda action: action.state == "object_write"):
            if problem := action._write_target_problem():
                raise ValidationError(problem)

    def _write_target_problem(self):
        """Return what is wrong with the choice of the records to update, or an empty string."""
        check = getattr(self, f"_problem_of_target_{self.write_target}", None)
        problem = check() if check else ""
        return problem and self.env._(
            "The records to update in the action “%(action)s” are not clear: %(problem)s",
            action=self.name or self.env._("new action"),
            problem=problem,
        )

    def _problem_of_target_path(self):
        try:
            chain = value_paths.chain_of(self.env[self.model_id.model], self.write_path)
        except LiteralError as error:
            return sentence_of(self.env, error)
        if not chain[-1].relational:
            return self.env._("the path %(path)s does not lead to records.", path=self.write_path)
        return ""

    def _problem_of_target_expression(self):
        if not (self.write_expression or "").strip():
            return self.env._("write an expression, such as record.partner_id.")
        return self._check_source(self.write_expression)

    def _problem_of_target_domain(self):
        if not (self.write_domain or "").strip():
            return self.env._("write a filter; [] stands for all records.")
        model = self._mapping_model()
        return self._check_domain(self.write_domain, model) if model is not None else ""

    @api.model
    def _warning_depends(self):
        return [
            *super()._warning_depends(),
            "write_target",
            "write_path",
            "write_expression",
            "write_domain",
        ]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "object_write" and (problem := self._write_target_problem()):
            warnings.append(problem)
        return warnings

    # -- running ----------------------------------------------------------------------------------

    def _target_finder(self, eval_context, target_model):
        """Return a function ``record → records to update``."""
        if self.write_target == PATH:
            chain = value_paths.chain_of(self.env[self.model_id.model], self.write_path)
            return value_paths.reader_of(chain, target_model.env[self.model_id.model])
        if self.write_target == EXPRESSION:
            scope_of = self._scope_maker(eval_context, self.write_expression)
            return lambda record: self._targets_from_expression(scope_of(record), target_model)
        if self.write_target == DOMAIN:
            return self._domain_finder(eval_context, target_model)
        return lambda record: record

    def _targets_from_expression(self, names, target_model):
        result = self._evaluate(
            self.write_expression,
            names,
            what=self.env._("expression for the records to update"),
        )
        if not result:
            return target_model
        if isinstance(result, BaseModel):
            if result._name != target_model._name:
                raise self._not_targets(result._description, target_model)
            return result.with_env(target_model.env)
        items = result if isinstance(result, list | tuple | set) else [result]
        try:
            # Ids of records that are gone are left to the write, whose message names them.
            return target_model.browse([_to_id(item) for item in items])
        except (TypeError, ValueError) as exc:
            raise self._not_targets(str(result), target_model) from exc

    def _not_targets(self, found, target_model):
        return ConfigurationError(
            self.env._(
                "The expression for the records to update in the action “%(action)s” "
                "(%(expression)s) must yield records of %(model)s or their ids, not %(found)s.",
                action=self.name,
                expression=self.write_expression,
                model=target_model._description,
                found=found[:200],
            )
        )

    def _domain_finder(self, eval_context, target_model):
        found = {}
        varies = bool(names_in(self.write_domain) & _RECORD_NAMES)
        scope_of = self._scope_maker(eval_context, self.write_domain)

        def find(record):
            if not varies and found:
                return next(iter(found.values()))
            domain = self._evaluate(
                self.write_domain,
                scope_of(record),
                what=self.env._("filter for the records to update"),
            )
            key = frozen(list(domain))
            if key not in found:
                found[key] = target_model.search(domain)
            return found[key]

        return find


def _to_id(item):
    if isinstance(item, bool):
        raise TypeError(item)
    if isinstance(item, BaseModel):
        return item.ensure_one().id
    if isinstance(item, str):
        token = parse_token(item)
        return token.res_id if token and token.res_id else int(item)
    return int(item)
