"""How the triggers Odoo brings, and the suite's own on changes of fields, open their sentence."""

from odoo import models
from odoo.exceptions import ValidationError

from ..core.triggers.field_change import ADDED, REMOVED


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    # -- values -----------------------------------------------------------------------------------

    def _sentence_trigger_on_stage_set(self):
        stage = self._spoken_trigger_record()
        if not stage:
            return self._sentence_becoming("")
        return self.env._(
            "When %(record)s reaches %(field)s %(value)s",
            record=self._spoken_record(),
            field=self._speaker().field(self._trigger_field_name()),
            value=stage,
        )

    def _sentence_trigger_on_tag_set(self):
        return self.env._(
            "When %(value)s is added to %(field)s of %(record)s",
            value=self._spoken_trigger_record() or self.env._("a tag"),
            field=self._speaker().field(self._trigger_field_name()),
            record=self._spoken_record(),
        )

    def _sentence_trigger_on_state_set(self):
        return self._sentence_becoming(self.trg_selection_field_id.name)

    def _sentence_trigger_on_priority_set(self):
        return self._sentence_becoming(self.trg_selection_field_id.name)

    def _sentence_trigger_on_user_set(self):
        return self.env._(
            "When somebody becomes %(field)s of %(record)s",
            field=self._speaker().field(self._trigger_field_name()),
            record=self._spoken_record(),
        )

    def _sentence_becoming(self, value):
        values = {
            "field": self._speaker().field(self._trigger_field_name()),
            "record": self._spoken_record(),
            "value": value,
        }
        if value:
            return self.env._("When %(field)s of %(record)s becomes %(value)s", **values)
        return self.env._("When %(field)s of %(record)s changes", **values)

    def _spoken_trigger_record(self):
        """Return the name of the stage or tag the trigger waits for."""
        if not self.trg_field_ref or self.trg_field_ref_model_name not in self.env:
            return ""
        words = self._speaker().words
        return words.names.name(self.trg_field_ref_model_name, self.trg_field_ref)

    def _sentence_trigger_on_archive(self):
        return self.env._("When %(record)s is archived", record=self._spoken_record())

    def _sentence_trigger_on_unarchive(self):
        return self.env._(
            "When %(record)s is taken out of the archive", record=self._spoken_record()
        )

    def _sentence_trigger_on_field_change(self):
        if not self.change_field_id:
            return ""
        values = {
            "field": self._speaker().field(self.change_field_id.name),
            "record": self._spoken_record(),
            "from": self._spoken_change("change_from"),
            "to": self._spoken_change("change_to"),
        }
        if self.change_field_type in ("one2many", "many2many"):
            return self._sentence_of_movement(values)
        if values["from"] and values["to"]:
            text = self.env._(
                "When %(field)s of %(record)s changes from %(from)s to %(to)s", **values
            )
        elif values["to"]:
            text = self.env._("When %(field)s of %(record)s changes to %(to)s", **values)
        elif values["from"]:
            text = self.env._("When %(field)s of %(record)s is no longer %(from)s", **values)
        else:
            text = self.env._("When %(field)s of %(record)s changes", **values)
        return text

    def _sentence_of_movement(self, values):
        values["to"] = values["to"] or self.env._("something")
        if self.change_movement == ADDED:
            return self.env._("When %(to)s is added to %(field)s of %(record)s", **values)
        if self.change_movement == REMOVED:
            return self.env._("When %(to)s is removed from %(field)s of %(record)s", **values)
        return self.env._(
            "When %(to)s is added to or removed from %(field)s of %(record)s", **values
        )

    def _spoken_change(self, name):
        """Return the values of ``change_from`` or ``change_to`` in words; empty for any."""
        speaker = self._speaker()
        try:
            values = self._list_of_change(name)
        except ValidationError:
            # It is still being written; what is wrong with it is said when it is saved.
            return self[name]
        if values is None:
            return ""
        return speaker.values(self.change_field_id.name, tuple(values))

    # -- saving, deleting -------------------------------------------------------------------------

    def _sentence_trigger_on_create(self):
        return self.env._("When %(record)s is created", record=self._spoken_record())

    def _sentence_trigger_on_create_or_write(self):
        values = {"record": self._spoken_record()}
        if not self.trigger_field_ids:
            return self.env._("When %(record)s is created or changed", **values)
        values["fields"] = self._spoken_fields(self.trigger_field_ids, with_the=False)
        return self.env._("When %(record)s is created, or its %(fields)s changes", **values)

    def _sentence_trigger_on_update(self):
        values = {"record": self._spoken_record()}
        if not self.trigger_field_ids:
            return self.env._("When %(record)s is changed", **values)
        values["fields"] = self._spoken_fields(self.trigger_field_ids)
        return self.env._("When %(fields)s of %(record)s changes", **values)

    def _sentence_trigger_on_write(self):
        return self._sentence_trigger_on_update()

    def _sentence_trigger_on_unlink(self):
        return self.env._("When %(record)s is deleted", record=self._spoken_record())

    def _sentence_trigger_on_change(self):
        values = {"record": self._spoken_record()}
        if not self.on_change_field_ids:
            return self.env._("While somebody edits %(record)s in a form", **values)
        values["fields"] = self._spoken_fields(self.on_change_field_ids)
        return self.env._("While somebody edits %(fields)s of %(record)s in a form", **values)

    # -- mail, other systems ----------------------------------------------------------------------

    def _sentence_trigger_on_message_received(self):
        return self.env._(
            "When a message from outside is posted on %(record)s", record=self._spoken_record()
        )

    def _sentence_trigger_on_message_sent(self):
        return self.env._(
            "When one of your users posts a message on %(record)s", record=self._spoken_record()
        )

    def _sentence_trigger_on_webhook(self):
        return self.env._(
            "When another system calls the address of this rule for %(record)s",
            record=self._spoken_record(),
        )
