"""``old``, ``new`` and ``changed`` for the expressions and the code of rules."""

from odoo import api, models

#: Context key: the model of the records in ``old_values``, which knows them by id only.
OLD_MODEL_KEY = "__base_automation_ext_old_model"


class OldRecord:
    """The record as it was before the change: ``old.stage_id``, ``old['stage_id']``.

    A field that was not written is as it is. Before its creation a record was empty.
    """

    __slots__ = ("_paths", "_record", "_values")

    def __init__(self, record, values, paths=None):
        self._record = record
        self._values = values
        self._paths = paths or {}

    def __getattr__(self, name):
        if name.startswith("_") or name not in self._record._fields:
            raise AttributeError(
                f"The model {self._record._name} has no field {name!r}, so there is no old value."
            )
        return self[name]

    def __getitem__(self, name):
        if name in self._paths:
            return self._paths[name]
        if self._values is None:
            return value_at(self._record.browse(), name)
        if self._values.get(name) is not None:
            return self._values[name]
        return value_at(self._record, name)

    def __bool__(self):
        return self._values is not None


class OldValues(dict):
    """``{id: {field: old value}}`` of rules that look beyond the record.

    What stock Odoo and other addons read there are fields of the record. What was seen along a
    path is kept apart: ``old['partner_id.country_id']``. Compared by identity, because contexts
    are: two rules that saw the same fields did not see the same paths.
    """

    __slots__ = ("paths",)
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__

    def __init__(self, values=(), paths=None):
        super().__init__(values)
        self.paths = paths or {}


def all_old_of(old_values, record_id):
    """Return what is known of a record from before the change, by field and by path.

    :param old_values: ``{id: {field: old value}}``, which may be ``OldValues``
    """
    paths = getattr(old_values, "paths", {})
    return {**old_values.get(record_id, {}), **paths.get(record_id, {})}


def value_at(record, name):
    """Return the value of a field, or of a field at the end of a path."""
    if "." not in name:
        return record[name]
    path, _, last = name.rpartition(".")
    reached = record.mapped(path)
    return reached[last] if len(reached) < 2 else reached.mapped(last)


def changed_function(record, old):
    """Return ``changed(…)`` for one record and its old self."""

    def changed(*names):
        """Tell whether one of the fields has another value than before; any if none is named."""
        if not old:
            return True
        if not names and old._paths:
            return True
        written = old._values
        return any(
            # Of files only the fact that they were written is kept.
            (name in written and written[name] is None) or old[name] != value_at(record, name)
            for name in names or written
        )

    return changed


def change_names(record):
    """Return the names for one record: its old values, itself, and what tells them apart.

    :returns: empty outside a rule on a change
    """
    context = record.env.context
    if "__action_done" not in context or "old_values" not in context:
        return {}
    all_old = context["old_values"]
    if all_old is not None and context.get(OLD_MODEL_KEY, record._name) != record._name:
        # An action that goes on to other records: of these nothing has been written.
        all_old = {}
    paths = getattr(all_old, "paths", {}).get(record.id)
    old = OldRecord(record, None if all_old is None else all_old.get(record.id, {}), paths)
    return {"old": old, "new": record, "changed": changed_function(record, old)}


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model
    def _get_eval_context(self, action=None):
        names = super()._get_eval_context(action)
        if action and names.get("record"):
            names.update(change_names(names["record"]))
        return names

    @api.model
    def _eval_scope(self, eval_context, record, **names):
        scope = super()._eval_scope(eval_context, record, **names)
        if "changed" in scope and "changed" not in names:
            scope.update(change_names(record))
        return scope
