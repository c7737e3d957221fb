"""For which records a timed rule would be due, and when: read from real data, nothing changed."""

from datetime import datetime, timedelta

from odoo import fields, models
from odoo.fields import Domain

from .rule_preview import COUNT_LIMIT

#: The first look ahead; each further one goes four times as far.
_FIRST_LOOK = timedelta(hours=1)
_FARTHEST_LOOK = timedelta(days=3 * 366)
#: Records that are read in one look, the soonest dates first.
_READ_AT_ONCE = 1000
_BEGINNING = datetime(1900, 1, 1)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _next_due(self, limit, now=None):
        """Return ``[(record, occurrence), …]``: the next moments the rule would be due at.

        Filters are those of now, and so are the records: what changes until then is not known.

        :raises ConfigurationError: the filter of the rule cannot be used
        """
        self.ensure_one()
        start = now or fields.Datetime.now()
        reader, found = self._due_reader(), []
        if reader.field is None:
            return found
        last, width = start + _FARTHEST_LOOK, _FIRST_LOOK
        while len(found) < limit and start < last:
            end = min(start + width, last)
            records = self._due_candidates(reader, reader.window(start, end))
            found += reader.occurrences(records, start, end)
            start, width = end, width * 4
        return found[:limit]

    def _due_candidates(self, reader, domain):
        order = f"{reader.field.name}, id" if reader.is_searchable else None
        return reader.model.search(
            self._filter_now(self._filter_text()) & domain, order=order, limit=_READ_AT_ONCE
        )

    def _count_due(self, since=None, until=None):
        """Return how many records would have been due between two moments, up to a limit.

        This is what the rule would catch up on, were it told to. Only the records at the edges
        are read; the others are counted by the database.

        :param since: default is the beginning
        :param until: default is now
        :returns: the number, and whether there are more
        """
        self.ensure_one()
        reader = self._due_reader()
        if reader.field is None:
            return 0, False
        since, until = since or _BEGINNING, until or fields.Datetime.now()
        base = self._filter_now(self._filter_text())
        certain = reader.certain_domain(since, until) if reader.is_searchable else Domain.FALSE
        count = reader.model.search_count(base & certain, limit=COUNT_LIMIT + 1)
        edges = base & reader.window(since, until) & ~certain
        asked = reader.model.search(edges, limit=COUNT_LIMIT + 1)
        due = {record.id for record, _one in reader.occurrences(asked, since, until)}
        count += len(due)
        return min(count, COUNT_LIMIT), count > COUNT_LIMIT

    def action_preview_due(self):
        """Show for which records the rule would be due next."""
        self.ensure_one()
        preview = self.env["base.automation.due.preview"].create({"rule_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("When the Rule Is Due"),
            "res_model": preview._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
