"""Timed triggers: what can be said about the moment at which a rule is due for a record."""

from datetime import time

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.base_automation.models.base_automation import (
    DATE_RANGE,
    DATE_RANGE_FACTOR,
    TIME_TRIGGERS,
)

from ..core.due import DuePlan, DuePlanError, Step
from ..core.due.units import DAYS, WORKABLE

ALL_TIME, OF_RECORD, OF_COMPANY, FIXED = "all", "record", "company", "fixed"
OF_USER = "user"
UNITS = [
    ("minutes", "Minutes"),
    ("hour", "Hours"),
    ("day", "Days"),
    ("week", "Weeks"),
    ("month", "Months"),
    ("year", "Years"),
]
# Stock looks the units up in tables of its own, also where a rule is not run by it.
DATE_RANGE.update(week=relativedelta(weeks=1), year=relativedelta(years=1))
DATE_RANGE_FACTOR.update(week=7 * 24 * 60, year=365 * 24 * 60)
#: What the due moments depend on.
PLAN_FIELDS = (
    "trigger",
    "trg_date_range",
    "trg_date_range_type",
    "trg_date_range_mode",
    "trg_date_calendar_id",
    "time_has_hour",
    "time_hour",
    "time_last_day",
    "time_working",
    "time_zone_mode",
    "time_tz",
    "time_repeats",
    "time_every",
    "time_every_unit",
    "time_times",
    "time_step_ids",
)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trg_date_range_type = fields.Selection(
        selection_add=[("week", "Weeks"), ("month",), ("year", "Years")],
        ondelete={"week": "set null", "year": "set null"},
    )
    time_has_hour = fields.Boolean(
        string="At a Time of Day",
        tracking=True,
        help="The rule is due at this time on the day, whatever time the date field says.",
    )
    time_hour = fields.Float(
        string="Time of Day", default=8.0, tracking=True, help="In the time zone below."
    )
    time_last_day = fields.Boolean(
        string="On the Last Day of the Month",
        tracking=True,
        help="The rule is due on the last day of the month that the delay leads to. With a delay "
        "of 0 months, that is the month of the date itself.",
    )
    time_working = fields.Selection(
        [
            (ALL_TIME, "All time counts"),
            (OF_RECORD, "Working time of the record"),
            (OF_COMPANY, "Working time of the record’s company"),
            (FIXED, "Working time of a calendar"),
        ],
        string="Count",
        compute="_compute_time_working",
        store=True,
        readonly=False,
        tracking=True,
        help="With working time, minutes, hours and days outside of it do not count: 3 working "
        "days after Friday is Wednesday, and public holidays and closing days are left out. The "
        "working time of the record is its own, or that of its resource, employee or responsible "
        "user; without one, that of its company.",
    )
    time_zone_mode = fields.Selection(
        [
            (FIXED, "A time zone"),
            (OF_COMPANY, "That of the record’s company"),
            (OF_USER, "That of the record’s responsible user"),
        ],
        string="Time Zone of",
        default=FIXED,
        required=True,
        tracking=True,
        help="Where days begin, and whose clock shows the time of day, in summer and in winter.",
    )
    time_tz = fields.Selection(
        _tz_get,
        string="Clock",
        default=lambda self: self._default_schedule_tz(),
        tracking=True,
        help="For records without a company or user, this is their time zone too.",
    )
    time_repeats = fields.Boolean(
        string="Due Again",
        tracking=True,
        help="The rule is due again and again for the same record, as long as the record matches "
        "the conditions: a reminder ends once it is no longer needed.",
    )
    time_every = fields.Integer(string="Due Every", default=1, tracking=True)
    time_every_unit = fields.Selection(
        UNITS,
        string="Unit of Repetition",
        default=DAYS,
        required=True,
        tracking=True,
    )
    time_times = fields.Integer(
        string="Times at Most",
        default=3,
        tracking=True,
        help="How often in all, the first time included.",
    )
    # Not copied as they are: the steps of a copy are about the copy's actions.
    time_step_ids = fields.One2many(
        "base.automation.time.step", "rule_id", string="Escalation", copy=False
    )

    @api.depends("trg_date_calendar_id", "trg_date_range_type", "trigger")
    def _compute_time_working(self):
        for rule in self:
            if not rule._is_timed() or rule.trg_date_range_type not in WORKABLE:
                rule.time_working = ALL_TIME
            elif rule.trg_date_calendar_id:
                if rule.time_working in (False, ALL_TIME):
                    rule.time_working = FIXED
            elif rule.time_working in (False, FIXED):
                rule.time_working = ALL_TIME

    @api.onchange("time_working")
    def _onchange_time_working(self):
        if self.time_working != FIXED:
            self.trg_date_calendar_id = False

    def _compute_trg_date_calendar_id(self):
        """Stock forgets the calendar with any unit but days; ours count hours as well."""
        kept = self.filtered(
            lambda rule: rule._is_timed() and rule.trg_date_range_type in WORKABLE - {DAYS}
        )
        return super(BaseAutomation, self - kept)._compute_trg_date_calendar_id()

    def _is_timed(self):
        return self.trigger in TIME_TRIGGERS

    # -- what cannot be used ----------------------------------------------------------------------

    @api.constrains(*PLAN_FIELDS)
    def _check_due_plan(self):
        for rule in self.filtered(lambda rule: rule._is_timed()):
            if problem := rule._due_problem():
                raise ValidationError(
                    self.env._(
                        "The time of the rule “%(rule)s” cannot be used: %(problem)s",
                        rule=rule.name,
                        problem=problem,
                    )
                )

    def _due_problem(self):
        """Return what is wrong with the time settings as a sentence, or an empty string."""
        self.ensure_one()
        if self.time_has_hour and not 0 <= self.time_hour < 24:
            return self.env._("The time of day has to be between 00:00 and 23:59.")
        if self.time_working == FIXED and not self.trg_date_calendar_id:
            return self.env._("Choose the calendar whose working time counts.")
        if self.time_repeats and self.time_every < 1:
            return self.env._("The time between two repetitions has to be 1 or more.")
        try:
            self._due_plan().validate()
        except DuePlanError as problem:
            return self.env._(str(problem))
        return ""

    # -- from the fields to core/due --------------------------------------------------------------

    def _due_plan(self):
        """Return when the rule is due, as ``core.due.DuePlan``."""
        self.ensure_one()
        minutes = min(round(self.time_hour * 60), 24 * 60 - 1)
        return DuePlan(
            number=self.trg_date_range,
            unit=self.trg_date_range_type or DAYS,
            before=self.trigger == "on_time" and self.trg_date_range_mode == "before",
            at=time(*divmod(minutes, 60)) if self.time_has_hour else None,
            last_day=self.time_last_day,
            working=self.time_working not in (False, ALL_TIME),
            every=self.time_every if self.time_repeats else 0,
            every_unit=self.time_every_unit or DAYS,
            times=self.time_times,
            steps=tuple(Step(step.number, step.unit) for step in self.time_step_ids),
        )

    def _due_actions(self, step=0):
        """Return the actions of one occurrence: those of its step, or those of no step."""
        self.ensure_one()
        if step:
            return self.time_step_ids[step - 1].action_ids
        return self.action_server_ids - self.time_step_ids.action_ids
