"""Trigger: on a schedule – a cron expression, or a plan that a form can express."""

from datetime import time

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..core import cron_expression
from ..core.cron_expression import CronExpressionError
from ..core.schedule import CronSchedule, EveryFewDays, Monthly, Weekly
from .rule_trigger import pause_rules
from .schedule_text import list_of_moments, sentence_of_cron_error, sentence_of_schedule
from .time_zone import zone_of

TRIGGER = "on_schedule"
DAYS, WEEKLY, MONTHLY, CRON = "days", "weekly", "monthly", "cron"
#: In the order of ``datetime.weekday()``.
WEEKDAYS = (
    "schedule_monday",
    "schedule_tuesday",
    "schedule_wednesday",
    "schedule_thursday",
    "schedule_friday",
    "schedule_saturday",
    "schedule_sunday",
)
_PLAN = (
    "schedule_kind",
    "schedule_time",
    "schedule_every_days",
    "schedule_start",
    *WEEKDAYS,
    "schedule_month_day",
    "schedule_cron",
    "schedule_tz",
)
#: Fields the next moment depends on.
SCHEDULE_FIELDS = ("trigger", "active", "paused", *_PLAN)
_PREVIEWED = 5


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[("on_schedule", "On a schedule")], ondelete={"on_schedule": pause_rules}
    )
    schedule_kind = fields.Selection(
        [
            (DAYS, "Every few days"),
            (WEEKLY, "On days of the week"),
            (MONTHLY, "On a day of the month"),
            (CRON, "Cron expression"),
        ],
        string="Repeat",
        default=DAYS,
        required=True,
        tracking=True,
    )
    schedule_time = fields.Float(
        string="At", default=8.0, tracking=True, help="Time of day in the time zone below."
    )
    schedule_every_days = fields.Integer(
        string="Every", default=1, tracking=True, help="1 is every day, 14 is every second week."
    )
    schedule_start = fields.Date(
        string="Counted From",
        default=fields.Date.context_today,
        tracking=True,
        help="The first day. The next ones are counted from it.",
    )
    schedule_monday = fields.Boolean(string="Monday", tracking=True)
    schedule_tuesday = fields.Boolean(string="Tuesday", tracking=True)
    schedule_wednesday = fields.Boolean(string="Wednesday", tracking=True)
    schedule_thursday = fields.Boolean(string="Thursday", tracking=True)
    schedule_friday = fields.Boolean(string="Friday", tracking=True)
    schedule_saturday = fields.Boolean(string="Saturday", tracking=True)
    schedule_sunday = fields.Boolean(string="Sunday", tracking=True)
    schedule_month_day = fields.Integer(
        string="Day of the Month",
        default=1,
        tracking=True,
        help="From 1 to 31. In a month with fewer days, it is the last day: 31 is always the last.",
    )
    schedule_cron = fields.Char(
        string="Cron Expression",
        tracking=True,
        help="Five fields: minute, hour, day of the month, month, day of the week. For example, "
        "“0 8 * * 1” is every Monday at 08:00, “*/15 9-17 * * 1-5” every quarter of an hour on "
        "working days, “0 18 L * *” the last day of each month at 18:00.",
    )
    schedule_tz = fields.Selection(
        _tz_get,
        string="Time Zone",
        default=lambda self: self._default_schedule_tz(),
        tracking=True,
        help="The times are those of this time zone, in summer and in winter.",
    )
    schedule_without_records = fields.Boolean(
        string="Run Once, without Records",
        tracking=True,
        help="The actions run once each time and get no record; the filter is not used. Otherwise "
        "they run on all records that match the filter.",
    )
    schedule_with_archived = fields.Boolean(
        string="Archived Records Too",
        tracking=True,
        help="Otherwise archived records are left alone, as lists do, unless the filter itself "
        "says something about whether they are archived.",
    )
    schedule_next = fields.Datetime(
        string="Next Time", compute="_compute_schedule_next", store=True, copy=False
    )
    schedule_text = fields.Char(string="Schedule", compute="_compute_schedule_text")
    schedule_preview = fields.Text(string="Next Times", compute="_compute_schedule_text")

    @api.model
    def _default_schedule_tz(self):
        return self.env.user.tz or self.env.company.partner_id.tz or "UTC"

    @api.depends(*SCHEDULE_FIELDS)
    def _compute_schedule_next(self):
        now = fields.Datetime.now()
        for rule in self:
            waits = rule.trigger == TRIGGER and rule.active and not rule.paused
            rule.schedule_next = waits and rule._next_scheduled(now)

    @api.depends("trigger", *_PLAN)
    @api.depends_context("lang")
    def _compute_schedule_text(self):
        now = fields.Datetime.now()
        for rule in self:
            rule.schedule_text = rule.schedule_preview = False
            if rule.trigger != TRIGGER:
                continue
            if problem := rule._schedule_problem():
                rule.schedule_text = problem
                continue
            zone = rule._schedule_zone()
            moments = rule._schedule().preview(now, zone, _PREVIEWED)
            rule.schedule_text = sentence_of_schedule(rule)
            rule.schedule_preview = list_of_moments(rule.env, moments, zone)

    @api.constrains("trigger", *_PLAN)
    def _check_schedule(self):
        for rule in self.filtered(lambda rule: rule.trigger == TRIGGER):
            if problem := rule._schedule_problem():
                raise ValidationError(
                    self.env._(
                        "The schedule of the rule “%(rule)s” cannot be used: %(problem)s",
                        rule=rule.name,
                        problem=problem,
                    )
                )

    def _schedule_problem(self):
        """Return what is wrong with the schedule as a sentence, or an empty string."""
        self.ensure_one()
        if not self.schedule_tz:
            return self.env._("Choose a time zone.")
        if self.schedule_kind == CRON:
            try:
                cron_expression.normalize(self.schedule_cron or "")
            except CronExpressionError as exc:
                return sentence_of_cron_error(self.env, exc)
            return ""
        if not 0 <= self.schedule_time < 24:
            return self.env._("The time of day has to be between 00:00 and 23:59.")
        if self.schedule_kind == DAYS and (self.schedule_every_days < 1 or not self.schedule_start):
            return self.env._("Enter the number of days and the day from which they are counted.")
        if self.schedule_kind == WEEKLY and not any(self[name] for name in WEEKDAYS):
            return self.env._("Choose at least one day of the week.")
        if self.schedule_kind == MONTHLY and not 1 <= self.schedule_month_day <= 31:
            return self.env._("The day of the month has to be between 1 and 31.")
        return ""

    # -- from the fields to core/schedule.py ------------------------------------------------------

    def _next_scheduled(self, moment):
        """Return the first moment of the schedule after ``moment``; False if there is none."""
        self.ensure_one()
        if self._schedule_problem():
            return False
        return self._schedule().next_after(moment, self._schedule_zone()) or False

    def _schedule(self):
        """Return the schedule as ``core.schedule.Schedule``; it must have no problem."""
        if self.schedule_kind == CRON:
            return CronSchedule(cron_expression.normalize(self.schedule_cron))
        at = self._schedule_time_of_day()
        if self.schedule_kind == WEEKLY:
            return Weekly(at, frozenset(day for day, name in enumerate(WEEKDAYS) if self[name]))
        if self.schedule_kind == MONTHLY:
            return Monthly(at, self.schedule_month_day)
        return EveryFewDays(at, self.schedule_every_days, self.schedule_start)

    def _schedule_time_of_day(self):
        minutes = min(round(self.schedule_time * 60), 24 * 60 - 1)
        return time(*divmod(minutes, 60))

    def _schedule_zone(self):
        return zone_of(self.schedule_tz)
