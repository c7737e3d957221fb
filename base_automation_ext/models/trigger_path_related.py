"""Trigger: a field of a related record changes."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.triggers.path_resolver import PathError
from ..core.triggers.paths import ONE
from ..core.triggers.related_change import RelatedChange
from .rule_trigger import pause_rules


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[("on_related_change", "A field of a related record changes")],
        ondelete={"on_related_change": pause_rules},
    )
    related_path = fields.Char(
        string="Related Field",
        help="The way from the record to the field, for example “partner_id.country_id”. The rule "
        "runs when the value seen from the record changes: because the field of the related record "
        "changes, or because the record is linked with another one that has another value.",
    )

    @api.onchange("model_id")
    def _onchange_model_of_related_path(self):
        if self.model_id != self._origin.model_id:
            self.related_path = False

    @api.constrains("trigger", "model_id", "related_path", "active")
    def _check_related_path(self):
        for rule in self.filtered(lambda rule: rule.active and rule.trigger == "on_related_change"):
            if not (rule.related_path or "").strip():
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” waits for a change of a related record: choose the "
                        "field of it, for example “partner_id.country_id”.",
                        rule=rule.name,
                    )
                )
            try:
                rule._paths_of_on_related_change()
            except PathError as exc:
                rule._raise_path_problem(exc)

    def _paths_of_on_related_change(self):
        if not self.related_path:
            return ()
        path = self._path_resolver().value(self.model_id.model, self.related_path.strip())
        return (path,)

    def _make_trigger_on_related_change(self):
        return RelatedChange(
            paths=self._paths_of_on_related_change(),
            text=(self.related_path or "").strip(),
            on_create=self.change_on_create,
        )

    def _subscriptions_of_on_related_change(self, entry):
        return self._path_subscriptions(entry)

    def _select_on_related_change(self, watch, records, seen, created):
        found = self._select_on_path(watch, records, seen, created)
        path = watch.path
        if not path.leaves or any(step.type != ONE for step in path.steps):
            # With several records at the end there is no one value from before.
            return found
        (leaf,) = path.leaves
        nothing = self.env[path.leaf_model].browse()
        for record_id, values in found.items():
            [(_path, sighting)] = seen[record_id]
            before = {
                **sighting.removed,
                **{end: old for end, (old, _) in sighting.changed.items()},
            }
            end = nothing.browse(before)
            old = before[end.id][leaf] if end else nothing[leaf]
            found.paths[record_id] = {watch.entry.trigger.text: old}
            if path.depth == 1:
                values[path.steps[0].name] = end
        return found
