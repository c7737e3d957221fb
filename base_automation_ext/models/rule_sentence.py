"""A rule in plain words: "When the stage of a lead changes from New to Won, then …".

A trigger may say its own opening in ``_sentence_trigger_<key>()`` (the clause without the comma
after it), and other parts of a rule their conditions in ``_sentence_conditions(speaker)``.
"""

from odoo import api, fields, models

from ..core.condition_tree import conditions_of, parse_filter, without
from ..core.sentence import Speaker
from .sentence_words import Names, RuleWords

#: Fields the sentence does not mention.
_SILENT = frozenset(
    {"name", "description", "active", "last_run", "webhook_uuid", "sequence", "action_names"}
)
#: Context key of the names that the sentences being made share.
_NAMES = "base_automation_ext_names"
_SILENT_PREFIXES = ("message_", "activity_", "create_", "write_")
#: What of the actions the sentence mentions.
_ACTION_FIELDS = (
    "name",
    "state",
    "sequence",
    "condition",
    "condition_domain",
    "update_path",
    "value",
    "selection_value",
    "resource_ref",
    "crud_model_id",
    "template_id",
    "mail_post_method",
    "activity_type_id",
    "activity_summary",
    "child_ids",
    "value_line_ids",
)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    sentence = fields.Char(
        string="In Plain Words",
        compute="_compute_sentence",
        help="What the rule does, derived from its settings.",
    )

    @api.model
    def _sentence_depends(self):
        """Return the fields the sentence is made of: all that configure the rule."""
        own = [
            name
            for name, field in self._fields.items()
            if field.store and name not in _SILENT and not name.startswith(_SILENT_PREFIXES)
        ]
        parts = self.env["ir.actions.server"]._fields
        return own + [f"action_server_ids.{name}" for name in _ACTION_FIELDS if name in parts]

    @api.depends(lambda self: self._sentence_depends())
    @api.depends_context("lang")
    def _compute_sentence(self):
        speaking = self.with_context(**{_NAMES: Names(self.env)})
        for rule in speaking:
            rule._want_names()
        for rule, said in zip(self, speaking, strict=True):
            rule.sentence = said._in_words() if rule.trigger and rule.model_id else False

    # -- the sentence -----------------------------------------------------------------------------

    def _in_words(self):
        """Return the rule as one sentence."""
        speaker = self._speaker()
        parts = {
            "opening": self._sentence_opening(),
            "conditions": speaker.words.join(self._sentence_conditions(speaker), "and"),
            "actions": self._sentence_actions(speaker),
        }
        if parts["conditions"] and parts["actions"]:
            return self.env._("%(opening)s, if %(conditions)s, then %(actions)s.", **parts)
        if parts["actions"]:
            return self.env._("%(opening)s, %(actions)s.", **parts)
        if parts["conditions"]:
            return self.env._(
                "%(opening)s, if %(conditions)s, then nothing happens yet: add an action.", **parts
            )
        return self.env._("%(opening)s … nothing happens yet: add an action.", **parts)

    def _speaker(self):
        """Return what puts conditions on records of the rule's model into words."""
        return self._speaker_of(self.model_id.model)

    def _speaker_of(self, model_name):
        return Speaker(RuleWords(self.env, model_name, self.env.context.get(_NAMES)))

    def _want_names(self):
        """Note the records the rule mentions, so that their names are read together."""
        words = self._speaker().words
        for text in (self.filter_domain, self.filter_pre_domain):
            words.want_names(parse_filter(text))

    def _sentence_conditions(self, speaker):
        """Return the conditions of the rule in words, as a list of clauses."""
        after = without(parse_filter(self.filter_domain), self._implied_filter())
        found = speaker.clauses(after)
        before = self._own_conditions_before()
        if before:
            found.append(
                self.env._(
                    "before the change, %(conditions)s", conditions=speaker.conditions(before)
                )
            )
        return found

    def _own_conditions_before(self):
        if self.trigger == "on_tag_set" and self.trg_field_ref:
            # Stock's way to say that the tag is new.
            return ()
        return conditions_of(parse_filter(self.filter_pre_domain))

    def _implied_filter(self):
        """Return the conditions that stock derives from the trigger, which the opening says."""
        field = self._trigger_field_name()
        value = {
            "on_stage_set": self.trg_field_ref,
            "on_tag_set": [self.trg_field_ref],
            "on_state_set": self.trg_selection_field_id.value,
            "on_priority_set": self.trg_selection_field_id.value,
            "on_user_set": False,
            "on_archive": False,
            "on_unarchive": True,
        }.get(self.trigger)
        if value is None or not field:
            return None
        operator = {"on_tag_set": "in", "on_user_set": "!="}.get(self.trigger, "=")
        return parse_filter(repr([(field, operator, value)]))

    def _trigger_field_name(self):
        """Return the field stock has found for the trigger: of the stage, the state, …"""
        return self.trigger_field_ids[:1].name or ""

    def _sentence_actions(self, speaker):
        clauses = [action._sentence_clause(speaker) for action in self.action_server_ids]
        return speaker.words.join([clause for clause in clauses if clause], "and")

    # -- openings ---------------------------------------------------------------------------------

    def _sentence_opening(self):
        """Return the clause that says what the rule waits for."""
        own = getattr(self, f"_sentence_trigger_{self.trigger}", None)
        return (own and own()) or self._sentence_trigger_by_name()

    def _sentence_trigger_by_name(self):
        """A trigger that says nothing itself goes by its label."""
        label = dict(self._fields["trigger"]._description_selection(self.env))
        return self.env._(
            "When “%(trigger)s” happens to %(record)s",
            trigger=label.get(self.trigger, self.trigger),
            record=self._spoken_record(),
        )

    def _spoken_record(self):
        """Return *a lead*."""
        return self._speaker().words.record()

    def _spoken_fields(self, records, with_the=True):
        """Return *the stage or the salesperson*, or just *stage or salesperson*."""
        speaker = self._speaker()
        say = speaker.field if with_the else speaker.bare_field
        return speaker.words.join([say(field.name) for field in records], "or")
