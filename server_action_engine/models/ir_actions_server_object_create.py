"""Action type ``object_create``: records with any number of values, in one call."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.frames import state_of
from ..core.values import MANY_TYPES
from .value_notes import note_created

#: Types of the field that can keep the new record.
_KEEPING_TYPES = ("many2one", "integer", "many2one_reference", "reference", *MANY_TYPES)
#: Types of action that make records.
_MAKING_TYPES = ("object_create", "object_copy", "object_upsert")


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    record_field_id = fields.Many2one(
        "ir.model.fields",
        string="Keep the New Record in",
        ondelete="set null",
        help="A field of the record the action runs on that receives the new record: a link to "
        "it, a list of links, or a number field for its id.",
    )

    @api.constrains("state", "model_id", "crud_model_id", "record_field_id")
    def _check_record_field(self):
        for action in self.filtered(lambda action: action.state in _MAKING_TYPES):
            if problem := action._record_field_problem():
                raise ValidationError(problem)

    def _record_field_problem(self):
        """Return why the new record cannot be kept in the chosen field, or an empty string."""
        field = self.record_field_id
        if not field:
            return ""
        names = {
            "field": field.field_description,
            "action": self.name or self.env._("new action"),
            "model": self.model_id.name,
            "target": self.crud_model_id.name,
        }
        if field.model != self.model_id.model:
            return self.env._(
                "“%(field)s” cannot keep the new record in the action “%(action)s”: it is not a "
                "field of %(model)s.",
                **names,
            )
        if field.ttype not in _KEEPING_TYPES or (
            field.relation and field.relation != self.crud_model_id.model
        ):
            return self.env._(
                "“%(field)s” cannot keep the new record in the action “%(action)s”: choose a "
                "field that links to %(target)s, or a field for whole numbers.",
                **names,
            )
        return ""

    @api.model
    def _warning_depends(self):
        return [*super()._warning_depends(), "record_field_id"]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state in _MAKING_TYPES and (problem := self._record_field_problem()):
            warnings.append(problem)
        return warnings

    # -- running ----------------------------------------------------------------------------------

    def _run_action_object_create_multi(self, eval_context=None):
        env = self._acting_env(eval_context)
        target_model = env[self.crud_model_id.model]
        records = self._mapping_records(eval_context)
        if self.value_line_ids:
            created = self._create_mapped(records, eval_context, target_model)
        else:
            # Stock Odoo creates nothing when there is no record to start from.
            records = [record for record in records if record]
            created = self._create_by_name(records, target_model)
        self._keep_created(records, created)
        return False

    def _create_mapped(self, records, eval_context, target_model):
        prepared = self._prepare_values(records, eval_context, target_model)
        defaults = self._default_values(target_model)
        vals_list = [{**defaults, **vals} for _record, vals in prepared]
        return self._create_values(vals_list, target_model)

    def _default_values(self, target_model):
        """Return the name of the new record, if it is given by the action's own “Name”."""
        rec_name = target_model._rec_name
        if not self.value or not rec_name:
            return {}
        mapped = self.value_line_ids.mapped("field_name")
        return {} if rec_name in mapped else {rec_name: self.value}

    def _create_by_name(self, records, target_model):
        """Create the records stock Odoo's way, by their name alone."""
        made = target_model
        for _record in records:
            made += target_model.browse(target_model.name_create(self.value)[0])
        note_created(state_of(self.env.cr).current, made)
        return made

    def _keep_created(self, records, created):
        """Link each record to the record made from it, in the fields the action names.

        :param records: iterable of records, or of empty recordsets
        :param created: recordset in the same order
        """
        chosen = {field.name: field for field in self.link_field_id | self.record_field_id}
        if not chosen:
            return
        for record, made in zip(records, created, strict=True):
            if record:
                record.write({name: _kept(field, made) for name, field in chosen.items()})


def _kept(field, made):
    if field.ttype in MANY_TYPES:
        return [fields.Command.link(made.id)]
    if field.ttype == "reference":
        return f"{made._name},{made.id}"
    return made.id
