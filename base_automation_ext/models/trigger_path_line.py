"""Trigger: lines of a record change."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.triggers.line_change import ADDED, ANY, CHANGED, REMOVED, LineChange
from ..core.triggers.path_resolver import PathError
from .rule_trigger import pause_rules


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[("on_line_change", "Lines change")],
        ondelete={"on_line_change": pause_rules},
    )
    line_field_id = fields.Many2one(
        "ir.model.fields",
        string="Lines",
        ondelete="set null",
        domain="[('model_id', '=', model_id), ('ttype', 'in', ['one2many', 'many2many'])]",
        help="The field that holds the lines.",
    )
    line_field_relation = fields.Char(string="Model of the Lines", related="line_field_id.relation")
    line_event = fields.Selection(
        [
            (ANY, "Added, changed or removed"),
            (ADDED, "Added"),
            (CHANGED, "Changed"),
            (REMOVED, "Removed"),
        ],
        string="What Happens",
        default=ANY,
        required=True,
        help="An archived line counts as removed, and one that gets another record as removed here "
        "and added there.",
    )
    line_field_ids = fields.Many2many(
        "ir.model.fields",
        relation="base_automation_line_fields_rel",
        string="Fields of the Line",
        domain="[('model', '=', line_field_relation), ('store', '=', True), "
        "('ttype', 'not in', ['binary', 'one2many', 'properties'])]",
        help="A line counts as changed when one of these fields has another value. Empty: any "
        "field people fill in; fields that are computed have to be named.",
    )

    @api.onchange("model_id", "line_field_id")
    def _onchange_line_field_id(self):
        if self.line_field_id.model_id != self.model_id:
            self.line_field_id = False
        self.line_field_ids = self.line_field_ids.filtered(
            lambda field: field.model == self.line_field_id.relation
        )

    @api.constrains("trigger", "model_id", "line_field_id", "line_field_ids", "active")
    def _check_line_change(self):
        for rule in self.filtered(lambda rule: rule.active and rule.trigger == "on_line_change"):
            if not rule.line_field_id or rule.line_field_id.model_id != rule.model_id:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” waits for a change of lines: choose the field of "
                        "%(model)s that holds them.",
                        rule=rule.name,
                        model=rule.model_id.name,
                    )
                )
            try:
                rule._paths_of_on_line_change()
            except PathError as exc:
                rule._raise_path_problem(exc)

    def _paths_of_on_line_change(self):
        if not self.line_field_id:
            return ()
        named = self.line_field_ids.mapped("name")
        names = named
        if not named and self.line_event in (ANY, CHANGED):
            names = _fields_for_people(self.env[self.line_field_id.relation])
        elif self.line_event not in (ANY, CHANGED):
            names = ()
        path = self._path_resolver().lines(
            self.model_id.model, self.line_field_id.name, names, by_people=not named
        )
        return (path,)

    def _make_trigger_on_line_change(self):
        return LineChange(
            paths=self._paths_of_on_line_change(),
            movement=self.line_event,
            on_create=self.change_on_create,
        )

    def _subscriptions_of_on_line_change(self, entry):
        return self._path_subscriptions(entry)

    def _select_on_line_change(self, watch, records, seen, created):
        found = self._select_on_path(watch, records, seen, created)
        if not watch.entry.wants_old or watch.path.depth != 1:
            return found
        name = watch.path.steps[0].name
        for record in records.browse(found):
            [(_path, sighting)] = seen[record.id]
            now = record[name]
            found[record.id][name] = now.browse(
                [id_ for id_ in now._ids if id_ not in sighting.added] + list(sighting.removed)
            )
        return found


def _fields_for_people(model):
    """Return the names of the stored fields a person can fill in."""
    return [
        name
        for name, field in model._fields.items()
        if field.store
        and field.column_type
        and field.type not in ("binary", "properties", "properties_definition")
        and not (field.compute and field.readonly)
        and name not in models.MAGIC_COLUMNS
    ]
