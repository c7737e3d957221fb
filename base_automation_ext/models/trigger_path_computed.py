"""Trigger: a computed value changes."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.triggers.computed_change import ComputedChange, as_json
from ..core.triggers.path_resolver import PathError
from .computed_values import computed_values
from .old_values import OldValues
from .rule_trigger import pause_rules


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[("on_computed_change", "A computed value changes")],
        ondelete={"on_computed_change": pause_rules},
    )
    computed_field_id = fields.Many2one(
        "ir.model.fields",
        string="Computed Field",
        ondelete="set null",
        domain="[('model_id', '=', model_id), ('store', '=', False), ('ttype', '!=', 'binary')]",
        help="A field that is computed whenever it is read. The rule watches everything the field "
        "says it depends on, and compares its value with the last known one, as superuser in the "
        "company of the record. What a computation uses without saying so, such as the date of "
        "today, cannot be noticed: nothing is written when a day passes.",
    )

    @api.onchange("model_id")
    def _onchange_model_of_computed_field(self):
        if self.computed_field_id.model_id != self.model_id:
            self.computed_field_id = False

    @api.constrains("trigger", "model_id", "computed_field_id", "active")
    def _check_computed_change(self):
        for rule in self.filtered(
            lambda rule: rule.active and rule.trigger == "on_computed_change"
        ):
            if not rule.computed_field_id or rule.computed_field_id.model_id != rule.model_id:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” waits for a change of a computed value: choose a "
                        "computed field of %(model)s.",
                        rule=rule.name,
                        model=rule.model_id.name,
                    )
                )
            try:
                rule._paths_of_on_computed_change()
            except PathError as exc:
                rule._raise_path_problem(exc)

    def _fields_of_trigger(self):
        found = super()._fields_of_trigger()
        return found | self.computed_field_id if self.trigger == "on_computed_change" else found

    def _paths_of_on_computed_change(self):
        if not self.computed_field_id:
            return ()
        return self._path_resolver().computed(self.model_id.model, self.computed_field_id.name)

    def _make_trigger_on_computed_change(self):
        return ComputedChange(
            paths=self._paths_of_on_computed_change(),
            name=self.computed_field_id.name,
            on_create=self.change_on_create,
        )

    def _subscriptions_of_on_computed_change(self, entry):
        return self._path_subscriptions(entry)

    def _select_on_computed_change(self, watch, records, seen, created):
        trigger = watch.entry.trigger
        new = records.filtered(lambda record: record.id in created)
        rule = self.browse(watch.entry.id)
        # The values first: computing them may recompute stored fields, and so bring us here again.
        values = rule._computed_values(records)
        old = self.env["base.automation.snapshot"]._exchange(rule.id, values)
        found = OldValues(
            (record.id, {trigger.name: _as_value(record, trigger.name, old[record.id])})
            for record in records - new
            if record.id in old
        )
        if trigger.on_create:
            found.update((record.id, {}) for record in new if values[record.id])
        return found

    def _computed_values(self, records):
        """Return ``{id: value as JSON}``."""
        return computed_values(records, self.computed_field_id.name, _as_json)


def _as_json(record, name):
    value = record[name]
    if value and record._fields[name].type == "reference":
        return f"{value._name},{value.id}"
    return as_json(value)


def _as_value(record, name, value):
    """Return a value of a snapshot as the field shows it."""
    field = record._fields[name]
    if field.relational:
        return record.env[field.comodel_name].browse(value or ())
    return field.convert_to_record(field.convert_to_cache(value, record, validate=False), record)
