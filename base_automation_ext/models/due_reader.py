"""When records are due for a rule: the plan of the rule, read with zones and calendars."""

from functools import cached_property

from odoo import models
from odoo.fields import Domain

from ..core.due import inner_days, inner_ranges, ranges
from .due_calendars import Calendars, own_calendar
from .time_zone import zone_of
from .trigger_time import FIXED, OF_COMPANY, OF_RECORD, OF_USER

#: Stock's rules on the date of their last run start from the creation of a record without one.
_LAST_RUN_FIELD = "date_automation_last"


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _due_reader(self):
        """Return what tells when records are due for the rule (:class:`DueReader`).

        It keeps the calendars it has read: use one for all batches of one look at the rule.
        """
        self.ensure_one()
        return DueReader(self)

    def _get_calendar(self, automation, record):
        """Return the calendar of a record, as the rule has it; other modules may override this."""
        if automation.time_working == OF_RECORD and (own := own_calendar(record)):
            return own
        if automation.time_working in (OF_RECORD, OF_COMPANY):
            return automation._due_company(record).resource_calendar_id
        return super()._get_calendar(automation, record)

    def _due_company(self, record):
        return self._due_companies(record)[record.id]

    def _due_companies(self, records):
        """Return ``{record id: its company}``; that of the environment where it has none."""
        own, common = records._fields.get("company_id"), self.env.company.sudo()
        if not own or own.comodel_name != "res.company":
            return dict.fromkeys(records.ids, common)
        return {record.id: record.company_id or common for record in records.sudo()}


class DueReader:
    """Reads one rule's date field and tells moments and ranges; changes nothing."""

    def __init__(self, rule):
        self.rule = rule
        self.plan = rule._due_plan()
        self.model = rule.env[rule.model_name]
        self.field = self.model._fields.get(rule.trg_date_id.sudo().name)
        self._calendars = Calendars()
        self._zones = {}

    # -- moments ----------------------------------------------------------------------------------

    def occurrences(self, records, start=None, end=None):
        """Return ``[(record, occurrence), …]`` in the order of the moments.

        The number of SQL statements does not grow with the number of records.

        :param start: only moments from this one on (naive UTC)
        :param end: only moments before this one
        """
        found = []
        for record, value in self.dates(records):
            working = self.working(record) if self.plan.working else None
            found += (
                (record, one)
                for one in self.plan.occurrences(
                    value, self.zone(record), working, start=start, end=end
                )
            )
        found.sort(key=lambda pair: (pair[1].moment, pair[0].id))
        return found

    def dates(self, records):
        """Return ``[(record, date that the plan starts from), …]`` of those that have one."""
        if self.is_searchable:
            found = {record.id: self.value(record) for record in records}
        else:
            found = self.rule._computed_dates(records)
        return [(record, found[record.id]) for record in records if found[record.id]]

    def value(self, record):
        """Return the date of a record as it is stored; False without one."""
        value = record[self.field.name]
        if not value and self._falls_back:
            value = record.create_date
        return value

    @property
    def _falls_back(self):
        return self.field.name == _LAST_RUN_FIELD and "create_date" in self.model._fields

    @cached_property
    def is_same_for_all(self):
        """Whether all records with the same date are due at the same moments."""
        return len(self._possible_zones()) == 1 and not self.plan.working

    def zone(self, record):
        """Return the time zone in which the date of a record is read."""
        if self.is_same_for_all:
            return self._possible_zones()[0]
        return self._zone_named(self._zone_name(record) or self.rule.time_tz)

    def _zone_name(self, record):
        mode = self.rule.time_zone_mode
        if mode == OF_COMPANY:
            return _zone_of_company(self.rule._due_company(record))
        if mode == OF_USER:
            field = record._fields.get("user_id")
            if field and field.comodel_name == "res.users":
                return record.sudo().user_id.tz
        return False

    def _zone_named(self, name):
        if name not in self._zones:
            self._zones[name] = zone_of(name)
        return self._zones[name]

    def working(self, record):
        """Return the working time that counts for a record."""
        return self._calendars.of(self.rule._get_calendar(self.rule, record))

    # -- ranges -----------------------------------------------------------------------------------

    def ranges(self, start, end):
        """Return ``[(low, high), …]``: only values low <= value < high can be due in [start, end).

        They are dates or datetimes, as the field has them, in order and apart.
        """
        zones = self._possible_zones()
        found = ranges(self.plan, start, end, zones, self._possible_workings())
        if self.field.type == "date":
            return _apart(part.days(zones) for part in found)
        return found

    def domain(self, start, end):
        """Return the condition on the date field for records that can be due in [start, end)."""
        return self._domain_of(self.ranges(start, end))

    @property
    def is_searchable(self):
        """Whether the database can search and sort by the date field."""
        return self.field.store and self.field.column_type is not None

    @cached_property
    def is_kept(self):
        """Whether the dates are computed, and kept in the snapshot."""
        return self.rule._keeps_dates()

    @property
    def keeps_days(self):
        """Whether what is kept is a time and stands for a day."""
        return self.is_kept and self.field.type == "date"

    @property
    def is_ordered(self):
        """Whether there is an index of the dates."""
        return self.is_searchable or self.is_kept

    def window(self, start, end):
        """Return :meth:`domain`, or no condition where the field cannot be searched for."""
        if self.is_searchable or self.field.search:
            return self.domain(start, end)
        return Domain.TRUE

    def certain_domain(self, start, end):
        """Return a condition that all records it holds for are due in [start, end).

        Others that :meth:`domain` finds may be due as well, and have to be asked.
        """
        zones = self._possible_zones()
        found = inner_ranges(self.plan, start, end, zones, self._possible_workings())
        if self.field.type == "date":
            return self._domain_of(inner_days(part, zones) for part in found)
        return self._domain_of(found)

    def _domain_of(self, found):
        found = list(found)
        domain = Domain.OR(_between(self.field.name, low, high) for low, high in found)
        if self._falls_back:
            without = Domain.OR(_between("create_date", low, high) for low, high in found)
            domain |= Domain(self.field.name, "=", False) & without
        return domain

    def _possible_zones(self):
        """Return the zones records can have; none where that is not known."""
        return self._all_zones

    @cached_property
    def _all_zones(self):
        mode = self.rule.time_zone_mode
        if mode == OF_USER:
            return []
        names = {self.rule.time_tz}
        if mode == OF_COMPANY:
            companies = self.rule.env["res.company"].sudo().search([])
            names |= {_zone_of_company(company) for company in companies}
        return [self._zone_named(name) for name in names]

    def _possible_workings(self):
        if not self.plan.working:
            return []
        if self.rule.time_working == FIXED and not self._is_calendar_overridden():
            return [self._calendars.of(self.rule.trg_date_calendar_id)]
        none = self.rule.env["resource.calendar"].sudo().with_context(active_test=False)
        return [self._calendars.of(calendar) for calendar in [*none.search([]), none]]

    def _is_calendar_overridden(self):
        return type(self.rule)._get_calendar.__module__ != __name__


def _zone_of_company(company):
    company = company.sudo()
    return company.partner_id.tz or company.resource_calendar_id.tz


def _between(name, low, high):
    return Domain(name, ">=", low) & Domain(name, "<", high)


def _apart(parts):
    merged = []
    for low, high in parts:
        if merged and low <= merged[-1][1]:
            low, high = merged[-1][0], max(high, merged.pop()[1])
        merged.append((low, high))
    return merged
