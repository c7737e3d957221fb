"""How the triggers that look beyond the record open their sentence."""

from odoo import models

from ..core.sentence import Speaker
from ..core.triggers.line_change import ADDED, CHANGED, REMOVED
from .sentence_words import RuleWords


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _sentence_trigger_on_related_change(self):
        return self._sentence_of_path(self.related_path)

    def _sentence_trigger_on_computed_change(self):
        return self._sentence_of_path(self.computed_field_id.name)

    def _sentence_of_path(self, path):
        if not path:
            return ""
        field, record = self._speaker().field(path), self._spoken_record()
        return self.env._("When %(field)s of %(record)s changes", field=field, record=record)

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
                return self.env._(
                    "When %(fields)s of one of %(lines)s of %(record)s changes", **values
                )
            return self.env._("When one of %(lines)s of %(record)s changes", **values)
        if values["fields"]:
            return self.env._(
                "When something is added to or removed from %(lines)s of %(record)s, or "
                "%(fields)s of one of them changes",
                **values,
            )
        return self.env._(
            "When something is added to, changed in or removed from %(lines)s of %(record)s",
            **values,
        )

    def _spoken_line_fields(self):
        """Return *the quantity or the price*; empty for any field of a line."""
        words = self._speaker().words
        speaker = Speaker(RuleWords(self.env, self.line_field_id.relation, words.names))
        return words.join([speaker.field(field.name) for field in self.line_field_ids], "or")
