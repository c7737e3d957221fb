"""Mapped values of an action: any number of fields, from literals, equations, paths …"""

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import values as core
from ..core.errors import ConfigurationError
from ..core.frames import state_of
from ..core.scope import needs_own_context
from ..core.value_groups import group_equal, merge_by_target
from ..core.values import LiteralError
from .record_environment import RecordEnvironment
from .value_messages import sentence_of
from .value_notes import note_created, note_values
from .value_properties import adapted_properties, properties_for_new

#: Types that can have mapped values.
MAPPING_TYPES = ("object_write", "object_create", "object_copy", "object_upsert")


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    value_line_ids = fields.One2many(
        "server.action.value",
        "action_id",
        string="Values",
        copy=True,
        help="The fields that are set, and where their values come from.",
    )
    mapping_model_name = fields.Char(
        string="Model of the Values",
        compute="_compute_mapping_model_name",
        help="Technical name of the model whose fields the values belong to.",
    )

    mapping_hint = fields.Char(compute="_compute_mapping_hint")

    @api.depends("state", "model_id", "crud_model_id", "write_target", "write_path")
    def _compute_mapping_model_name(self):
        for action in self:
            action.mapping_model_name = action._mapping_model_name()

    def _mapping_model_name(self):
        """Return the name of the model the values belong to, False when it is not known yet."""
        self.ensure_one()
        if self.state == "object_write":
            return self._write_model_name()
        return self.state in MAPPING_TYPES and (self.crud_model_id or self.model_id).model

    def _mapping_model(self):
        """Return the model the values belong to as an empty recordset, None when not known."""
        name = self._mapping_model_name()
        return self.env[name] if name and name in self.env else None

    @api.depends("state", "crud_model_id", "value", "value_line_ids.field_id")
    def _compute_mapping_hint(self):
        for action in self:
            names = action._unfilled_names() if action.value_line_ids else []
            action.mapping_hint = bool(names) and self.env._(
                "Required and without a value here: %(fields)s. If Odoo has no default for it, "
                "the record cannot be created.",
                fields=", ".join(names),
            )

    def _unfilled_names(self):
        """Return the labels of required fields that neither a line nor a default fills."""
        model = self._mapping_model()
        if model is None or self.state not in ("object_create", "object_upsert"):
            return []
        filled = {line.field_id.name for line in self.value_line_ids}
        filled |= self._default_values(model).keys()
        required = [
            field
            for name, field in model._fields.items()
            if field.required
            and field.store
            and name not in filled
            # A parent model's field is filled by the parent's own defaults.
            and not (field.default or field.compute or field.related)
            and name not in models.MAGIC_COLUMNS
            and name not in model._inherits.values()
        ]
        return sorted(field.get_description(self.env)["string"] for field in required)

    # -- validation -------------------------------------------------------------------------------

    @api.constrains("state", "model_id", "crud_model_id", "write_target", "write_path")
    def _check_value_lines(self):
        for action in self.filtered(lambda action: action.state in MAPPING_TYPES):
            action.value_line_ids._check_value()

    @api.constrains("value_line_ids")
    def _check_fields_mapped_once(self):
        for action in self:
            names = [line.field_name for line in action.value_line_ids if line.field_name]
            if twice := {name for name in names if names.count(name) > 1}:
                raise ValidationError(
                    self.env._(
                        "The action “%(action)s” sets “%(field)s” twice. Keep one of the lines.",
                        action=action.name,
                        field=action.value_line_ids.filtered(
                            lambda line, twice=twice: line.field_name in twice
                        )[0]._label(),
                    )
                )

    @api.model
    def _warning_depends(self):
        return [
            *super()._warning_depends(),
            "crud_model_id",
            "value_line_ids.field_id",
            "value_line_ids.value_type",
            "value_line_ids.value",
            "value_line_ids.operation",
        ]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state in MAPPING_TYPES:
            for line in self.value_line_ids:
                # A line being typed in the form is not judged before it is saved.
                if line._origin and (problem := line._problem()):
                    warnings.append(line._named(problem))
        return warnings

    # -- running ----------------------------------------------------------------------------------

    def _acting_env(self, eval_context):
        """Return the environment the business records are changed in.

        Declarative types of stock Odoo work in superuser mode with the user's id, also when a
        user without rights starts them; ``run_as`` says otherwise.
        """
        env = eval_context["env"]
        return env(su=True) if self.run_as == "stock" else env

    def _mapping_records(self, eval_context):
        """Return the records the action runs on, or one empty recordset when there are none.

        The latter only if the action was started without any record (a scheduled action).

        :returns: recordset, or list of one empty recordset
        """
        env = self._acting_env(eval_context)
        model = env[self.model_id.model]
        records = eval_context.get("records") or eval_context.get("record") or model
        context = self.env.context
        ids = context.get("active_ids") or [context.get("active_id") or 0]
        if not records and not context.get("active_model"):
            records = model.browse(filter(None, ids))
        if records or any(ids):
            return records.with_env(env)
        return [model]

    def _prepare_values(self, records, eval_context, target_model):
        """Return the values of every record.

        :param records: recordset of the action's model, or a list with one empty recordset
        :param eval_context: names of the run
        :param target_model: empty recordset whose environment says whose rights apply
        :returns: list of ``(record, vals)``; the records share one dict if all values are constant
        :raises ConfigurationError: a value cannot be used; names field, action and cause
        """
        constants, by_record, by_scope = self._value_plan(eval_context, target_model.env)
        if not by_record and not by_scope:
            return [(record, constants) for record in records]
        scope_of = self._scope_maker(eval_context, *(line.value for line, *_rest in by_scope))
        prepared = []
        for record in records:
            vals = dict(constants)
            for line, name, fill in by_record:
                vals[name] = self._filled(line, fill, record)
            if by_scope:
                names = scope_of(record)
                for line, name, fill in by_scope:
                    vals[name] = self._filled(line, fill, record, names)
            prepared.append((record, vals))
        return prepared

    def _scope_maker(self, eval_context, *sources):
        """Return a function ``record → names`` for evaluating ``sources`` record by record.

        The record has the rights of the run's own environment, as in stock Odoo, and its id is
        ``active_id`` for sources that may look at the context.
        """
        env = eval_context["env"]
        if not any(needs_own_context(source or "") for source in sources):
            return lambda record: self._eval_scope(eval_context, record.with_env(env))
        scoped = RecordEnvironment(env, self.model_id.model)
        eval_context = self._rebind(eval_context, scoped.env)

        def scope_of(record):
            scoped.switch(record._origin.id)
            return self._eval_scope(eval_context, record.with_env(scoped.env))

        return scope_of

    def _value_plan(self, eval_context, env):
        constants, by_record, by_scope = {}, [], []
        for line in self.value_line_ids:
            kind, value = self._filled(line, line._filler, eval_context, env)
            if kind == "constant":
                constants[line.field_name] = value
            else:
                plan = by_record if kind == "record" else by_scope
                plan.append((line, line.field_name, value))
        return constants, by_record, by_scope

    def _filled(self, line, fill, *args):
        try:
            return fill(*args)
        except LiteralError as error:
            raise ConfigurationError(line._named(sentence_of(self.env, error))) from error

    @contextmanager
    def _explained(self):
        """Turn what is wrong with a value into an error that names the action."""
        try:
            yield
        except LiteralError as error:
            raise ConfigurationError(
                self.env._(
                    "The values of the action “%(action)s” cannot be used: %(problem)s",
                    action=self.name,
                    problem=sentence_of(self.env, error),
                )
            ) from error

    def _write_values(self, pairs, target_model):
        """Write with one ``write`` per group of equal values.

        :param pairs: list of ``(id, vals)``; of several for one record the later ones win
        :param target_model: empty recordset in the environment to write in
        """
        with self._explained():
            pairs = adapted_properties(
                merge_by_target(pairs, cumulative_fields(pairs, target_model)), target_model
            )
        groups = group_equal(pairs)
        note_values(state_of(self.env.cr).current, groups, target_model)
        for vals, ids in groups:
            target_model.browse(ids).write(dict(vals))

    def _create_values(self, vals_list, target_model):
        """Create the records in one call and note them in the run."""
        if not vals_list:
            return target_model
        frame = state_of(self.env.cr).current
        with self._explained():
            vals_list = [properties_for_new(vals, target_model) for vals in vals_list]
        note_values(frame, group_equal(enumerate(vals_list)), target_model)
        created = target_model.create([dict(vals) for vals in vals_list])
        note_created(frame, created)
        return created


def cumulative_fields(pairs, model):
    """Return the fields whose values are commands that add up.

    :param pairs: list of ``(key, vals)``
    """
    names = {name for _key, vals in pairs for name in vals}
    return {name for name in names if model._fields[name].type in core.MANY_TYPES}
