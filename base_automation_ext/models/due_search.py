"""Finding the records a timed rule is due for, and when it is due next; by scans of an index."""

from datetime import date, datetime, timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.due import hull, ranges
from ..core.due_item import DueItem, as_datetime
from ..core.due_window import windows
from .due_ledger import OWN_STEP
from .due_plan import LAST_AUTOMATION

#: Rows of a table looked at together.
PAGE = 2000
#: Values looked at together for the next moment. The first is nearly always the one.
NEXT_PAGE = 100
#: How far the next moment is looked for, step by step.
_HORIZONS = [timedelta(hours=1), *(timedelta(days=days) for days in (2, 30, 400, 4000, 40000))]
_SOONEST, _LATEST = datetime(1, 1, 2), datetime(9999, 12, 30)
_MOMENT = timedelta(microseconds=1)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _due_horizon(self, now):
        """Return the moment before which the rule never runs for a record."""
        since = self.due_since or now
        window = now - timedelta(days=max(self.due_window_days, 0))
        # What came while the server was down is made up for, however long that was.
        return max(since, min(window, self.last_run or window))

    def _due_items(self, now, limit, ids=None, after=None):
        """Return what is due for up to ``limit`` records, in the order of their dates.

        :param ids: look at these records only
        :param after: (record id, date) behind which to look
        """
        start = self._due_horizon(now)
        if start > now:
            return []
        found, ledger = {}, self.env["base.automation.due"]
        for page in self._due_pages(start, now + _MOMENT, ids=ids, after=after):
            known = ledger._known(self, {item.res_id for item in page})
            for item in page:
                if item.key not in known:
                    found.setdefault(item.res_id, []).append(item)
            if len(found) >= limit:
                break
        return [item for items in list(found.values())[:limit] for item in items]

    def _due_pages(self, start, end, ids=None, anew=False, after=None):
        """Yield lists of :class:`DueItem` with moments in [start, end), part by part.

        :param anew: also what the ledger knows
        """
        plan, places = self._due_plan(), self._due_places()
        for rows in self._due_rows(self._due_ranges(plan, start, end), ids, anew, after):
            page = []
            records = self.env[self.model_name].browse([res_id for res_id, _value in rows])
            for record, (res_id, value) in zip(records, rows, strict=True):
                zone, working = places(record)
                page += [
                    DueItem(res_id, one.moment, one.step, value, one.number)
                    for one in plan.occurrences(value, zone, working, start=start, end=end)
                ]
            yield page

    def _due_places(self):
        """Return a function from record to (time zone, working time)."""
        workings, fixed = self._due_workings(), self._due_fixed_zone()

        def places(record):
            zone = fixed or self._due_zone(record)
            if not workings:
                return zone, None
            calendar = self._due_calendar(record)
            return zone, workings.get(calendar.id) or next(iter(workings.values()))

        return places

    def _due_ranges(self, plan, start, end):
        if plan.working:
            return ranges(plan, start, end, self._due_workings().values())
        zone = self._due_fixed_zone()
        if zone is None or self._due_field().type == "date":
            # A date begins somewhere else at another moment.
            return ranges(plan, start, end)
        return windows(plan, start, end, zone)

    # -- rows ------------------------------------------------------------------------------------

    def _due_rows(self, spans, ids=None, anew=False, after=None):
        """Yield lists of (record id, value of the date) within some ranges, page by page."""
        field = self._due_field()
        if not field.store:
            yield from self._due_rows_computed(spans, ids)
            return
        query, value = self._due_query(ids)
        if not anew:
            query.add_where(self._not_in_ledger(query, value))
        for span in spans:
            last = after
            while rows := self._due_page(query, value, span, last, PAGE):
                yield rows
                if len(rows) < PAGE:
                    break
                last = rows[-1]

    def _due_domain(self):
        """Return the model in the environment of the search, and the filter of the rule."""
        model = self.env[self.model_name]
        if self.due_with_archived:
            model = model.with_context(active_test=False)
        domain = self._evaluate_domain(self.filter_domain) if self.filter_domain else []
        return model, Domain(domain)

    def _due_query(self, ids=None):
        """Return the query for the records that match, and the SQL of their date."""
        model, domain = self._due_domain()
        if ids is not None:
            domain &= Domain("id", "in", list(ids))
        field = self._due_field()
        model.flush_model([field.name])
        query = model._search(domain)
        value = model._field_to_sql(query.table, field.name, query)
        if field.name == LAST_AUTOMATION:
            created = model._field_to_sql(query.table, "create_date", query)
            value = SQL("coalesce(%s, %s)", value, created)
        return query, value

    def _due_page(self, query, value, span, last, limit):
        if query.is_empty():
            return []
        record_id = SQL.identifier(query.table, "id")
        low, high = self._as_column(span.low), self._as_column(span.high, up=True)
        where = [SQL("%s >= %s AND %s < %s", value, low, value, high)]
        if last:
            where.append(SQL("(%s, %s) > (%s, %s)", value, record_id, last[1], last[0]))
        if clause := query.where_clause:
            where.append(clause)
        return self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM %s WHERE %s ORDER BY %s, %s LIMIT %s",
                record_id,
                value,
                query.from_clause,
                SQL(" AND ").join(where),
                value,
                record_id,
                limit,
            )
        )

    def _as_column(self, moment, up=False):
        """Return a moment as a value of the date's column, for comparing."""
        moment = min(max(moment, _SOONEST), _LATEST)
        if self._due_field().type != "date":
            return moment
        # The whole last day may count.
        return moment.date() + timedelta(days=1) if up else moment.date()

    def _not_in_ledger(self, query, value):
        """Return the condition that leaves out what needs no second look.

        With several moments per date, which of them are over is looked up page by page.
        """
        own = SQL("due.step = %s AND due.due_at = %s", OWN_STEP, value)
        over = SQL("due.step >= 0 AND due.value = %s", value)
        single = len(self._due_plan().legs) == 1
        return SQL(
            "NOT EXISTS (SELECT 1 FROM base_automation_due due WHERE due.rule_id = %s "
            "AND due.res_id = %s AND (%s))",
            self.id,
            SQL.identifier(query.table, "id"),
            SQL("(%s) OR (%s)", own, over) if single else own,
        )

    def _due_rows_computed(self, spans, ids):
        """The same for a date that is computed whenever it is read."""
        model, domain = self._due_domain()
        if ids is not None:
            domain &= Domain("id", "in", list(ids))
        name, low_high = self._due_field().name, hull(spans)
        rows = []
        for record in model.search(domain, order="id"):
            value = record[name]
            if value and low_high.low <= as_datetime(value) < low_high.high:
                rows.append((record.id, value))
        for at in range(0, len(rows), PAGE):
            yield rows[at : at + PAGE]

    # -- the next moment --------------------------------------------------------------------------

    def _next_due(self, now):
        """Return the first moment after ``now`` at which the rule is due; None if there is none."""
        if (field := self._due_field()) is None or not self.due_since:
            return None
        if not field.store:
            return self._next_due_computed(now)
        plan, start = self._due_plan(), max(now + _MOMENT, self.due_since)
        query, value = self._due_query()
        query.add_where(self._not_in_ledger(query, value))
        places = self._due_places(), self._due_fixed_zone() and not self._due_workings()
        for horizon in _HORIZONS:
            best, end = None, min(now + horizon, _LATEST)
            for span in self._due_ranges(plan, start, end):
                found = self._next_due_in(plan, span, (query, value), start, best or end, places)
                best = found or best
            if best:
                return best
        return None

    def _next_due_in(self, plan, span, query, start, end, places):
        """Return the first moment in [start, end) of the values within ``span``.

        :param places: function from record to place, and whether all records have the same
        """
        best, last = None, None
        place_of, is_same = places
        while rows := self._next_values(*query, span, last, is_same):
            for value, res_id in rows:
                record = self.env[self.model_name].browse(res_id or ())
                for one in plan.occurrences(value, *place_of(record), start=start, end=end):
                    best = min(best or one.moment, one.moment)
            last = rows[-1]
            if len(rows) < NEXT_PAGE:
                break
            if best and as_datetime(last[0]) >= hull(self._due_ranges(plan, start, best)).high:
                break
        return best

    def _next_values(self, query, value, span, last, is_same):
        """Return up to :data:`NEXT_PAGE` of (value, record id or None), in order.

        :param is_same: whether all records with one value are due at the same moment
        """
        if not is_same:
            last = last and (last[1], last[0])
            return [(v, res_id) for res_id, v in self._due_page(query, value, span, last, NEXT_PAGE)]
        if query.is_empty():
            return []
        low, high = self._as_column(span.low), self._as_column(span.high, up=True)
        where = [SQL("%s >= %s AND %s < %s", value, low, value, high)]
        if last:
            where.append(SQL("%s > %s", value, last[0]))
        if clause := query.where_clause:
            where.append(clause)
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT %s FROM %s WHERE %s ORDER BY 1 LIMIT %s",
                value,
                query.from_clause,
                SQL(" AND ").join(where),
                NEXT_PAGE,
            )
        )
        return [(found, None) for [found] in rows]

    def _next_due_computed(self, now):
        start, best = now + _MOMENT, None
        for page in self._due_pages(start, min(now + _HORIZONS[3], _LATEST)):
            best = min([item.moment for item in page] + ([best] if best else []), default=None)
        return best

    # -- who asks with stock's words --------------------------------------------------------------

    def _search_time_based_automation_records(self, *, until):
        self.ensure_one()
        if self.trg_date_range_type not in ("week", "year") or self._due_field() is None:
            return super()._search_time_based_automation_records(until=until)
        start = self.last_run or fields.Datetime.to_datetime(date(1970, 1, 1))
        found = [
            item.res_id for page in self._due_pages(start, until, anew=True) for item in page
        ]
        return self.env[self.model_name].browse(dict.fromkeys(found))
