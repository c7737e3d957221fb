"""How triggers that look beyond the record open the sentence of their rule."""

from odoo import models

from ..core.triggers.line_change import ADDED, CHANGED, REMOVED


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _sentence_trigger_on_related_change(self):
        path = (self.related_path or "").strip()
        return self._sentence_of_value(path) if path else ""

    def _sentence_trigger_on_computed_change(self):
        name = self.computed_field_id.name
        return self._sentence_of_value(name) if name else ""

    def _sentence_of_value(self, path):
        return self.env._(
            "When %(field)s of %(record)s changes",
            field=self._speaker().field(path),
            record=self._spoken_record(),
        )

    def _sentence_trigger_on_line_change(self):
        if not self.line_field_id:
            return ""
        values = {
            "lines": self._speaker().field(self.line_field_id.name),
            "record": self._spoken_record(),
            "fields": self._spoken_line_fields(),
        }
        if self.line_event == ADDED:
            return self.env._("When something is added to %(lines)s of %(record)s", **values)
        if self.line_event == REMOVED:
            return self.env._("When something is removed from %(lines)s of %(record)s", **values)
        if self.line_event == CHANGED:
            if values["fields"]:
                return self.env._("When %(fields)s of %(lines)s of %(record)s changes", **values)
            return self.env._("When something in %(lines)s of %(record)s is changed", **values)
        if values["fields"]:
            return self.env._(
                "When something is added to or removed from %(lines)s of %(record)s, or %(fields)s "
                "there changes",
                **values,
            )
        return self.env._(
            "When something in %(lines)s of %(record)s is added, changed or removed", **values
        )

    def _spoken_line_fields(self):
        if self.line_event in (ADDED, REMOVED) or self.line_field_relation not in self.env:
            return ""
        speaker = self._speaker_of(self.line_field_relation)
        return speaker.words.join(
            [speaker.field(field.name) for field in self.line_field_ids], "or"
        )
