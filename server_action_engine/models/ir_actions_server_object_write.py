"""Action type ``object_write``: many fields in one write, on the record or on others."""

from odoo import api, models

from ..core.errors import ConfigurationError
from .value_targets import DOMAIN, EXPRESSION, RECORD

_STOCK_MODULE = "odoo.addons.base.models.ir_actions"


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.depends("model_id", "update_path", "state", "write_target")
    def _compute_crud_relations(self):
        # The model of records named by an expression or a filter is the author's choice, which
        # stock Odoo would replace by the action's own model.
        chosen = {
            action: action.crud_model_id
            for action in self
            if action.state == "object_write" and action.write_target in (EXPRESSION, DOMAIN)
        }
        super()._compute_crud_relations()
        for action, model in chosen.items():
            action.crud_model_id = model or action.model_id

    # -- running ----------------------------------------------------------------------------------

    def _run_action_object_write_multi(self, eval_context=None):
        if self.env.context.get("onchange_self") is not None:
            self._write_on_form(eval_context)
        elif self.value_line_ids:
            self._write_mapped_values(eval_context)
        elif self.update_path:
            self._write_single_value(eval_context)
        return False

    def _write_on_form(self, eval_context):
        """Set the values on the record a user is editing; nothing is saved."""
        record = self.env.context["onchange_self"]
        if not self.value_line_ids:
            vals = {self.update_field_id.name: self._eval_value(eval_context)[self.id]}
        elif self.write_target == RECORD:
            [(_record, vals)] = self._prepare_values([record], eval_context, record.browse())
        else:
            raise ConfigurationError(
                self.env._(
                    "The action “%(action)s” updates other records, which is not possible while "
                    "a form is being edited.",
                    action=self.name,
                )
            )
        for name, value in vals.items():
            record[name] = value

    def _write_mapped_values(self, eval_context):
        env = self._acting_env(eval_context)
        target_model = env[self._mapping_model_name()]
        records = self._mapping_records(eval_context)
        targets_of = self._target_finder(eval_context, target_model)
        pairs = []
        for record, vals in self._prepare_values(records, eval_context, target_model):
            pairs.extend((res_id, vals) for res_id in targets_of(record).ids)
        self._write_values(pairs, target_model)

    # -- the single value of stock Odoo -----------------------------------------------------------

    def _write_single_value(self, eval_context):
        """Write the one value stock Odoo knows, for all records at once."""
        *steps, _field = self.update_path.split(".")
        name = self.update_field_id.name
        records = self._mapping_records(eval_context)
        value_of = self._single_value(eval_context)
        pairs, target_model = [], None
        for record in records:
            targets = record.mapped(".".join(steps)) if steps else record
            if not targets:
                continue
            target_model = targets.browse()
            vals = value_of(record)
            pairs.extend((res_id, vals) for res_id in targets.ids)
        if pairs and name:
            self._write_values(pairs, target_model)

    def _single_value(self, eval_context):
        """Return a function ``record → vals``."""
        name = self.update_field_id.name
        if self.evaluation_type == "value":
            vals = {name: self._eval_value(eval_context)[self.id]}
            return lambda record: vals
        equation = self.value if self.evaluation_type == "equation" else None
        scope_of = self._scope_maker(eval_context, equation)
        if equation and self._has_stock_values():
            what = self.env._("value")
            return lambda record: {name: self._evaluate(equation, scope_of(record), what=what)}
        return lambda record: {name: self._eval_value(scope_of(record))[self.id]}

    def _has_stock_values(self):
        """Tell whether nobody changed how stock Odoo computes the single value."""
        return type(self)._eval_value.__module__ == _STOCK_MODULE
