"""What sentences and explanations say of triggers that no change of the record itself starts."""

from odoo import models

from ..core.condition_tree import conditions_of, parse_filter


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _sentence_conditions(self, speaker):
        found = super()._sentence_conditions(speaker)
        if self.trigger == "on_button" and self.button_domain:
            found = [*speaker.clauses(conditions_of(parse_filter(self.button_domain))), *found]
        if self.trigger == "on_schedule" and self.schedule_without_records:
            return []
        return found

    def _sentence_trigger_on_schedule(self):
        if self._schedule_problem():
            return ""
        if self.schedule_without_records:
            return self.schedule_text
        return self.env._(
            "%(schedule)s, for %(record)s",
            schedule=self.schedule_text,
            record=self._spoken_record(),
        )

    def _sentence_trigger_on_button(self):
        return self.env._(
            "When somebody presses “%(button)s” on %(record)s",
            button=self._button_text() or "…",
            record=self._spoken_record(),
        )

    def _sentence_trigger_on_activity_created(self):
        return self.env._("When %(activity)s is planned on %(record)s", **self._spoken_activity())

    def _sentence_trigger_on_activity_done(self):
        return self.env._("When %(activity)s on %(record)s is done", **self._spoken_activity())

    def _sentence_trigger_on_activity_overdue(self):
        return self.env._("When %(activity)s on %(record)s is overdue", **self._spoken_activity())

    def _spoken_activity(self):
        names = [
            self.env._("“%(name)s”", name=kind.name) for kind in self.trigger_activity_type_ids
        ]
        activity = self._speaker().words.join(names, "or") or self.env._("an activity")
        return {"activity": activity, "record": self._spoken_record()}

    def _sentence_trigger_on_mail_in(self):
        return self.env._(
            "When a message from outside arrives on %(record)s", record=self._spoken_record()
        )

    def _sentence_trigger_on_mail_out(self):
        return self.env._(
            "When a message to somebody outside leaves from %(record)s",
            record=self._spoken_record(),
        )

    def _sentence_trigger_on_action_failed(self):
        return self.env._("When an action has failed")

    def _sentence_trigger_on_task_dead(self):
        return self.env._("When a background task has failed for good")

    # -- why not on this record -------------------------------------------------------------------

    def _explain_steps(self, record):
        steps = super()._explain_steps(record)
        if self.trigger == "on_button" and self.button_domain:
            label = self.env._("Button is shown")
            tree = parse_filter(self.button_domain)
            steps += self._explain_conditions(label, self.button_domain, tree, (), record)
        return steps
