"""Changes that make timed rules due sooner: the wake-up moves with them, nothing polls."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import psycopg2

from odoo import api, fields, models

from odoo.addons.server_action_engine.core.errors import is_retryable_db_error
from odoo.addons.server_action_engine.core.subscriptions import CREATE, WRITE

from .due_fire import DUE_KEY
from .due_search import occurrences
from .event_view import EventView
from .rule_entry import RuleEntry

_logger = logging.getLogger(__name__)

SUBSCRIBER = "base.automation.due.subscriber"
#: ``cr.precommit.data`` key: when a rule is due because of what this transaction has changed.
_WAKE_KEY = "base_automation_ext.due_wake"
#: A wake-up that is planned for sooner may be used up before this transaction is committed.
_MARGIN = timedelta(minutes=15)
_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class DueWatch:
    """What the subscriber knows of a rule."""

    entry: RuleEntry


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _subscriptions_of_time(self, entry):
        if self._overridden_time_methods() or (field := self._due_field()) is None:
            return []
        watch, watched = DueWatch(entry), self._due_watched(entry, field)
        paths = self._paths_of_on_time()
        # What a computed date is computed from tells of new records as well.
        events = [(CREATE, None)] if not paths else []
        if watched is None or watched:
            events.append((WRITE, watched))
        return [
            *self._date_subscriptions(entry, paths),
            *(
                self._subscription(watch, event, fields_, subscriber=SUBSCRIBER)
                for event, fields_ in events
            ),
        ]

    _subscriptions_of_on_time = _subscriptions_of_time
    _subscriptions_of_on_time_created = _subscriptions_of_time
    _subscriptions_of_on_time_updated = _subscriptions_of_time

    def _due_watched(self, entry, field):
        """Return the fields a change of which may make the rule due; None for all."""
        known, paths = self.env[self.model_name]._fields, self._paths_of_on_time()
        if field.name == "write_date" or not field.store and not paths:
            return None
        own = frozenset() if paths else frozenset({field.name})
        if not entry.post.text:
            return own
        if entry.post.parsed is None:
            return None
        names = {leaf.field_expr.split(".")[0] for leaf in entry.post.parsed.iter_conditions()}
        if any(name in known and not known[name].store for name in names):
            return None
        return own | names

    @api.model
    def _wake_for_changes(self, queue):
        """Plan to look at the rules when this transaction's changes are due."""
        moment, now = queue.data.pop(_WAKE_KEY, None), fields.Datetime.now()
        cron = self._timed_cron()
        if not cron or not moment:
            return
        if moment > now + _MARGIN:
            planned = [
                ("cron_id", "=", cron.id),
                ("call_at", ">", now + _MARGIN),
                ("call_at", "<=", moment),
            ]
            if self.env["ir.cron.trigger"].sudo().search_count(planned, limit=1):
                return
        self._wake_at(max(moment, now))


class DueSubscriber(models.AbstractModel):
    _name = "base.automation.due.subscriber"
    _inherit = ["server.action.event.subscriber"]
    _description = "Timed Rules Listening to Changes of Dates"

    @api.model
    def _event_after(self, event, subscriptions, state):
        now = fields.Datetime.now()
        view, moments = EventView(event.records.sudo()), []
        for subscription in subscriptions:
            watch = subscription.payload
            if self.env.context.get(DUE_KEY) == watch.entry.id:
                # What a rule does itself does not start it again.
                continue
            moments.append(self._moment(watch, view, now))
        self._wake_at_end(*filter(None, moments))

    @api.model
    def _wake_for_dates(self, watch, records, dates):
        """Plan to look at a rule when it is due for some records that have new dates.

        :param dates: ``{record id: date or False}``
        """
        records = records.browse(res_id for res_id, date in dates.items() if date).sudo()
        if records:
            pairs = [(record, dates[record.id]) for record in records]
            moment = self._moment(watch, EventView(records), fields.Datetime.now(), pairs)
            self._wake_at_end(*filter(None, [moment]))

    def _moment(self, watch, view, now, pairs=None):
        """Return when a rule is due because of a change, None if it is not, or cannot be asked.

        :param pairs: (record, date) if that is known
        """
        try:
            if watch.entry.post.text and view.refuses(watch.entry.post, view.everything):
                return None
            return self._soonest(watch, view.records, now, pairs)
        except Exception as exc:
            if isinstance(exc, psycopg2.Error) or is_retryable_db_error(exc):
                # The transaction is over; Odoo tries again what can be tried again.
                raise
            # Nobody is kept from saving; whoever looks at the rule will meet it again.
            _logger.info("The time of rule #%s is not known", watch.entry.id, exc_info=True)
            return None

    def _soonest(self, watch, records, now, pairs=None):
        """Return when the rule is due for one of the records; now if that is over."""
        rule = self.env["base.automation"].sudo().browse(watch.entry.id)
        reader, start = rule._due_reader(), rule._due_horizon(now)
        pairs = reader.dates(records) if pairs is None else pairs
        late = reader.ranges(start, now + _MOMENT)
        over = [pair for pair in pairs if any(low <= pair[1] < high for low, high in late)]
        if over:
            known = self.env["base.automation.due"].sudo()._known(rule, records.ids)
            if found := self._first(reader, over, start, known):
                return max(found, now)
        low = min(low for low, _high in reader.ranges(now, now + _DAY))
        coming = [value for _record, value in pairs if value >= low]
        if not coming:
            return None
        first = min(coming)
        return self._first(reader, [pair for pair in pairs if pair[1] == first], now)

    def _first(self, reader, pairs, start, known=()):
        """Return the first moment from ``start`` on that the ledger does not know."""
        return min(
            (
                one.moment
                for record, value in pairs
                for one in occurrences(reader, record, value, start)
                if (record.id, one.moment, one.step) not in known
            ),
            default=None,
        )

    def _wake_at_end(self, *moments):
        """Plan a wake-up at the first of some moments when this transaction is committed."""
        if not moments:
            return
        moment = min(moments)
        queue = self.env.cr.precommit
        if _WAKE_KEY not in queue.data:
            env = self.env(su=True, context={})
            queue.add(partial(env["base.automation"]._wake_for_changes, queue))
            queue.data[_WAKE_KEY] = moment
        queue.data[_WAKE_KEY] = min(queue.data[_WAKE_KEY], moment)
