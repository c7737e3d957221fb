"""When a timed rule is due: from its fields to ``core.due.DuePlan``, zones and calendars."""

from datetime import time

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.base_automation.models.base_automation import TIME_TRIGGERS

from ..core.due import DuePlan, DuePlanError, Step
from .due_calendar import working_time
from .time_zone import zone_of

COMPANY, USER, FIXED, RECORD = "company", "user", "fixed", "record"
UNITS = [
    ("minutes", "Minutes"),
    ("hour", "Hours"),
    ("day", "Days"),
    ("week", "Weeks"),
    ("month", "Months"),
    ("year", "Years"),
]
#: Fields the due moments follow from.
PLAN_FIELDS = (
    "trigger",
    "model_id",
    "trg_date_id",
    "trg_date_range",
    "trg_date_range_type",
    "trg_date_range_mode",
    "trg_date_calendar_id",
    "due_tz_kind",
    "due_tz",
    "due_at_set",
    "due_at",
    "due_last_day",
    "due_working",
    "due_calendar_id",
    "due_every",
    "due_every_unit",
    "due_times",
    "due_step_ids",
)
COMPANIES = "res.company"
#: Stands for "the date of creation where there is none"; written whenever the rule runs.
LAST_AUTOMATION = "date_automation_last"


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trg_date_range_type = fields.Selection(
        selection_add=[("week", "Weeks"), ("month",), ("year", "Years")],
        ondelete={"week": "set null", "year": "set null"},
    )
    due_tz_kind = fields.Selection(
        [
            (COMPANY, "Of the record's company"),
            (USER, "Of the record's responsible user"),
            (FIXED, "Always the same"),
        ],
        string="Time Zone Of",
        tracking=True,
        help="In which time zone days begin and the clock is read. Empty is UTC, which is what "
        "stock Odoo counts in.",
    )
    due_tz = fields.Selection(_tz_get, string="Zone", tracking=True)
    due_at_set = fields.Boolean(
        string="At a Time of Day",
        tracking=True,
        help="The rule runs at this time of the day it is due. Otherwise at the time of the date "
        "it counts from.",
    )
    due_at = fields.Float(string="Time of Day", default=8.0, tracking=True)
    due_last_day = fields.Boolean(
        string="On the Last Day of the Month",
        tracking=True,
        help="Of the month the delay leads to.",
    )
    due_working = fields.Selection(
        [
            (COMPANY, "Of the record's company"),
            (RECORD, "Of the record itself"),
            (FIXED, "Always the same"),
        ],
        string="Count Working Time",
        tracking=True,
        help="Count only days, hours or minutes in which people work, by this working calendar. "
        "Empty counts all time.",
    )
    due_calendar_id = fields.Many2one("resource.calendar", string="Working Calendar", tracking=True)
    due_every = fields.Integer(
        string="Repeat Every",
        tracking=True,
        help="The rule runs again after this time, as long as the record matches the filter. "
        "0 to run once.",
    )
    due_every_unit = fields.Selection(UNITS, string="Unit of Repetition", default="day")
    due_times = fields.Integer(
        string="At Most", default=5, tracking=True, help="How often it runs in all for one date."
    )
    due_step_ids = fields.One2many(
        "base.automation.due.step",
        "rule_id",
        string="Further Steps",
        help="Other actions after a longer time, such as telling the manager. When the date of "
        "the record changes, all steps begin anew.",
    )
    due_with_archived = fields.Boolean(
        string="Archived Records Too (Time)",
        tracking=True,
        help="Otherwise archived records are left alone, unless the filter itself says something "
        "about whether they are archived.",
    )

    def copy(self, default=None):
        copies = super().copy(default)
        for old, new in zip(self, copies, strict=True):
            # Stock copies the actions in their order.
            actions = dict(zip(old.action_server_ids, new.action_server_ids, strict=True))
            for step in old.due_step_ids:
                chosen = [actions[action].id for action in step.action_ids]
                step.copy({"rule_id": new.id, "action_ids": [(6, 0, chosen)]})
        return copies

    @api.model
    def default_get(self, fields_list):
        # Not a default of the column: rules of before go on counting in UTC.
        result = super().default_get(fields_list)
        if "due_tz_kind" in fields_list:
            result.setdefault("due_tz_kind", COMPANY)
        return result

    @api.constrains(*PLAN_FIELDS)
    def _check_due_plan(self):
        for rule in self:
            if rule.trigger in TIME_TRIGGERS and (problem := rule._due_problem()):
                raise ValidationError(
                    self.env._(
                        "The time of the automation rule “%(rule)s” cannot be used: %(problem)s",
                        rule=rule.name,
                        problem=problem,
                    )
                )

    def _due_problem(self):
        """Return what is wrong with the time of the rule as a sentence, or an empty string."""
        self.ensure_one()
        if self.due_tz_kind == FIXED and not self.due_tz:
            return self.env._("Choose a time zone.")
        if self.due_at_set and not 0 <= self.due_at < 24:
            return self.env._("The time of day has to be between 00:00 and 23:59.")
        if self.due_working == FIXED and not self.due_calendar_id:
            return self.env._("Choose a working calendar.")
        if self.due_working == RECORD and self.model_id and not self._calendar_field():
            return self.env._(
                "%(model)s has no working calendar of its own; choose another one.",
                model=self.model_id.name,
            )
        if self.due_tz_kind == USER and self.model_id and not self._user_field():
            return self.env._(
                "%(model)s has no responsible user; choose another time zone.",
                model=self.model_id.name,
            )
        try:
            self._due_plan().validate()
        except DuePlanError as exc:
            return self.env._(str(exc))
        return ""

    # -- from the fields to core/due --------------------------------------------------------------

    def _due_plan(self):
        """Return when the rule is due, as ``core.due.DuePlan``."""
        self.ensure_one()
        minutes = min(round(self.due_at * 60), 24 * 60 - 1)
        return DuePlan(
            number=self.trg_date_range,
            unit=self.trg_date_range_type or "hour",
            before=self.trg_date_range_mode == "before",
            at=time(*divmod(minutes, 60)) if self.due_at_set else None,
            last_day=self.due_last_day,
            working=self._counts_working_time(),
            every=self.due_every,
            every_unit=self.due_every_unit or "day",
            times=self.due_times,
            steps=tuple(Step(step.number, step.unit) for step in self.due_step_ids),
        )

    def _counts_working_time(self):
        # The calendar that stock asks for counts days only.
        by_stock = self.trg_date_calendar_id and self.trg_date_range_type == "day"
        return bool(self.due_working or by_stock)

    def _due_zone(self, record):
        """Return the time zone the dates of a record are read in."""
        if self.due_tz_kind == FIXED:
            return zone_of(self.due_tz)
        if self.due_tz_kind == USER:
            name = record[self._user_field()].tz
            return zone_of(name or self._company_of(record).partner_id.tz)
        if self.due_tz_kind == COMPANY:
            return zone_of(self._company_of(record).partner_id.tz)
        return zone_of("UTC")

    def _due_fixed_zone(self):
        """Return the time zone of all records of the rule, or None if it depends on them."""
        if self.due_tz_kind == USER:
            return None
        model = self.env[self.model_name]
        if self.due_tz_kind == COMPANY and ("company_id" in model._fields or model._name == COMPANIES):
            names = {company.partner_id.tz for company in self.env[COMPANIES].search([])}
            return zone_of(names.pop()) if len(names) == 1 else None
        return self._due_zone(model)

    def _company_of(self, record):
        if record._name == COMPANIES:
            return record or self.env.company
        field = record._fields.get("company_id")
        if field is not None and field.comodel_name == COMPANIES:
            return record.company_id or self.env.company
        return self.env.company

    def _user_field(self):
        known = self.env[self.model_name]._fields if self.model_name in self.env else {}
        field = known.get("user_id")
        return "user_id" if field is not None and field.comodel_name == "res.users" else None

    def _calendar_field(self):
        known = self.env[self.model_name]._fields if self.model_name in self.env else {}
        for name in ("resource_calendar_id", "calendar_id"):
            if name in known and known[name].comodel_name == "resource.calendar":
                return name
        return None

    def _due_calendar(self, record):
        """Return the working calendar the time of a record is counted in."""
        if self.due_working == RECORD and record[self._calendar_field()]:
            return record[self._calendar_field()]
        if self.due_working == FIXED:
            return self.due_calendar_id
        if self.due_working:
            return self._company_of(record).resource_calendar_id
        return self.trg_date_calendar_id

    def _due_calendars(self):
        """Return all calendars that may be asked for."""
        if self.due_working == FIXED:
            return self.due_calendar_id
        if self.due_working == COMPANY:
            return self.env[COMPANIES].search([]).resource_calendar_id
        if self.due_working:
            return self.env["resource.calendar"].search([])
        return self.trg_date_calendar_id

    def _due_workings(self):
        """Return ``{calendar id: core.due.WorkingTime}`` of what may be asked for."""
        if not self._counts_working_time():
            return {}
        return {calendar.id: working_time(calendar) for calendar in self._due_calendars()}

    def _due_field(self):
        """Return the date field of the rule, None if it has none or it does not exist."""
        if self.model_name not in self.env:
            return None
        return self.env[self.model_name]._fields.get(self.trg_date_id.sudo().name)

    def _due_column(self):
        """Return (table, column) of the date where it is one of the model's own, else None."""
        field = self._due_field()
        if field is None or not field.store or field.inherited or not field.column_type:
            return None
        return self.env[self.model_name]._table, field.name

    def _get_cron_interval(self, automations=None):
        # Stock does not know the added units; its scheduled action is not needed for them.
        if automations is None:
            automations = self.search([("trigger", "in", TIME_TRIGGERS)])
        added = automations.filtered(lambda rule: rule.trg_date_range_type in ("week", "year"))
        return super()._get_cron_interval(automations - added)


class BaseAutomationDueStep(models.Model):
    _name = "base.automation.due.step"
    _description = "Further Step of a Timed Rule"
    _order = "sequence, id"

    rule_id = fields.Many2one("base.automation", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    number = fields.Integer(string="After", required=True, default=1)
    unit = fields.Selection(UNITS, required=True, default="day")
    action_ids = fields.Many2many(
        "ir.actions.server",
        string="Actions",
        required=True,
        help="Which of the rule's actions this step runs. What no step names runs at the rule's "
        "own time.",
    )

    @api.constrains("rule_id", "action_ids")
    def _check_actions(self):
        for step in self:
            foreign = step.action_ids - step.rule_id.action_server_ids
            if foreign or not step.action_ids:
                raise ValidationError(
                    self.env._(
                        "A further step of “%(rule)s” needs one or more of this rule's own "
                        "actions. Add the actions first, then choose them in the step.",
                        rule=step.rule_id.name,
                    )
                )
