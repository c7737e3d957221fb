"""Trigger: a field changes, from some value to another."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.server_action_engine.core import value_records as named
from odoo.addons.server_action_engine.core.values import MANY_TYPES, LiteralError
from odoo.addons.server_action_engine.models.value_messages import sentence_of
from odoo.addons.server_action_engine.models.value_typing import FieldTyper

from ..core.triggers.field_change import ADDED, ANY, REMOVED, FieldChange
from .rule_trigger import pause_rules

_RELATIONAL = frozenset({"many2one", "many2many", "one2many"})


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[("on_field_change", "Field changes")],
        ondelete={"on_field_change": pause_rules},
    )
    change_field_id = fields.Many2one(
        "ir.model.fields",
        string="Field",
        ondelete="set null",
        domain="[('model_id', '=', model_id), ('store', '=', True), ('ttype', '!=', 'binary')]",
        help="The field whose value has to change.",
    )
    change_field_type = fields.Selection(related="change_field_id.ttype")
    change_field_relation = fields.Char(related="change_field_id.relation")
    change_field_selection = fields.Json(compute="_compute_change_field_selection")
    change_from = fields.Text(
        string="From",
        help="The value before the change. Several are separated by commas; empty means any.",
    )
    change_to = fields.Text(
        string="To",
        help="The value after the change. Several are separated by commas; empty means any.",
    )
    change_movement = fields.Selection(
        [(ANY, "Added or removed"), (ADDED, "Added"), (REMOVED, "Removed")],
        string="Records",
        default=ANY,
        required=True,
        help="For fields that hold several records: what has to happen with one of them.",
    )
    change_on_create = fields.Boolean(
        string="New Records Too",
        help="A new record counts as a change from empty to its first value.",
    )

    @api.depends("change_field_id")
    def _compute_change_field_selection(self):
        for rule in self:
            field = rule._changing_field()
            rule.change_field_selection = (
                field._description_selection(rule.env)
                if field is not None and field.type == "selection"
                else False
            )

    @api.onchange("change_field_id")
    def _onchange_change_field_id(self):
        if self.change_field_id != self._origin.change_field_id:
            self.change_from = self.change_to = False
            self.change_movement = ANY

    @api.onchange("model_id")
    def _onchange_model_of_change_field(self):
        if self.change_field_id.model_id != self.model_id:
            self.change_field_id = False

    @api.constrains("trigger", "model_id", "change_field_id", "change_from", "change_to", "active")
    def _check_field_change(self):
        for rule in self.filtered(lambda rule: rule.active and rule.trigger == "on_field_change"):
            field = rule._changing_field()
            if field is None:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” waits for a change of a field: choose a field of the "
                        "model %(model)s.",
                        rule=rule.name,
                        model=rule.model_id.name,
                    )
                )
            if not field.store or field.type == "binary":
                raise ValidationError(
                    self.env._(
                        "The field “%(field)s” cannot be watched for a change: it is not stored, "
                        "or holds files.",
                        field=rule.change_field_id.field_description,
                    )
                )
            rule._values_of_change("change_from")
            rule._values_of_change("change_to")

    def _changing_field(self):
        """Return the watched field of the model (``odoo.fields.Field``), or None."""
        if not self.change_field_id or not self.model_id:
            return None
        return self.env[self.model_id.model]._fields.get(self.change_field_id.name)

    def _values_of_change(self, name):
        """Return the values in ``change_from`` or ``change_to`` as a frozenset; None for any.

        :raises ValidationError: a text is no value of the field
        """
        values = self._list_of_change(name)
        return None if values is None else frozenset(values)

    def _list_of_change(self, name):
        """Return the values in ``change_from`` or ``change_to`` in order; None for any.

        :raises ValidationError: a text is no value of the field
        """
        text = (self[name] or "").strip()
        field = self._changing_field()
        if not text or field is None:
            return None
        try:
            return list(_values_in(FieldTyper(self.sudo().env, field), field, text))
        except LiteralError as exc:
            raise ValidationError(
                self.env._(
                    "The rule “%(rule)s” waits for “%(field)s” to change, but “%(value)s” is no "
                    "value of that field: %(problem)s",
                    rule=self.name,
                    field=self.change_field_id.field_description,
                    value=text,
                    problem=sentence_of(self.env, exc),
                )
            ) from exc

    # -- what the index asks ----------------------------------------------------------------------

    def _make_trigger_on_field_change(self):
        return FieldChange(
            name=self.change_field_id.name or "",
            from_values=self._values_of_change("change_from"),
            to_values=self._values_of_change("change_to"),
            is_many=self.change_field_type in MANY_TYPES,
            movement=self.change_movement,
            on_create=self.change_on_create,
        )

    def _watched_by_on_field_change(self):
        return frozenset(filter(None, [self.change_field_id.name]))


def _values_in(typer, field, text):
    """Yield the plain values a text names, as ``core.triggers.field_change.plain`` returns them.

    :raises LiteralError: something in it is no value of the field
    """
    if field.type in _RELATIONAL:
        tokens, commands = named.parse_many(text)
        if commands:
            raise LiteralError("not_external_id", value=text)
        for token in tokens:
            yield typer.find(token).id
    elif field.type in ("selection", "integer"):
        for part in text.split(","):
            yield typer.from_text(part.strip())
    else:
        yield typer.from_text(text)
