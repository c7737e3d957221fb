"""Finding the records a timed rule is due for, and when it is due next; by scans of an index."""

from datetime import datetime, timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.due_item import DueItem
from .due_ledger import OWN_STEP

#: Stands for the date of creation where it is empty; stock writes it whenever a rule runs.
LAST_AUTOMATION = "date_automation_last"
#: Rows of a table looked at together.
PAGE = 2000
#: Values looked at together for the next moment. The first is nearly always the one.
NEXT_PAGE = 100
#: How far the next moment is looked for, step by step.
_HORIZONS = [timedelta(hours=1), *(timedelta(days=days) for days in (2, 400, 40000))]
MOMENT = timedelta(microseconds=1)
_BEGINNING = datetime(1900, 1, 1)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

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

    def _due_horizon(self, now):
        """Return the moment before which the rule never runs for a record."""
        since = self.due_since or now
        window = now - timedelta(days=max(self.due_window_days, 0))
        # What came while the server was down is made up for, however long that was.
        return max(since, min(window, self.last_run or since))

    def _due_items(self, now, limit, ids=None, after=None, is_new=True, since=None):
        """Return what is due for up to ``limit`` records, in the order of their dates.

        :param ids: look at these records only
        :param after: (record id, date) behind which to look
        :param is_new: False for whoever claims it next, which asks the ledger as well
        :param since: leave out what was due before that moment
        """
        start = max(self._due_horizon(now), since or _BEGINNING)
        if start > now:
            return []
        if ids is not None and self._keeps_dates():
            # What is known may have changed without anybody telling.
            self._keep_dates_of(self.env[self.model_name].browse(ids).exists())
        found, ledger = {}, self.env["base.automation.due"]
        for page in self._due_pages(start, now + MOMENT, ids=ids, after=after, size=limit):
            known = ledger._known(self, {item.res_id for item in page}) if is_new and page else ()
            for item in page:
                if item.key not in known:
                    found.setdefault(item.res_id, []).append(item)
            if len(found) >= limit:
                break
        return [item for items in list(found.values())[:limit] for item in items]

    def _due_pages(self, start, end, ids=None, anew=False, after=None, size=PAGE):
        """Yield lists of :class:`DueItem` with moments in [start, end), part by part.

        :param anew: also what the ledger knows
        :param size: how many records are wanted, if that is known
        """
        reader = self._due_reader()
        spans = reader.ranges(start, end)
        for rows in self._due_rows(reader, spans, ids, anew, after, size):
            yield [
                DueItem(res_id, one.moment, one.step, value, one.number)
                for res_id, value, found in self._moments_of_rows(reader, rows, start, end)
                for one in found
            ]

    def _moments_of_rows(self, reader, rows, start, end):
        """Yield (record id, value, occurrences in [start, end)) of rows of (record id, value)."""
        if not reader.is_same_for_all:
            records = self.env[self.model_name].browse([res_id for res_id, _value in rows])
            for record, (res_id, value) in zip(records, rows, strict=True):
                yield res_id, value, occurrences(reader, record, value, start, end)
            return
        # No record need be asked, and many have the same date.
        none, known = self.env[self.model_name], {}
        for res_id, value in rows:
            if value not in known:
                known[value] = occurrences(reader, none, value, start, end)
            yield res_id, value, known[value]

    # -- rows ------------------------------------------------------------------------------------

    def _due_rows(self, reader, spans, ids=None, anew=False, after=None, size=PAGE):
        """Yield lists of (record id, value of the date) within some ranges, page by page.

        :param size: rows of the first page; where these do not do, the next ones are larger
        """
        if not reader.is_ordered:
            yield from self._due_rows_computed(reader, spans, ids)
            return
        query, value = self._due_query(reader, ids)
        if not anew:
            query.add_where(self._not_in_ledger(reader, query, value))
        size = min(max(size, NEXT_PAGE), PAGE)
        for span in spans:
            last = after
            while rows := self._due_page(reader, (query, value), span, last, size):
                yield rows
                if len(rows) < size:
                    break
                last, size = rows[-1], min(size * 4, PAGE)

    def _due_domain(self):
        """Return the model in the environment of the search, and the filter of the rule."""
        model = self.env[self.model_name]
        if self.due_with_archived:
            model = model.with_context(active_test=False)
        domain = self._evaluate_domain(self.filter_domain) if self.filter_domain else []
        return model, Domain(domain)

    def _due_query(self, reader, ids=None):
        """Return the query for the records that match, and the SQL of their date."""
        model, domain = self._due_domain()
        if ids is not None:
            domain &= Domain("id", "in", list(ids))
        field = self._due_field()
        if field.store:
            model.flush_model([field.name])
        query = model._search(domain)
        if reader.is_kept:
            return query, self._join_kept_dates(query)
        value = model._field_to_sql(query.table, field.name, query)
        if field.name == LAST_AUTOMATION:
            created = model._field_to_sql(query.table, "create_date", query)
            value = SQL("coalesce(%s, %s)", value, created)
        return query, value

    def _due_page(self, reader, search, span, last, limit):
        """Return up to ``limit`` rows of (record id, date) with dates in ``span``, in order.

        :param search: the query, and the SQL of the date
        :param last: the row after which they begin
        """
        query, value = search
        if query.is_empty():
            return []
        rows = self.env.execute_query(self._page_sql(query, value, span, last, limit))
        if not reader.keeps_days:
            return rows
        return [(res_id, stamp.date()) for res_id, stamp in rows]

    def _page_sql(self, query, value, span, last, limit):
        record_id = SQL.identifier(query.table, "id")
        where = [SQL("%s >= %s AND %s < %s", value, span[0], value, span[1])]
        if last:
            where.append(SQL("(%s, %s) > (%s, %s)", value, record_id, last[1], last[0]))
        if clause := query.where_clause:
            where.append(clause)
        return SQL(
            "SELECT %s, %s FROM %s WHERE %s ORDER BY %s, %s LIMIT %s",
            record_id,
            value,
            query.from_clause,
            SQL(" AND ").join(where),
            value,
            record_id,
            limit,
        )

    def _not_in_ledger(self, reader, query, value):
        """Return the condition that leaves out what needs no second look.

        With several moments per date, which of them are over is looked up page by page.
        """
        own = SQL("due.step = %s AND due.due_at = %s", OWN_STEP, value)
        over = SQL("due.step >= 0 AND due.value = %s", value)
        single = len(reader.plan.legs) == 1
        return SQL(
            "NOT EXISTS (SELECT 1 FROM base_automation_due due WHERE due.rule_id = %s "
            "AND due.res_id = %s AND (%s))",
            self.id,
            SQL.identifier(query.table, "id"),
            SQL("(%s) OR (%s)", own, over) if single else own,
        )

    def _due_rows_computed(self, reader, spans, ids):
        """The same for a date that is computed whenever it is read."""
        model, domain = self._due_domain()
        if ids is not None:
            domain &= Domain("id", "in", list(ids))
        found = model.search(domain, order="id")
        for at in range(0, len(found), PAGE):
            part = found[at : at + PAGE].with_prefetch()
            yield [
                (record.id, value)
                for record, value in reader.dates(part)
                if any(low <= value < high for low, high in spans)
            ]
            # There may be very many.
            part.invalidate_recordset()

    # -- the next moment --------------------------------------------------------------------------

    def _next_due_moment(self, now):
        """Return the first moment after ``now`` at which the rule is due; None if there is none."""
        if self._due_field() is None or not self.due_since:
            return None
        reader, start = self._due_reader(), max(now + MOMENT, self.due_since)
        if not reader.is_ordered:
            return self._next_due_computed(start, now)
        query, value = self._due_query(reader)
        query.add_where(self._not_in_ledger(reader, query, value))
        # To know what is working time years ahead takes long; it is looked at every day anyway.
        for horizon in _HORIZONS[:3] if reader.plan.working else _HORIZONS:
            best, end = None, now + horizon
            for span in reader.ranges(start, end):
                best = self._next_due_in(reader, span, (query, value), start, best or end) or best
            if best:
                return best
        return None

    def _next_due_in(self, reader, span, query, start, end):
        """Return the first moment in [start, end) of the values within ``span``."""
        best, last = None, None
        while rows := self._next_values(reader, query, span, last):
            for value, res_id in rows:
                record = self.env[self.model_name].browse(res_id or ())
                for one in occurrences(reader, record, value, start, end):
                    best = min(best or one.moment, one.moment)
            last = rows[-1]
            if len(rows) < NEXT_PAGE:
                break
            if best and last[0] >= max(high for _low, high in reader.ranges(start, best)):
                break
        return best

    def _next_values(self, reader, search, span, last):
        """Return up to :data:`NEXT_PAGE` of (value, record id or None), in order."""
        if not reader.is_same_for_all:
            last = last and (last[1], last[0])
            rows = self._due_page(reader, search, span, last, NEXT_PAGE)
            return [(value, res_id) for res_id, value in rows]
        query, value = search
        if query.is_empty():
            return []
        rows = self.env.execute_query(self._values_sql(query, value, span, last))
        return [(found.date() if reader.keeps_days else found, None) for [found] in rows]

    def _values_sql(self, query, value, span, last):
        where = [SQL("%s >= %s AND %s < %s", value, span[0], value, span[1])]
        if last:
            where.append(SQL("%s > %s", value, last[0]))
        if clause := query.where_clause:
            where.append(clause)
        return SQL(
            "SELECT DISTINCT %s FROM %s WHERE %s ORDER BY 1 LIMIT %s",
            value,
            query.from_clause,
            SQL(" AND ").join(where),
            NEXT_PAGE,
        )

    def _first_due(self):
        """Return about when the rule would have been due for the first time; None for never."""
        reader = self._due_reader()
        if not reader.is_searchable:
            # What is not kept yet is not known.
            return _BEGINNING
        query, value = self._due_query(reader)
        query.add_where(SQL("%s IS NOT NULL", value))
        query.order, query.limit = SQL("%s", value), 1
        moments = [
            one.moment
            for res_id, found in self.env.execute_query(
                query.select(SQL.identifier(query.table, "id"), value)
            )
            for one in occurrences(reader, self.env[self.model_name].browse(res_id), found)
        ]
        # In other time zones, and at the end of months, a later date may be due a little sooner.
        return min(moments) - timedelta(days=35) if moments else None

    def _next_due_computed(self, start, now):
        pages = self._due_pages(start, now + _HORIZONS[2])
        return min((item.moment for page in pages for item in page), default=None)


def occurrences(reader, record, value, start=None, end=None):
    """Return when a rule is due for a record whose date is known.

    :param reader: ``DueReader``
    """
    working = reader.working(record) if reader.plan.working else None
    return reader.plan.occurrences(value, reader.zone(record), working, start=start, end=end)
