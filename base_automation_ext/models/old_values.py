"""``old``, ``new`` and ``changed`` for the expressions and the code of rules."""

from odoo import api, models

from .old_values_of_tasks import old_values_of_task

#: Context key beside stock's ``old_values``: name of the model they belong to.
MODEL_KEY = "old_values_model"


class OldRecord:
    """The record as it was before the change: ``old.stage_id``, ``old['stage_id']``.

    A field that was not written is as it is. Before its creation a record was empty.
    """

    __slots__ = ("_record", "_values")

    def __init__(self, record, values):
        self._record = record
        self._values = values

    def __getattr__(self, name):
        if name.startswith("_") or name not in self._record._fields:
            raise AttributeError(
                f"The model {self._record._name} has no field {name!r}, so there is no old value."
            )
        return self[name]

    def __getitem__(self, name):
        if self._values is None:
            return self._record.browse()[name]
        if self._values.get(name) is not None:
            return self._values[name]
        return self._record[name]

    def __bool__(self):
        return self._values is not None


def changed_function(record, old):
    """Return ``changed(…)`` for one record and its old self."""

    def changed(*names):
        """Tell whether one of the fields has another value than before; any if none is named."""
        if not old:
            return True
        written = old._values
        return any(
            # Of files only the fact that they were written is kept.
            (name in written and written[name] is None) or old[name] != record[name]
            for name in names or written
        )

    return changed


def change_names(record):
    """Return the names for one record: its old values, itself, and what tells them apart.

    :returns: empty outside a rule on a change
    """
    found = old_values_in(record.env)
    if found is None:
        return {}
    model_name, all_old = found
    if model_name not in (None, record._name):
        # A record the action has come to from the one that changed.
        old = OldRecord(record, {})
    else:
        old = OldRecord(record, None if all_old is None else all_old.get(record.id, {}))
    return {"old": old, "new": record, "changed": changed_function(record, old)}


def old_values_in(env):
    """Return what the running rule, or the background task of one, knows of values before.

    :returns: ``(model name, {id: {field: value}})``, the second None for new records; None
        outside a rule on a change
    """
    context = env.context
    if "__action_done" in context and "old_values" in context:
        return context.get(MODEL_KEY), context["old_values"]
    return old_values_of_task(env)


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
