"""For which records a timed rule would be due, and when: read from real data, nothing changed."""

from datetime import datetime, timedelta

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.base_automation.models.base_automation import TIME_TRIGGERS

from .rule_preview import COUNT_LIMIT

#: The first look ahead; each further one goes four times as far.
_FIRST_LOOK = timedelta(hours=1)
_FARTHEST_LOOK = timedelta(days=3 * 366)
_BEGINNING = datetime(1900, 1, 1)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _next_due(self, limit, now=None):
        """Return the next moments the rule would be due at, as ``core.due_item.DueItem``.

        Filters are those of now, and so are the records: what changes until then is not known.
        """
        self.ensure_one()
        start = now or fields.Datetime.now()
        found, last, width = [], start + _FARTHEST_LOOK, _FIRST_LOOK
        while len(found) < limit and start < last:
            end = min(start + width, last)
            for page in self._due_pages(start, end, anew=True):
                found = sorted([*found, *page], key=lambda item: (item.moment, item.res_id))
                del found[limit:]
            start, width = end, width * 4
        return found

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
        model, base = self._due_domain()
        certain = reader.certain_domain(since, until) if reader.is_searchable else Domain.FALSE
        count = model.search_count(base & certain, limit=COUNT_LIMIT + 1)
        edges = base & reader.window(since, until) & ~certain
        asked = model.search(edges, limit=COUNT_LIMIT + 1)
        due = {record.id for record, _one in reader.occurrences(asked, since, until)}
        count += len(due)
        return min(count, COUNT_LIMIT), count > COUNT_LIMIT

    def _can_preview_due(self):
        return self.trigger in TIME_TRIGGERS and self._due_field() is not None

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
