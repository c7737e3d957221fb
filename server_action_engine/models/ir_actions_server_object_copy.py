"""Action type ``object_copy``: duplicates with some values changed."""

from odoo import models

from ..core.frames import state_of
from ..core.value_groups import group_equal
from ..core.values import MANY_TYPES
from .value_notes import note_created, note_values
from .value_typing import ADD, REMOVE


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "object_copy" and not self._copies_something():
            warnings.append(
                self.env._(
                    "Choose the record to duplicate. Without one, the record the action runs on "
                    "is duplicated, which needs the same model on both sides."
                )
            )
        return warnings

    def _copies_something(self):
        return bool(self.resource_ref) or self.crud_model_id == self.model_id

    def _run_action_object_copy_multi(self, eval_context=None):
        env = self._acting_env(eval_context)
        target_model = env[self.crud_model_id.model]
        records = self._mapping_records(eval_context)
        if not self.value_line_ids:
            # Stock Odoo duplicates nothing when there is no record to start from.
            records = [record for record in records if record]
        prepared = self._prepare_values(records, eval_context, target_model)
        if self.resource_ref:
            original = target_model.browse(self.resource_ref.id)
            made = {index: original for index, _pair in enumerate(prepared)}
        else:
            made = {index: record for index, (record, _vals) in enumerate(prepared) if record}
        created = self._copies(made, dict(enumerate(vals for _record, vals in prepared)))
        kept = [prepared[index][0] for index in created]
        self._keep_created(kept, created.values())
        return False

    def _copies(self, originals, vals_by_key):
        """Duplicate, in one call for all that get equal values.

        :param originals: dict key → record; a record may appear several times
        :param vals_by_key: dict key → values that differ from the original
        :returns: dict key → new record
        """
        frame = state_of(self.env.cr).current
        copies = {}
        groups = group_equal((key, vals_by_key[key]) for key in originals)
        for vals, keys in groups:
            default, later = self._split_additions(vals)
            model = originals[keys[0]].browse()
            if len({originals[key].id for key in keys}) == len(keys):
                made = model.concat(*(originals[key] for key in keys)).copy(dict(default))
            else:
                made = model.concat(*(originals[key].copy(dict(default)) for key in keys))
            if later:
                made.write(later)
            copies.update(zip(keys, made, strict=True))
            note_values(frame, [(vals, keys)], model)
            note_created(frame, made)
        return {key: copies[key] for key in originals}

    def _split_additions(self, vals):
        """Return the values for the copy itself, and those that change what was copied.

        Added and removed records come on top of those of the original; a value given to ``copy``
        would take their place.
        """
        changing = {
            line.field_name
            for line in self.value_line_ids
            if line.operation in (ADD, REMOVE)
            and self.env[self.crud_model_id.model]._fields[line.field_name].type in MANY_TYPES
        }
        return (
            {name: value for name, value in vals.items() if name not in changing},
            {name: value for name, value in vals.items() if name in changing},
        )
