"""What an action of a rule does, as the end of the rule's sentence.

A type may say its own clause in ``_sentence_action_<state>(speaker)``; the others are known by
their name.
"""

from odoo import models

from odoo.addons.server_action_engine.core.values import LiteralError
from odoo.addons.server_action_engine.models.value_typing import CLEAR, REMOVE, SET

from ..core.condition_tree import conditions_of, parse_filter
from ..core.sentence import Speaker
from .sentence_words import RuleWords

_MANY = frozenset({"one2many", "many2many"})


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _sentence_clause(self, speaker):
        """Return *set the priority to High*, with what the action itself asks for."""
        own = getattr(self, f"_sentence_action_{self.state}", None)
        clause = (own and own(speaker)) or self._sentence_by_name()
        if not self._has_condition():
            return clause
        conditions = self._sentence_conditions(speaker)
        return self.env._(
            "%(action)s (only if %(conditions)s)", action=clause, conditions=conditions
        )

    def _sentence_by_name(self):
        return self.env._("do “%(action)s”", action=self.name or self.env._("a new action"))

    def _sentence_conditions(self, speaker):
        found = [
            speaker.conditions(conditions_of(parse_filter(self.condition_domain))),
            self.condition and self.env._("“%(expression)s” is true", expression=self.condition),
        ]
        return speaker.words.join([text for text in found if text], "and")

    # -- types ------------------------------------------------------------------------------------

    def _sentence_action_object_write(self, speaker):
        if self.value_line_ids:
            target = self._mapping_model_name() or self.model_id.model
            own = Speaker(RuleWords(self.env, target, speaker.words.names))
            clauses = [line._sentence_clause(own) for line in self.value_line_ids]
            return speaker.words.join([clause for clause in clauses if clause], "and")
        if not self.update_path:
            return ""
        value = self._sentence_stock_value(speaker)
        if not value:
            return self.env._("empty %(field)s", field=speaker.field(self.update_path))
        return self.env._(
            "set %(field)s to %(value)s", field=speaker.field(self.update_path), value=value
        )

    def _sentence_stock_value(self, speaker):
        """Return the single value stock Odoo's form sets, in words."""
        if self.evaluation_type == "equation":
            return self.env._("the formula “%(formula)s”", formula=self.value or "")
        if self.evaluation_type == "sequence":
            return self.env._("the next number of %(name)s", name=self.sequence_id.display_name)
        if self.resource_ref:
            return self.resource_ref.display_name
        if self.selection_value:
            return self.selection_value.name
        kind = self.update_field_id.ttype
        if kind == "boolean":
            yes = self.update_boolean_value == "true"
            return self.env._("yes") if yes else self.env._("no")
        return speaker.words.plain(self.value) if self.value else ""

    def _sentence_action_object_create(self, speaker):
        model = self.crud_model_id.model
        return model and self.env._("create %(record)s", record=speaker.words.record(model))

    def _sentence_action_object_copy(self, speaker):
        name = self.resource_ref.display_name if self.resource_ref else ""
        return name and self.env._("duplicate “%(name)s”", name=name)

    def _sentence_action_mail_post(self, speaker):
        name = self.template_id.name
        if not name:
            return ""
        if self.mail_post_method == "note":
            return self.env._("log the note “%(name)s”", name=name)
        if self.mail_post_method == "comment":
            return self.env._("post the message “%(name)s”", name=name)
        return self.env._("send the e-mail “%(name)s”", name=name)

    def _sentence_action_sms(self, speaker):
        name = self.sms_template_id.name if "sms_template_id" in self._fields else ""
        return name and self.env._("send the text message “%(name)s”", name=name)

    def _sentence_action_next_activity(self, speaker):
        name = self.activity_summary or self.activity_type_id.name
        return name and self.env._("plan the activity “%(name)s”", name=name)

    def _sentence_action_multi(self, speaker):
        clauses = [child._sentence_clause(speaker) for child in self.child_ids]
        return speaker.words.join([clause for clause in clauses if clause], "and")

    def _sentence_action_code(self, speaker):
        return self.env._("run the code “%(name)s”", name=self.name or "")


class ServerActionValue(models.Model):
    _inherit = "server.action.value"

    def _sentence_clause(self, speaker):
        """Return *set the priority to High*."""
        if not self.field_id:
            return ""
        values = {
            "field": speaker.field(self.field_id.name),
            "value": self._sentence_value(speaker),
        }
        if self.field_ttype in _MANY:
            return self._sentence_of_many(values)
        if not values["value"]:
            return self.env._("empty %(field)s", **values)
        return self.env._("set %(field)s to %(value)s", **values)

    def _sentence_of_many(self, values):
        if self.operation == CLEAR:
            return self.env._("remove everything from %(field)s", **values)
        if self.operation == REMOVE:
            return self.env._("remove %(value)s from %(field)s", **values)
        if self.operation == SET:
            return self.env._("set %(field)s to %(value)s", **values)
        return self.env._("add %(value)s to %(field)s", **values)

    def _sentence_value(self, speaker):
        text = (self.value or "").strip()
        if not text or self.operation == CLEAR:
            return ""
        if self.value_type == "equation":
            return self.env._("the formula “%(formula)s”", formula=text)
        if self.value_type == "template":
            return self.env._("“%(text)s”", text=text)
        if self.value_type == "path":
            return Speaker(RuleWords(self.env, self.source_model, speaker.words.names)).field(text)
        try:
            return self._source_in_words(self._known_field()) or text
        except LiteralError:
            return text
