"""Timed rules in plain words: when they are due, how often, and the steps of an escalation."""

from odoo import models

from .trigger_time import ALL_TIME, FIXED, OF_COMPANY


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _sentence_trigger_on_time(self):
        if not self.trg_date_id:
            return ""
        values = {
            "delay": self._spoken_delay(),
            "field": self._speaker().field(self.trg_date_id.name),
            "record": self._spoken_record(),
        }
        if not self.trg_date_range:
            text = self.env._("At %(field)s of %(record)s", **values)
        elif self.trg_date_range_mode == "before":
            text = self.env._("%(delay)s before %(field)s of %(record)s", **values)
        else:
            text = self.env._("%(delay)s after %(field)s of %(record)s", **values)
        return self._with_time_settings(text)

    def _sentence_trigger_on_time_created(self):
        values = {"delay": self._spoken_delay(), "record": self._spoken_record()}
        if not self.trg_date_range:
            text = self.env._("As soon as %(record)s has been created", **values)
        else:
            text = self.env._("%(delay)s after %(record)s was created", **values)
        return self._with_time_settings(text)

    def _sentence_trigger_on_time_updated(self):
        values = {"delay": self._spoken_delay(), "record": self._spoken_record()}
        if not self.trg_date_range:
            text = self.env._("As soon as %(record)s has been changed", **values)
        else:
            text = self.env._("%(delay)s after %(record)s was last changed", **values)
        return self._with_time_settings(text)

    def _with_time_settings(self, text):
        """Return the opening with what the settings below the delay add to it."""
        if self._due_problem():
            return text
        if self.time_last_day:
            text = self.env._("%(moment)s, on the last day of the month", moment=text)
        if self.time_has_hour:
            text = self.env._(
                "%(moment)s, at %(time)s (%(zone)s)",
                moment=text,
                time=self._due_plan().at.strftime("%H:%M"),
                zone=self._spoken_zone(),
            )
        if self.time_repeats:
            text = self.env._(
                "%(moment)s, and then every %(delay)s, at most %(count)s times in all",
                moment=text,
                delay=self._spoken_units(self.time_every, self.time_every_unit, alone=True),
                count=self.time_times,
            )
        return text

    def _spoken_zone(self):
        if self.time_zone_mode == FIXED:
            return self.time_tz or "UTC"
        if self.time_zone_mode == OF_COMPANY:
            return self.env._("time zone of its company")
        return self.env._("time zone of its responsible user")

    def _sentence_actions(self, speaker):
        """Put the actions of steps behind the others, each with its delay."""
        if not self._is_timed() or not self.time_step_ids:
            return super()._sentence_actions(speaker)
        clauses = [action._sentence_clause(speaker) for action in self._due_actions()]
        said = [speaker.words.join([clause for clause in clauses if clause], "and")]
        for step in self.time_step_ids:
            actions = [action._sentence_clause(speaker) for action in step.action_ids]
            said.append(
                self.env._(
                    "after %(delay)s %(actions)s",
                    delay=self._spoken_units(step.number, step.unit),
                    actions=speaker.words.join([clause for clause in actions if clause], "and")
                    or self.env._("nothing yet"),
                )
            )
        return speaker.words.join([clause for clause in said if clause], "and")

    # -- delays -----------------------------------------------------------------------------------

    def _spoken_delay(self):
        """Return *3 working days*."""
        return self._spoken_units(self.trg_date_range, self.trg_date_range_type)

    def _spoken_units(self, count, unit, alone=False):
        """Return *3 days*, of working time where the rule counts that.

        :param alone: for one, return just *day*, as in *every day*
        """
        working = self.time_working not in (False, ALL_TIME)
        if count == 1:
            words = self._words_for_one(working).get(unit, ("", ""))
            return words[1] if alone else words[0]
        return self._words_for_many(working).get(unit, "") % {"count": count}

    def _words_for_one(self, working):
        return {
            "minutes": (self.env._("1 minute"), self.env._("minute")),
            "hour": (self.env._("1 hour"), self.env._("hour")),
            "day": (self.env._("1 day"), self.env._("day")),
            "week": (self.env._("1 week"), self.env._("week")),
            "month": (self.env._("1 month"), self.env._("month")),
            "year": (self.env._("1 year"), self.env._("year")),
        } | (self._working_words_for_one() if working else {})

    def _working_words_for_one(self):
        return {
            "minutes": (self.env._("1 working minute"), self.env._("working minute")),
            "hour": (self.env._("1 working hour"), self.env._("working hour")),
            "day": (self.env._("1 working day"), self.env._("working day")),
        }

    def _words_for_many(self, working):
        if working:
            return {
                "minutes": self.env._("%(count)s working minutes"),
                "hour": self.env._("%(count)s working hours"),
                "day": self.env._("%(count)s working days"),
                "week": self.env._("%(count)s weeks"),
                "month": self.env._("%(count)s months"),
                "year": self.env._("%(count)s years"),
            }
        return {
            "minutes": self.env._("%(count)s minutes"),
            "hour": self.env._("%(count)s hours"),
            "day": self.env._("%(count)s days"),
            "week": self.env._("%(count)s weeks"),
            "month": self.env._("%(count)s months"),
            "year": self.env._("%(count)s years"),
        }
